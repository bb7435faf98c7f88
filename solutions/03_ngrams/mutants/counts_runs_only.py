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
from itertools import groupby


def count(pairs):
    counts = {}
    for (context, word), run in groupby(pairs):
        counts.setdefault(context, {})[word] = len(list(run))
    return counts
