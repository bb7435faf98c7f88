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
    left = sum(max(n - discount, 0) for n in after.values())
    if not left:
        return lower
    kept = max(after.get(word, 0) - discount, 0)
    return (kept + discount * len(after) * lower) / left
