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
    everything = torch.ones(len(may_attend), n_heads, *may_attend.shape[-2:], dtype=torch.bool)
    return may_attend & everything, (may_attend ^ everything).flatten(end_dim=1)
