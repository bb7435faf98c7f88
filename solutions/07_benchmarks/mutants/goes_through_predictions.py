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
    total = 0.0
    for key, prediction in predictions.items():
        total += max(score(prediction, answer) for answer in answers[key])
    return 100 * total / len(answers)
