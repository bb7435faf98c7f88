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
    speeds = 1.0 / base ** (torch.arange(0, K, 2, dtype=torch.float32) / K)
    angles = torch.outer(positions.float(), speeds)
    angles = torch.cat([angles, angles], dim=-1)
    rotated = torch.cat([-x[..., K // 2 :], x[..., : K // 2]], dim=-1)
    return x * angles.cos().to(x.dtype) + rotated * angles.sin().to(x.dtype)
