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

# %% nbgrader={"grade": false, "grade_id": "cosine_matrix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cosine_matrix(vectors):
    n_rows = len(vectors)
    cosines = torch.zeros(n_rows, n_rows)
    for i in range(n_rows):
        for j in range(n_rows):
            lengths = math.sqrt((vectors[i] ** 2).sum()) * math.sqrt((vectors[j] ** 2).sum())
            if lengths:
                cosines[i, j] = (vectors[i] * vectors[j]).sum() / lengths
    return cosines
