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

# %% nbgrader={"grade": false, "grade_id": "nearest_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def nearest_labels(vectors, labels):
    distances = torch.cdist(vectors, vectors)
    distances.fill_diagonal_(float("inf"))
    return [labels[i] for i in distances.argmin(dim=1).tolist()]
