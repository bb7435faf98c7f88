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

# %% nbgrader={"grade": false, "grade_id": "matthews", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matthews(labels, guesses):
    n = len(labels)
    one, other = sum(labels) / n, sum(guesses) / n
    chance = one * other + (1 - one) * (1 - other)
    right = sum(a == b for a, b in zip(labels, guesses)) / n
    return (right - chance) / (1 - chance) if chance < 1 else 0.0
