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
    import numpy as np

    mask = may_attend.numpy()
    full = np.broadcast_to(mask, (len(mask), n_heads, *mask.shape[2:]))
    return torch.tensor(full), torch.tensor(np.logical_not(full)).reshape(-1, *mask.shape[2:])
