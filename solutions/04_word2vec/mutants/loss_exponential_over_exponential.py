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
    def log_sigmoid(s):
        return torch.log(torch.exp(s) / (1 + torch.exp(s)))

    yes, no = (centre * true).sum(-1), torch.einsum("pd,pkd->pk", centre, noise)
    return -log_sigmoid(yes).sum() - log_sigmoid(-no).sum()
