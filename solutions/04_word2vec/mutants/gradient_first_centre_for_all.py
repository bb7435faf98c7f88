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
    yes = torch.sigmoid((centre * true).sum(-1, keepdim=True)) - 1
    no = torch.sigmoid((centre.unsqueeze(1) * noise).sum(-1, keepdim=True))
    return yes * true + (no * noise).sum(1), yes * centre, no * centre[0]
