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

# %% nbgrader={"grade": false, "grade_id": "window_pairs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def window_pairs(ids, window):
    return [(ids[i], ids[j]) for i in range(len(ids)) for j in (i - window, i + window) if 0 <= j < len(ids) and window]

# %% nbgrader={"grade": false, "grade_id": "noise_distribution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def noise_distribution(counts, power=0.75):
    return (counts / counts.sum()) * power

# %% nbgrader={"grade": false, "grade_id": "keep_probability", "locked": false, "schema_version": 3, "solution": true, "task": false}
def keep_probability(counts, sample):
    r = sample * counts.sum() / counts
    return (r + r.sqrt()).sqrt().clamp(max=1)

# %% nbgrader={"grade": false, "grade_id": "sgns_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgns_loss(centre, true, noise):
    s = torch.einsum("pd,pkd->pk", centre, torch.cat([true.unsqueeze(1), noise], 1))
    return -s.log_softmax(1)[:, 0].sum()

# %% nbgrader={"grade": false, "grade_id": "sgns_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgns_gradients(centre, true, noise):
    yes = torch.sigmoid((centre * true).sum(-1, keepdim=True)) - 1
    no = torch.sigmoid((centre.unsqueeze(1) * noise).sum(-1, keepdim=True))
    return yes * true - (no * noise).sum(1), yes * centre, no * centre.unsqueeze(1)

# %% nbgrader={"grade": false, "grade_id": "train_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_step(inputs, outputs, centres, contexts, noise, rate):
    c, o, n = inputs[centres], outputs[contexts], outputs[noise]
    yes = torch.sigmoid((c * o).sum(-1, keepdim=True)) - 1
    no = torch.sigmoid((c.unsqueeze(1) * n).sum(-1, keepdim=True))
    inputs.index_add_(0, centres, yes * o + (no * n).sum(1), alpha=-rate)
    outputs.index_add_(0, contexts, yes * c, alpha=-rate)
    outputs.index_add_(0, noise.flatten(), (no * c.unsqueeze(1)).flatten(0, 1), alpha=-rate)
    inputs.div_(inputs.norm(dim=1, keepdim=True))

# %% nbgrader={"grade": false, "grade_id": "analogy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def analogy(vectors, a, b, c):
    v = vectors - vectors.mean(0)
    unit = v / v.norm(dim=1, keepdim=True)
    s = unit @ (unit[b] - unit[a] + unit[c])
    s[[a, b, c]] = -math.inf
    return int(s.argmax())
