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

# %% nbgrader={"grade": false, "grade_id": "slanted_triangular", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slanted_triangular(step, n_steps, lr_max, cut_frac=0.1, ratio=32):
    cut = max(1, round(n_steps * cut_frac))
    p = step / cut if step < cut else max(0.0, 1 - (step - cut) / (cut * (1 / cut_frac - 1)))
    return lr_max * (1 + p * (ratio - 1)) / ratio
