# %% nbgrader={"grade_id": "cosine", "solution": true}
# ruff: noqa: D100
def cosine(left, right):
    return sum(count * right.get(word, 0) for word, count in left.items())
