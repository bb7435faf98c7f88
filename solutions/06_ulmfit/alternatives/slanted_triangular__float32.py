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
    cut = max(1, math.floor(n_steps * cut_frac))
    t = torch.tensor(float(step))
    fall = (1 - (t - cut) / (cut * (1 / cut_frac - 1))).clamp(min=0)
    return lr_max * (1 + torch.where(t < cut, t / cut, fall) * (ratio - 1)) / ratio

# %% nbgrader={"grade": false, "grade_id": "discriminative_rates", "locked": false, "schema_version": 3, "solution": true, "task": false}
def discriminative_rates(groups, lr, factor=2.6):
    depths = torch.arange(len(groups)).flip(0)
    return dict(zip(groups, lr * torch.tensor(factor) ** -depths.float()))

# %% nbgrader={"grade": false, "grade_id": "trainable_groups", "locked": false, "schema_version": 3, "solution": true, "task": false}
def trainable_groups(groups, epoch):
    return tuple(groups[max(0, len(groups) - 1 - epoch) :])

# %% nbgrader={"grade": false, "grade_id": "concat_pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
def concat_pool(outputs, lengths):
    is_token = torch.arange(outputs.shape[1]) < lengths[:, None]
    shares = is_token / lengths[:, None]
    last = outputs[torch.arange(len(outputs)), lengths - 1]
    highest = outputs.masked_fill(~is_token[..., None], torch.finfo(outputs.dtype).min)
    mean = torch.bmm(shares[:, None], outputs.masked_fill(~is_token[..., None], 0))
    return torch.cat([last, highest.max(dim=1).values, mean[:, 0]], dim=1)
