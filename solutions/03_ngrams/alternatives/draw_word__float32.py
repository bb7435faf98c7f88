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

# %% nbgrader={"grade": false, "grade_id": "draw_word", "locked": false, "schema_version": 3, "solution": true, "task": false}
import numpy as np


def draw_word(probabilities, u):
    words = sorted(probabilities)
    ends = np.cumsum(np.array([probabilities[w] for w in words], dtype=np.float32))
    return words[min(int(np.searchsorted(ends, np.float32(u), side="right")), len(words) - 1)]
