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
    for key, given in answers.items():
        predictions.setdefault(key, None)
        if predictions[key] is not None:
            total += max(score(predictions[key], answer) for answer in given)
    return 100 * total / len(answers)
