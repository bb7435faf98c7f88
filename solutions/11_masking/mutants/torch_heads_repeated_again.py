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

# %% nbgrader={"grade": false, "grade_id": "torch_masks", "locked": false, "schema_version": 3, "solution": true, "task": false}
def torch_masks(may_attend, n_heads):
    return may_attend, ~may_attend.repeat_interleave(n_heads, dim=1).flatten(0, 1)
