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
from bisect import bisect_right
from itertools import accumulate


def draw_word(probabilities, u):
    words = sorted(probabilities)
    ends = list(accumulate(probabilities[word] for word in words))
    return words[min(bisect_right(ends, u), len(words) - 1)]
