# %% nbgrader={"grade_id": "length", "solution": true}
# ruff: noqa: D100
def length(counts):
    return sum(count**2 for count in counts.values())
