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

# %% nbgrader={"grade": false, "grade_id": "causal_mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
def causal_mask(n_queries, n_keys=None):
    import numpy as np

    n_keys = n_queries if n_keys is None else n_keys
    return torch.from_numpy(np.tri(n_queries, n_keys, n_keys - n_queries, dtype=bool))
