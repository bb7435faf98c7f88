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
    n_exact = per_side // 2

    def bucket(r):
        d = abs(r) if bidirectional else max(0, -r)
        if d >= n_exact:
            share = math.log(d / n_exact) / math.log(max_distance / n_exact)
            d = min(n_exact + math.floor(share * (per_side - n_exact)), per_side - 1)
        return d + per_side if bidirectional and r > 0 else d

    found = [bucket(r) for r in relative_position.flatten().tolist()]
    return torch.tensor(found, dtype=torch.long).view(relative_position.shape)
