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
    ends = np.cumsum([probabilities[word] for word in words])
    return words[int((ends > u).argmax())]
