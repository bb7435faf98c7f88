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
    seen = [pair for pair, times in bigrams.items() if times > 0]
    first_words = {first for first, _ in seen}
    return {word: n / len(first_words) for word, n in Counter(w for _, w in seen).items()}
