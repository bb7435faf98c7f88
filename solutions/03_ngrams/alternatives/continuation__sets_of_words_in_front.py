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
from collections import defaultdict


def continuation(bigrams):
    in_front = defaultdict(set)
    for first, word in bigrams:
        if bigrams[first, word] != 0:
            in_front[word].add(first)
    total = sum(len(words) for words in in_front.values())
    return {word: len(words) / total for word, words in in_front.items()}
