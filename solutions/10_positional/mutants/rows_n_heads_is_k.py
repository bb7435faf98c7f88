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

# %% nbgrader={"grade": false, "grade_id": "rows_for_halves", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rows_for_halves(weight, n_heads):
    order = torch.cat([torch.arange(0, n_heads, 2), torch.arange(1, n_heads, 2)])
    rows = (torch.arange(len(weight) // n_heads)[:, None] * n_heads + order).flatten()
    return weight[rows]
