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
    if 0 in probabilities:
        return math.inf
    logs = [math.log(p) for p in probabilities if p < 1]
    return math.exp(-sum(logs) / max(len(logs), 1))
