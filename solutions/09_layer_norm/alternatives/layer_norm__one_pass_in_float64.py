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

# %% nbgrader={"grade": false, "grade_id": "layer_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layer_norm(x, weight, bias, eps=1e-5):
    exact = x.double()
    mean = exact.mean(dim=-1, keepdim=True)
    variance = (exact * exact).mean(dim=-1, keepdim=True) - mean * mean
    return (weight * (exact - mean) / (variance + eps).sqrt() + bias).to(x.dtype)

# %% nbgrader={"grade": false, "grade_id": "rms_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rms_norm(x, weight, eps=1e-5):
    exact = x.double()
    return (exact / (exact.pow(2).mean(-1, keepdim=True) + eps).sqrt() * weight).to(x.dtype)
