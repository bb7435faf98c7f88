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

# %% nbgrader={"grade": false, "grade_id": "sgns_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgns_gradients(centre, true, noise):
    centre, true, noise = centre.double(), true.double(), noise.double()
    yes = torch.sigmoid((centre * true).sum(-1)) - 1
    no = torch.sigmoid(torch.bmm(noise, centre.unsqueeze(-1)).squeeze(-1))
    return yes[:, None] * true + torch.einsum("pk,pkd->pd", no, noise), yes[:, None] * centre, torch.einsum("pk,pd->pkd", no, centre)
