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

# %% nbgrader={"grade": false, "grade_id": "rows_for_halves", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rows_for_halves(weight, n_heads):
    K = len(weight) // n_heads
    parts = weight.unflatten(0, (K // 2, 2, n_heads)).transpose(0, 1)
    return parts.flatten(0, 2)
