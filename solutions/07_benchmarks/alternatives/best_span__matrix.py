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

# %% nbgrader={"grade": false, "grade_id": "best_span", "locked": false, "schema_version": 3, "solution": true, "task": false}
def best_span(starts, ends, max_length):
    import numpy as np

    scores = np.add.outer(np.array(starts), np.array(ends))
    behind = np.subtract.outer(np.arange(len(starts)), np.arange(len(ends))) * -1
    scores[(behind < 0) | (behind >= max_length)] = -np.inf
    first, last = np.unravel_index(scores.argmax(), scores.shape)
    return int(first), int(last)
