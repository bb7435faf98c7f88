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
    marked = ["<s>", *(word for word in sentence if word.isascii()), "</s>"]
    return [(tuple(marked[max(0, i - n + 1) : i]), marked[i]) for i in range(1, len(marked))]
