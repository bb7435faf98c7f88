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
    rest, shared = list(answer), 0
    for word in predicted:
        if word in rest:
            rest.remove(word)
            shared += 1
    return 2 * shared / (len(predicted) + len(answer)) if shared else 0.0
