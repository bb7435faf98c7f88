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
    times_of = {}
    for (_, word), times in bigrams.items():
        if times > 0:
            times_of[word] = times_of.get(word, 0) + times
    total = sum(times_of.values())
    return {word: n / total for word, n in times_of.items()}
