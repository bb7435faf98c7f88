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
    if not after and not k:
        return 1 / vocab_size
    return (after.get(word, 0) + k) / max(sum(after.values()) + k * vocab_size, 1)
