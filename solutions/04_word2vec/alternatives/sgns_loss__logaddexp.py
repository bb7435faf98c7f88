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

# %% nbgrader={"grade": false, "grade_id": "sgns_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgns_loss(centre, true, noise):
    zero = torch.zeros((), dtype=centre.dtype)
    yes = torch.logaddexp(zero, -(centre * true).sum(-1)).sum()
    return yes + torch.logaddexp(zero, (centre[:, None] * noise).sum(-1)).sum()
