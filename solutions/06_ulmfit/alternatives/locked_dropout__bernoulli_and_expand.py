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
    if not training or p == 0:
        return x.clone()
    mask = torch.empty(x.shape[0], x.shape[2]).bernoulli_(1 - p).div_(1 - p)
    return x * mask.unsqueeze(1).expand_as(x)
