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
    directions = torch.nn.functional.normalize(vectors, dim=1)
    second = (directions @ directions.T).topk(2, dim=1).indices[:, 1]
    return [labels[i] for i in second.tolist()]
