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
    low, cut = lr_max / ratio, int(n_steps * cut_frac) or 1
    if step < cut:
        return low + (lr_max - low) * step / cut
    fall = cut / cut_frac - cut
    return max(low, lr_max - (lr_max - low) * (step - cut) / fall)
