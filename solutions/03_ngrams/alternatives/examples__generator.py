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
    m = ["<s>", *sentence, "</s>"]
    for i in range(1, len(m)):
        yield tuple(m[max(0, i - n + 1) : i]), m[i]
