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
    marked = ["<s>", *sentence, "</s>"]
    width = max(n - 1, 1)
    return [(tuple(marked[max(0, i - width) : i]), marked[i]) for i in range(1, len(marked))]
