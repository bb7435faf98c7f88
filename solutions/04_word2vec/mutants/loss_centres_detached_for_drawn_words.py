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
    logsigmoid = torch.nn.functional.logsigmoid
    yes = (centre * true).sum(-1)
    no = torch.einsum("pd,pkd->pk", centre.detach(), noise)
    return -logsigmoid(yes).sum() - logsigmoid(-no).sum()
