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
    w = {name: weight.unflatten(0, (n_heads, -1)) for name, weight in weights.items() if name != "output_proj"}
    query = torch.einsum("btd,hkd->bhtk", x, w["query_proj"])
    key = torch.einsum("bsd,hkd->bhsk", memory, w["key_proj"])
    value = torch.einsum("bsd,hkd->bhsk", memory, w["value_proj"])
    scores = torch.einsum("bhtk,bhsk->bhts", query, key) * query.shape[-1] ** -0.5
    if may_attend is not None:
        scores = scores.masked_fill(~may_attend, -1e30)
    shares = scores.softmax(dim=-1)
    if may_attend is not None:
        shares = shares * may_attend
    out = weights["output_proj"].unflatten(1, (n_heads, -1))
    return torch.einsum("bhts,bhsk,ohk->bto", shares, value, out)
