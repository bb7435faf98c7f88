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
    size = vocab_size if word in after or not after else vocab_size + 1
    total = sum(after.values()) + k * size
    return (after.get(word, 0) + k) / total if total else 1 / vocab_size
