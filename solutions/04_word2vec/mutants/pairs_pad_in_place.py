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
    n = len(ids)
    ids.extend([None] * window)
    pairs = []
    for i in range(n):
        for j in range(max(0, i - window), i + window + 1):
            if i != j and ids[j] is not None:
                pairs.append((ids[i], ids[j]))
    return pairs
