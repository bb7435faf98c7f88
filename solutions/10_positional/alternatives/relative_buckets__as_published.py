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
    ret, n = 0, -relative_position
    if bidirectional:
        n_buckets //= 2
        ret += (n < 0).to(torch.long) * n_buckets
        n = torch.abs(n)
    else:
        n = torch.max(n, torch.zeros_like(n))
    max_exact = n_buckets // 2
    is_small = n < max_exact
    val_if_large = max_exact + (
        torch.log(n.float() / max_exact) / math.log(max_distance / max_exact) * (n_buckets - max_exact)
    ).to(torch.long)
    val_if_large = torch.min(val_if_large, torch.full_like(val_if_large, n_buckets - 1))
    return ret + torch.where(is_small, n, val_if_large)
