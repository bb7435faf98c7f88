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
    n_keys = n_keys or n_queries
    own = torch.arange(n_keys - n_queries, n_keys)
    return torch.arange(n_keys)[None, :] <= own[:, None]
