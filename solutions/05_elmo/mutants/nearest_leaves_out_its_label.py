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
    cosine = directions @ directions.T
    answers = []
    for row, own in zip(cosine.tolist(), labels):
        others = [-2 if label == own else value for value, label in zip(row, labels)]
        answers.append(labels[others.index(max(others))])
    return answers
