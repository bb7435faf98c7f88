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
    half = x.shape[-1] // 2
    wide = x.double()
    angles = positions.double()[:, None] * base ** (-torch.arange(half).double() / half)
    pair = torch.complex(wide[..., :half], wide[..., half:]) * torch.polar(torch.ones_like(angles), angles)
    return torch.cat([pair.real, pair.imag], dim=-1).to(x.dtype)
