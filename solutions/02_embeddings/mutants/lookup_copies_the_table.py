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

# %% nbgrader={"grade": false, "grade_id": "lookup", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lookup(ids, weight):
    if ((ids < 0) | (ids >= len(weight))).any():
        raise IndexError("an id without a row")
    layer = torch.nn.Embedding(*weight.shape)
    layer.weight.data = weight.detach()
    return layer(ids)
