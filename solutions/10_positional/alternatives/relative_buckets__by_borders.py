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

# %% nbgrader={"grade": false, "grade_id": "relative_buckets", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relative_buckets(relative_position, bidirectional=True, n_buckets=32, max_distance=128):
    side = n_buckets // 2 if bidirectional else n_buckets
    n_exact = side // 2
    rest = side - n_exact
    borders = [float(d) for d in range(1, n_exact)]
    borders += [n_exact * (max_distance / n_exact) ** (j / rest) for j in range(rest)]
    distance = relative_position.abs() if bidirectional else relative_position.neg().clamp(min=0)
    borders = torch.tensor(borders, dtype=torch.float64)
    found = torch.bucketize(distance.double(), borders, right=True)
    return found + side * (relative_position > 0) if bidirectional else found
