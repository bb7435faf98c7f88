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

# %% nbgrader={"grade": false, "grade_id": "encode", "locked": false, "schema_version": 3, "solution": true, "task": false}
import collections


def encode(tokens, vocabulary, length):
    place = collections.defaultdict(lambda: 1)
    place.update(zip(vocabulary, range(len(vocabulary))))
    return [place[token] for token in (list(tokens) + ["<pad>"] * length)[:length]]
