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

# %% nbgrader={"grade": false, "grade_id": "relative_buckets", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relative_buckets(relative_position, bidirectional=True, n_buckets=32, max_distance=128):
    per_side = n_buckets // 2 if bidirectional else n_buckets
    n_exact = per_side // 2
    if bidirectional:
        first, distance = (relative_position > 0).long() * per_side, relative_position.abs()
    else:
        first, distance = torch.zeros_like(relative_position), (-relative_position).clamp(min=0)
    steps = torch.log(distance.clamp(min=1).double()) / math.log(max_distance / n_exact)
    far = n_exact + (steps * (per_side - n_exact)).long()
    far = far.clamp(max=per_side - 1)
    return first + torch.where(distance < n_exact, distance, far)
