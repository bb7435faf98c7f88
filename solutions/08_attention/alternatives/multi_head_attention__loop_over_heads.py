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

# %% nbgrader={"grade": false, "grade_id": "multi_head_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def multi_head_attention(x, memory, weights, n_heads, may_attend=None):
    K, found = x.shape[-1] // n_heads, []
    for h in range(n_heads):
        own = slice(h * K, (h + 1) * K)
        query = x @ weights["query_proj"][own].T
        key, value = memory @ weights["key_proj"][own].T, memory @ weights["value_proj"][own].T
        scores = query @ key.mT / math.sqrt(K)
        if may_attend is None:
            found.append(scores.softmax(dim=-1) @ value)
            continue
        mask = may_attend.expand(len(x), n_heads, *scores.shape[1:])[:, h]
        shares = torch.where(mask, scores, torch.finfo(scores.dtype).min).softmax(dim=-1)
        found.append(torch.where(mask, shares, 0.0) @ value)
    return torch.cat(found, dim=-1) @ weights["output_proj"].T
