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

# %% nbgrader={"grade": false, "grade_id": "rotary", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rotary(x, positions, base=10_000.0):
    K = x.shape[-1]
    angles = positions.double()[:, None] * base ** (-torch.arange(0, K, 2).double() / K)
    c, s = torch.diag_embed(angles.cos()), torch.diag_embed(angles.sin())
    turn_of = torch.cat([torch.cat([c, -s], dim=-1), torch.cat([s, c], dim=-1)], dim=-2)  # (T, K, K)
    return torch.einsum("tjk,...tk->...tj", turn_of, x.double()).to(x.dtype)
