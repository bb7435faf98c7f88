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

# %% nbgrader={"grade": false, "grade_id": "parameters_by_block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def parameters_by_block(model):
    counts = {}
    for name, parameter in sorted(model.named_parameters()):
        block = name.split(".")[0]
        counts[block] = counts.get(block, 0) + parameter.numel()
    return counts
