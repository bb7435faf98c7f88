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
    hidden = may_attend.logical_not_()
    each = hidden.expand(-1, n_heads, -1, -1) if hidden.shape[1] == 1 else hidden
    return ~hidden, each.flatten(0, 1).clone()
