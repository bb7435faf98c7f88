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

# %% nbgrader={"grade": false, "grade_id": "examples", "locked": false, "schema_version": 3, "solution": true, "task": false}
def examples(sentence, n):
    found = []
    text = ["<s>"] + sentence + ["</s>"]
    for place in range(1, len(text)):
        before = text[:place]
        context = before[-(n - 1) :] if n > 1 else []
        found.append((tuple(context), text[place]))
    return found
