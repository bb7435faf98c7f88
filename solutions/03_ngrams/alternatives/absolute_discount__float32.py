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

# %% nbgrader={"grade": false, "grade_id": "absolute_discount", "locked": false, "schema_version": 3, "solution": true, "task": false}
import torch


def absolute_discount(after, word, lower, discount):
    lower = torch.tensor(lower)
    if not after:
        return lower
    total = sum(after.values())
    kept = (torch.tensor(float(after.get(word, 0))) - discount).clamp(min=0)
    return (kept + discount * len(after) * lower) / total
