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
    order = torch.arange(K).view(2, K // 2).T.flatten()
    rows = (torch.arange(n_heads)[:, None] * K + order).flatten()
    return weight[rows]
