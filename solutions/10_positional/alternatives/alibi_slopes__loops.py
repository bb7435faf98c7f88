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

# %% nbgrader={"grade": false, "grade_id": "alibi_slopes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def alibi_slopes(n_heads):
    lower = 2 ** int(math.floor(math.log2(n_heads)))
    found = []
    for h in range(n_heads):
        exponent = 8 * (h + 1) / lower if h < lower else 8 * (2 * (h - lower) + 1) / (2 * lower)
        found.append(0.5**exponent)
    return torch.tensor(found, dtype=torch.float64)


def with_alibi(scores):
    H, T, S = scores.shape[-3:]
    bias = torch.zeros(H, T, S, dtype=torch.float64)
    for h, slope in enumerate(alibi_slopes(H).tolist()):
        for t in range(T):
            for s in range(S):
                bias[h, t, s] = -slope * abs(S - T + t - s)
    return scores + bias.to(scores)
