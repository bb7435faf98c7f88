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
    return min(1e6, math.exp(-sum(math.log(p) for p in probabilities) / len(probabilities)))
