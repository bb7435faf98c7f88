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

# %% nbgrader={"grade": false, "grade_id": "analogy", "locked": false, "schema_version": 3, "solution": true, "task": false}
import numpy as np


def analogy(vectors, a, b, c):
    v = vectors.numpy().astype(np.float64)
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    s = v @ (v[b] - v[a] + v[c])
    s[[a, b, c]] = -4
    return int(s.argmax())
