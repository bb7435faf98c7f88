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

# %% nbgrader={"grade": false, "grade_id": "masked_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def masked_attention(query, key, value, may_attend):
    T, S = query.shape[-2], key.shape[-2]
    full = may_attend.expand(*query.shape[:-2], T, S)
    rows = []
    for t in range(T):
        scores = (key @ query[..., t, :, None])[..., 0] / math.sqrt(query.shape[-1])
        allowed = full[..., t, :]
        shares = torch.where(allowed, scores, -1e30).softmax(dim=-1) * allowed
        rows.append((shares[..., None] * value).sum(dim=-2))
    return torch.stack(rows, dim=-2)
