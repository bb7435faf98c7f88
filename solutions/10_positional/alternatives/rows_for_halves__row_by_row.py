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
    out = torch.empty_like(weight)
    for row in range(len(weight)):
        h, k = divmod(row, K)
        out[h * K + k // 2 + (k % 2) * (K // 2)] = weight[row]
    return out
