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
    low, high = [], []
    for i in range(half):
        angle = positions.double() * base ** (-2 * i / x.shape[-1])
        c, s = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        low.append(x[..., i] * c - x[..., i + half] * s)
        high.append(x[..., i + half] * c + x[..., i] * s)
    return torch.stack(low + high, dim=-1)
