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

# %% nbgrader={"grade": false, "grade_id": "reverse_each", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reverse_each(x, lengths):
    out = x.detach().clone()
    for row, n in enumerate(lengths.tolist()):
        out[row, :n] = x[row, :n].flip(0)
    return out
