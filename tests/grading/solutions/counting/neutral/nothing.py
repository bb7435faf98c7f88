# %% nbgrader={"grade_id": "count_words", "solution": true}
# ruff: noqa: D100
def count_words(text):
    print(text.lower().split())


# %% nbgrader={"grade_id": "most_common", "solution": true}
def most_common(counts):
    print(max(counts))


# %% nbgrader={"grade_id": "length", "solution": true}
def length(counts):
    print(sum(counts.values()))


# %% nbgrader={"grade_id": "cosine", "solution": true}
def cosine(left, right):
    print(left, right)
