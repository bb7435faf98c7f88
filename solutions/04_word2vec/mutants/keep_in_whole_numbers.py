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
    kept = torch.zeros_like(counts)
    total = float(counts.sum())
    for i, n in enumerate(counts.tolist()):
        ratio = sample * total / n
        kept[i] = min(1, math.sqrt(ratio) + ratio)
    return kept
