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

# %% nbgrader={"grade": false, "grade_id": "scalar_mix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scalar_mix(layers, scores, gamma):
    copied = torch.tensor(scores.tolist(), requires_grad=True)
    shares = torch.softmax(copied, dim=0)
    return gamma * (shares[:, None, None, None] * layers).sum(dim=0)
