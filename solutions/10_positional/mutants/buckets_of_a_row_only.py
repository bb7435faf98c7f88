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
    per_side = n_buckets // 2 if bidirectional else n_buckets
    n_exact, found = per_side // 2, []
    for place in relative_position:
        first, distance = 0, abs(int(place))
        if bidirectional and place > 0:
            first = per_side
        if not bidirectional and place > 0:
            distance = 0
        if distance >= n_exact:
            steps = math.log(distance / n_exact) / math.log(max_distance / n_exact)
            distance = min(n_exact + int(steps * (per_side - n_exact)), per_side - 1)
        found.append(first + distance)
    return torch.tensor(found)
