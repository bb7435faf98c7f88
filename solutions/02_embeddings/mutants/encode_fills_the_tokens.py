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
    while len(tokens) < length:
        tokens.append("<pad>")
    place = {token: i for i, token in enumerate(vocabulary)}
    return [place.get(token, 1) for token in tokens[:length]]
