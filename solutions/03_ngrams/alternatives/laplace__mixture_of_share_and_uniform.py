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
    seen, added = sum(after.values()), k * vocab_size
    if seen + added == 0:
        return 1.0 / vocab_size
    share = after.get(word, 0) / seen if seen else 0.0
    trust = seen / (seen + added)
    return trust * share + (1 - trust) / vocab_size
