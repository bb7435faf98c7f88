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
    kinds = {}
    for (first, word), times in bigrams.items():
        if times > 0 and first != "<s>":
            kinds[word] = kinds.get(word, 0) + 1
    total = sum(kinds.values())
    return {word: n / total for word, n in kinds.items()}
