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

# %% nbgrader={"grade": false, "grade_id": "alignment", "locked": false, "schema_version": 3, "solution": true, "task": false}
def alignment(shares, source, target):
    import numpy as np

    places = np.mean(shares.numpy(), axis=0).argmax(axis=1)
    return list(zip(target[1:], np.array(source)[places].tolist()))
