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

# %% nbgrader={"grade": false, "grade_id": "laplace", "locked": false, "schema_version": 3, "solution": true, "task": false}
def laplace(after, word, vocab_size, k):
    numerator = k
    if word in after:
        numerator = numerator + after[word]
    denominator = vocab_size * k
    for times in after.values():
        denominator += times
    try:
        return numerator / denominator
    except ZeroDivisionError:
        return 1 / vocab_size
