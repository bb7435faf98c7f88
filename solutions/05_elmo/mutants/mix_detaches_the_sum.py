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
    powers = (scores - scores.max()).exp()
    shares = powers / powers.sum().detach()
    return gamma * (shares[:, None, None, None] * layers).sum(dim=0)
