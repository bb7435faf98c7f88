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

# %% nbgrader={"grade": false, "grade_id": "continuation", "locked": false, "schema_version": 3, "solution": true, "task": false}
from collections import Counter


def continuation(bigrams):
    kinds = Counter(pair[1] for pair, times in bigrams.items() if times)
    return {word: n / kinds.total() for word, n in kinds.items()}
