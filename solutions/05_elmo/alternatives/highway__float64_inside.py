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

# %% nbgrader={"grade": false, "grade_id": "highway", "locked": false, "schema_version": 3, "solution": true, "task": false}
def highway(x, new_weight, new_bias, gate_weight, gate_bias):
    exact, w_n, b_n, w_g, b_g = (
        z.double() for z in (x, new_weight, new_bias, gate_weight, gate_bias)
    )
    gate = torch.sigmoid(exact @ w_g.T + b_g)
    return (gate * torch.relu(exact @ w_n.T + b_n) + (1 - gate) * exact).to(x.dtype)

# %% nbgrader={"grade": false, "grade_id": "reverse_each", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reverse_each(x, lengths):
    t, n = torch.arange(x.shape[1]), lengths[:, None]
    return x[torch.arange(len(x))[:, None], torch.where(t < n, n - 1 - t, t)]

# %% nbgrader={"grade": false, "grade_id": "scalar_mix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scalar_mix(layers, scores, gamma):
    shares = (scores - scores.logsumexp(dim=0)).exp()
    return sum(gamma * share * layer for share, layer in zip(shares, layers))

# %% nbgrader={"grade": false, "grade_id": "nearest_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def nearest_labels(vectors, labels):
    import numpy as np

    exact = vectors.numpy().astype(np.float64)
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    cosine = exact @ exact.T
    np.fill_diagonal(cosine, -np.inf)
    return tuple(np.array(labels)[cosine.argmax(axis=1)])
