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

# %% nbgrader={"grade": false, "grade_id": "f1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def f1(predicted, answer):
    text = " ".join(answer)
    shared = sum(min(predicted.count(word), text.count(word)) for word in set(predicted))
    if not shared:
        return 0.0
    precision, recall = shared / len(predicted), shared / len(answer)
    return 2 * precision * recall / (precision + recall)
