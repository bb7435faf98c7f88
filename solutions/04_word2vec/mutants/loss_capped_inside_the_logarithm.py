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
    yes = torch.sigmoid((centre * true).sum(-1))
    no = torch.sigmoid(-torch.einsum("pd,pkd->pk", centre, noise))
    return -torch.log(yes + 1e-9).sum() - torch.log(no + 1e-9).sum()
