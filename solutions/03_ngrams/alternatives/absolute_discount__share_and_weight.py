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
    total = sum(after.values())
    if total == 0:
        return lower
    weight = sum(min(discount, times) for times in after.values()) / total
    share = (after[word] - discount) / total if word in after else 0.0
    return share + weight * lower
