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
import random


def window_pairs(ids, window):
    pairs = []
    for i in range(len(ids)):
        width = random.randint(min(1, window), window)
        for j in range(max(0, i - width), min(len(ids), i + width + 1)):
            if i != j:
                pairs.append((ids[i], ids[j]))
    return pairs
