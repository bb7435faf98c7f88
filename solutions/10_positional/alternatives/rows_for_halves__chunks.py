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
    return torch.cat([part for head in weight.chunk(n_heads) for part in (head[0::2], head[1::2])])
