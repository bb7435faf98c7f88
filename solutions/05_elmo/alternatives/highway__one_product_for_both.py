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

# %% nbgrader={"grade": false, "grade_id": "highway", "locked": false, "schema_version": 3, "solution": true, "task": false}
def highway(x, new_weight, new_bias, gate_weight, gate_bias):
    both = x @ torch.cat([new_weight, gate_weight]).T + torch.cat([new_bias, gate_bias])
    new, gate = both.split(x.shape[1], dim=1)
    keep = 1 / (1 + torch.exp(gate))
    return (1 - keep) * new.clamp(min=0) + keep * x
