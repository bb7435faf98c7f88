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
    n_pairs = len(centre)
    yes = torch.sigmoid((centre * true).sum(-1, keepdim=True)) - 1
    no = torch.sigmoid(torch.einsum("pd,pkd->pk", centre, noise)).unsqueeze(-1)
    to_centre = yes * true + (no * noise).sum(1)
    return to_centre / n_pairs, yes * centre / n_pairs, no * centre.unsqueeze(1) / n_pairs
