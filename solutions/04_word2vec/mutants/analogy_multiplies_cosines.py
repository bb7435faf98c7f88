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

# %% nbgrader={"grade": false, "grade_id": "analogy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def analogy(vectors, a, b, c):
    unit = vectors / vectors.norm(dim=1, keepdim=True)
    to_a, to_b, to_c = ((unit @ unit[word] + 1) / 2 for word in (a, b, c))
    scores = to_b * to_c / (to_a + 0.001)
    scores[[a, b, c]] = -math.inf
    return int(scores.argmax())
