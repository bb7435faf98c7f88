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
    words = {word for _, word in pairs}
    counts = {context: dict.fromkeys(words, 0) for context, _ in pairs}
    for context, word in pairs:
        counts[context][word] += 1
    return counts
