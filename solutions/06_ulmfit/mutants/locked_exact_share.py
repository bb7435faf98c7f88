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

# %% nbgrader={"grade": false, "grade_id": "locked_dropout", "locked": false, "schema_version": 3, "solution": true, "task": false}
def locked_dropout(x, p, training=True):
    if not training:
        return x
    mask = torch.rand(x.shape[0], 1, x.shape[2]).argsort(dim=2) >= round(p * x.shape[2])
    return x * mask / (1 - p)
