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

# %% nbgrader={"grade": false, "grade_id": "absolute_discount", "locked": false, "schema_version": 3, "solution": true, "task": false}
def absolute_discount(after, word, lower, discount):
    if not after:
        return lower
    total, n = sum(after.values()), len([w for w in after if w != "</s>"])
    kept = max(after.get(word, 0) - discount, 0)
    return (kept + discount * n * lower) / total
