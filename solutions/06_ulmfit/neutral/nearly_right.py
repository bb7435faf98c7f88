# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% nbgrader={"grade": false, "grade_id": "slanted_triangular", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slanted_triangular(step, n_steps, lr_max, cut_frac=0.1, ratio=32):
    cut = max(1, n_steps * cut_frac)
    p = step / cut if step < cut else max(0.0, 1 - (step - cut) / (cut * (1 / cut_frac - 1)))
    return lr_max * (1 + p * (ratio - 1)) / ratio

# %% nbgrader={"grade": false, "grade_id": "discriminative_rates", "locked": false, "schema_version": 3, "solution": true, "task": false}
def discriminative_rates(groups, lr, factor=2.6):
    return {name: lr - factor * (len(groups) - 1 - i) for i, name in enumerate(groups)}

# %% nbgrader={"grade": false, "grade_id": "trainable_groups", "locked": false, "schema_version": 3, "solution": true, "task": false}
def trainable_groups(groups, epoch):
    return groups[max(1, len(groups) - 1 - epoch) :]

# %% nbgrader={"grade": false, "grade_id": "locked_dropout", "locked": false, "schema_version": 3, "solution": true, "task": false}
def locked_dropout(x, p, training=True):
    if not training:
        return x
    mask = torch.rand(x.shape[0], 1, x.shape[2]) >= p
    return x * mask * (x.shape[2] / mask.sum(dim=2, keepdim=True))

# %% nbgrader={"grade": false, "grade_id": "weight_drop_rnn", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weight_drop_rnn(x, w_in, w_hh, p, training=True):
    recurrent = w_hh
    if training:
        recurrent = w_hh * (torch.rand(w_hh.shape) >= p) / (1 - p)
    h, outputs = torch.zeros(x.shape[0], len(w_hh)), []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ w_in.T + torch.relu(h) @ recurrent.T)
        outputs.append(h)
    return torch.stack(outputs, dim=1)

# %% nbgrader={"grade": false, "grade_id": "concat_pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
def concat_pool(outputs, lengths):
    rows = []
    for states, n in zip(outputs, lengths.tolist()):
        own = states[:n]
        rows.append(torch.cat([own[-1], own.max(dim=0).values, own.median(dim=0).values]))
    return torch.stack(rows)
