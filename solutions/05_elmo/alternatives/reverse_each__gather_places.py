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

# %% nbgrader={"grade": false, "grade_id": "reverse_each", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reverse_each(x, lengths):
    places = torch.arange(x.shape[1]).expand(x.shape[0], -1)
    n = lengths[:, None]
    places = torch.where(places < n, n - 1 - places, places)
    return torch.gather(x, 1, places[:, :, None].expand(-1, -1, x.shape[2]))
