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

# %% nbgrader={"grade": false, "grade_id": "count", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count(pairs):
    counts = {}
    for context, word in pairs:
        after = counts.setdefault(tuple(token.lower() for token in context), {})
        after[word.lower()] = after.get(word.lower(), 0) + 1
    return counts
