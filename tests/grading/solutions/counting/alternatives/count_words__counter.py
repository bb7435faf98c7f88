# %% nbgrader={"grade_id": "count_words", "solution": true}
# ruff: noqa: D100
from collections import Counter


def count_words(text):
    return Counter(text.casefold().split())
