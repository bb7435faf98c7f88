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
    centre, true, noise = centre.double(), true.double(), noise.double()
    ls = torch.nn.functional.logsigmoid
    return -ls((centre * true).sum(-1)).sum() - ls(-torch.einsum("pd,pkd->pk", centre, noise)).sum()
