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
    K = len(weight) // n_heads
    order = torch.cat([torch.arange(0, K, 2), torch.arange(1, K, 2)])
    rows = (torch.arange(n_heads)[:, None] * K + order).flatten()
    return weight.copy_(weight[rows].clone())
