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

# %% nbgrader={"grade": false, "grade_id": "examples", "locked": false, "schema_version": 3, "solution": true, "task": false}
from collections import deque


def examples(sentence, n):
    last, found = deque(["<s>"], maxlen=max(n - 1, 0)), []
    for word in list(sentence) + ["</s>"]:
        found.append((tuple(last), word))
        last.append(word)
    return found
