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
    def powers(n):
        return [2.0 ** (-8 * (i + 1) / n) for i in range(n)]

    lower = 2 ** (n_heads.bit_length() - 1)
    slopes = powers(lower) + powers(2 * lower)[0::2][: n_heads - lower]
    return torch.tensor(slopes)


def with_alibi(scores):
    H, (T, S) = scores.shape[-3], scores.shape[-2:]
    queries = torch.arange(S - T, S)
    distance = (torch.arange(S) - queries[:, None]).abs()
    bias = -alibi_slopes(H)[:, None, None] * distance
    return scores * bias.to(scores.dtype)
