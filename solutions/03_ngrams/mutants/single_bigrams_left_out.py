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

# %% nbgrader={"grade": false, "grade_id": "continuation", "locked": false, "schema_version": 3, "solution": true, "task": false}
def continuation(bigrams):
    kinds = Counter(word for (_, word), times in bigrams.items() if times > 1)
    return {word: n / kinds.total() for word, n in kinds.items()}
