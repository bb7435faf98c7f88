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
    total, kept = sum(after.values()), 0
    if word in after:
        after[word] -= discount
        kept = max(after[word], 0)
    return (kept + discount * len(after) * lower) / total
