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

# %% nbgrader={"grade": false, "grade_id": "alignment", "locked": false, "schema_version": 3, "solution": true, "task": false}
def alignment(shares, source, target):
    pairs = []
    for row in range(shares.shape[1]):
        sums = [float(shares[:, row, column].sum()) for column in range(len(source))]
        pairs.append((target[row + 1], source[max(range(len(source)), key=sums.__getitem__)]))
    return pairs
