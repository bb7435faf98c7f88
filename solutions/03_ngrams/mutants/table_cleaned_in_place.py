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
    for pair in [pair for pair, times in bigrams.items() if not times]:
        del bigrams[pair]
    kinds = Counter(word for _, word in bigrams)
    return {word: n / len(bigrams) for word, n in kinds.items()}
