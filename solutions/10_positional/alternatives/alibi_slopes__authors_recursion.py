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
    def powers_of(n):
        start = 2 ** (-(2 ** -(math.log2(n) - 3)))
        return [start * start**i for i in range(n)]

    def slopes(n):
        if math.log2(n).is_integer():
            return powers_of(n)
        closest = 2 ** math.floor(math.log2(n))
        return powers_of(closest) + slopes(2 * closest)[0::2][: n - closest]

    return torch.tensor(slopes(n_heads))


def with_alibi(scores):
    n_queries, n_keys = scores.shape[-2], scores.shape[-1]
    place = torch.arange(n_keys)
    distance = torch.abs(place[None, :] - place[n_keys - n_queries :, None])
    return scores - torch.einsum("h,ts->hts", alibi_slopes(scores.shape[-3]), distance.float()).to(scores.dtype)
