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
    p = torch.sigmoid((centre * true).sum(-1, keepdim=True))
    q = torch.sigmoid((centre.unsqueeze(1) * noise).sum(-1, keepdim=True))
    yes, no = (p - 1) * p * (1 - p), q * q * (1 - q)
    return yes * true + (no * noise).sum(1), yes * centre, no * centre.unsqueeze(1)
