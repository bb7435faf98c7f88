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
    if len(after) == 0:
        return lower
    total = float(sum(after.values()))
    shares = {w: max(times - discount, 0.0) / total for w, times in after.items()}
    left_over = 1.0 - sum(shares.values())
    return shares.get(word, 0.0) + left_over * lower
