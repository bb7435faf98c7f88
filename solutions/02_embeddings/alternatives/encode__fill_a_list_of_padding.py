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

# %% nbgrader={"grade": false, "grade_id": "encode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def encode(tokens, vocabulary, length):
    ids = [0] * length
    for t, token in enumerate(tokens):
        if t == length:
            break
        ids[t] = vocabulary.index(token) if token in vocabulary else 1
    return ids
