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

# %% nbgrader={"grade": false, "grade_id": "count", "locked": false, "schema_version": 3, "solution": true, "task": false}
from collections import Counter, defaultdict


def count(pairs):
    counts = defaultdict(Counter)
    for context, word in pairs:
        counts[context][word] += 1
    return dict(counts)
