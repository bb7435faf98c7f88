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
    one, other = sorted(predicted), sorted(answer)
    i = j = shared = 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            i, j, shared = i + 1, j + 1, shared + 1
        elif one[i] < other[j]:
            i += 1
        else:
            j += 1
    return 0 if not shared else 1 / (0.5 * (len(one) / shared + len(other) / shared))
