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

# %% nbgrader={"grade": false, "grade_id": "dataset_score", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dataset_score(score, answers, predictions):
    points = []
    for key in answers:
        best = 0
        if key in predictions:
            for answer in answers[key]:
                now = score(predictions[key], answer)
                if now > best:
                    best = now
        points.append(best)
    return sum(points) * 100.0 / len(points)
