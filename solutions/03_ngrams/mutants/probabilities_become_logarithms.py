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

# %% nbgrader={"grade": false, "grade_id": "perplexity", "locked": false, "schema_version": 3, "solution": true, "task": false}
def perplexity(probabilities):
    if min(probabilities) == 0:
        return math.inf
    for t, p in enumerate(probabilities):
        probabilities[t] = math.log(p)
    return math.exp(-sum(probabilities) / len(probabilities))
