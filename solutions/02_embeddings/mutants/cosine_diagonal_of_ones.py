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
    lengths = vectors.norm(dim=1, keepdim=True)
    directions = vectors / torch.where(lengths > 0, lengths, 1.0)
    return (directions @ directions.T).fill_diagonal_(1)
