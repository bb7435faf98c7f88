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
    unit = torch.nn.functional.normalize(vectors, dim=1)
    cosine = torch.einsum("id,jd->ij", unit, unit)
    cosine = cosine.masked_fill(torch.eye(len(labels), dtype=torch.bool), float("-inf"))
    return [labels[int(i)] for i in cosine.topk(1, dim=1).indices[:, 0]]
