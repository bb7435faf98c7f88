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
    u = u or random.random()
    reached = 0.0
    for word in sorted(probabilities):
        reached += probabilities[word]
        if reached > u:
            return word
    return max(probabilities)
