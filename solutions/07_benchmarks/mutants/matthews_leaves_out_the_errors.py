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

# %% nbgrader={"grade": false, "grade_id": "matthews", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matthews(labels, guesses):
    counts = Counter(zip(labels, guesses, strict=True))
    tp, tn, fp, fn = counts[1, 1], counts[0, 0], counts[0, 1], counts[1, 0]
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn) / math.sqrt(product) if product else 0.0
