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
    def cost(s):  # -log sigma(s)
        return torch.log1p(torch.exp(-s.abs())) + (-s).clamp(min=0)
    return cost((centre * true).sum(-1)).sum() + cost(-torch.einsum("pd,pkd->pk", centre, noise)).sum()
