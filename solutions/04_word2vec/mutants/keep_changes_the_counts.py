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

# %% nbgrader={"grade": false, "grade_id": "keep_probability", "locked": false, "schema_version": 3, "solution": true, "task": false}
def keep_probability(counts, sample):
    if not counts.is_floating_point():
        counts = counts.float()
    counts /= counts.sum()
    return ((sample / counts).sqrt() + sample / counts).clamp(max=1)
