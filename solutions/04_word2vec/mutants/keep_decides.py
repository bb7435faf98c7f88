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
    ratio = sample * counts.sum() / counts
    return torch.bernoulli((ratio.sqrt() + ratio).clamp(max=1))
