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
from collections import Counter


def parameters_by_block(model):
    counts = Counter()
    for name, parameter in model.named_parameters():
        counts[name.partition(".")[0]] += torch.tensor(parameter.shape).prod().item()
    return dict(counts)
