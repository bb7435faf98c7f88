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

# %% nbgrader={"grade": false, "grade_id": "window_pairs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def window_pairs(ids, window):
    pairs = []
    for i in range(len(ids)):
        left, right = ids[max(0, i - window) : i], ids[i + 1 : i + 1 + window]
        pairs.extend((ids[i], other) for other in left + right)
    return pairs
