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
    cut = max(math.floor(n_steps * cut_frac), 1)
    down = 1 - (step - cut) / (cut * (1 / cut_frac - 1))
    p = min(step / cut, down) if step < cut else max(down, 0)
    return lr_max / ratio + p * (lr_max - lr_max / ratio)
