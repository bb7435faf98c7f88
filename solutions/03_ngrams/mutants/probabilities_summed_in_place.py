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

# %% nbgrader={"grade": false, "grade_id": "draw_word", "locked": false, "schema_version": 3, "solution": true, "task": false}
def draw_word(probabilities, u):
    words = sorted(probabilities)
    for before, word in zip(words, words[1:]):
        probabilities[word] += probabilities[before]
    return next((word for word in words if probabilities[word] > u), words[-1])
