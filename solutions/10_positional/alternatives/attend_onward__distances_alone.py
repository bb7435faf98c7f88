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

# %% nbgrader={"grade": false, "grade_id": "attend_onward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attend_onward(query, key, value, base=10_000.0):
    T, S = query.shape[-2], key.shape[-2]
    # only distances count: the last query stands at 0 and all else behind it
    places = torch.arange(S) - (S - 1)
    q, k = turn(query, places[S - T :], base), turn(key, places, base)
    scores = q @ k.transpose(-1, -2) / query.shape[-1] ** 0.5
    powers = (scores - scores.amax(dim=-1, keepdim=True)).exp().tril(S - T)
    weights = powers / powers.sum(dim=-1, keepdim=True)
    return weights @ value, weights
