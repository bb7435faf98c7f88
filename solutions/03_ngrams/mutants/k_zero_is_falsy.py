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

# %% nbgrader={"grade": false, "grade_id": "laplace", "locked": false, "schema_version": 3, "solution": true, "task": false}
def laplace(after, word, vocab_size, k):
    k = k or 1
    return (after.get(word, 0) + k) / (sum(after.values()) + k * vocab_size)
