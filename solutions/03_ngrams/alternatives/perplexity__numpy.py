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

# %% nbgrader={"grade": false, "grade_id": "perplexity", "locked": false, "schema_version": 3, "solution": true, "task": false}
import numpy as np


def perplexity(probabilities):
    with np.errstate(divide="ignore"):
        return float(np.exp(-np.log(np.array(probabilities)).mean()))
