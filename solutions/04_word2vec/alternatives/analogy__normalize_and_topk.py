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
def analogy(vectors, a, b, c):
    unit = torch.nn.functional.normalize(vectors, dim=1)
    order = (unit @ (unit[b] + unit[c] - unit[a])).topk(4).indices.tolist()
    return next(row for row in order if row not in (a, b, c))
