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
    import numpy as np

    r = relative_position.numpy()
    side = n_buckets // 2 if bidirectional else n_buckets
    exact = side // 2
    d = np.abs(r) if bidirectional else np.maximum(-r, 0)
    large = exact + np.log2(np.maximum(d, 1) / exact) / np.log2(max_distance / exact) * (side - exact)
    found = np.where(d < exact, d, np.minimum(np.floor(large), side - 1)).astype(np.int64)
    if bidirectional:
        found = found + side * (r > 0)
    return torch.from_numpy(found)
