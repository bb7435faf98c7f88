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

# %% nbgrader={"grade": false, "grade_id": "concat_pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
def concat_pool(outputs, lengths):
    is_token = (torch.arange(outputs.shape[1]) < lengths[:, None])[..., None]
    last = outputs[torch.arange(len(outputs)), lengths - 1]
    highest = outputs.masked_fill(~is_token, -1e6).amax(dim=1)
    mean = outputs.masked_fill(~is_token, 0).sum(dim=1) / lengths[:, None]
    return torch.cat([last, highest, mean], dim=1)
