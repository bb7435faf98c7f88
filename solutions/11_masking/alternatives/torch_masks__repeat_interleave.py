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
    each = may_attend
    if each.shape[1] != n_heads:
        each = each.repeat_interleave(n_heads, dim=1)
    return each, torch.logical_not(each.reshape(-1, *each.shape[2:]))
