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
    B, T, D = x.shape
    S, K = memory.shape[1], D // n_heads
    both = memory @ torch.cat([weights["key_proj"], weights["value_proj"]]).T
    query = (x @ weights["query_proj"].T).view(B, T, n_heads, K).transpose(1, 2).reshape(B * n_heads, T, K)
    key, value = (z.reshape(B, S, n_heads, K).transpose(1, 2).reshape(B * n_heads, S, K) for z in both.chunk(2, dim=-1))
    scores = torch.bmm(query, key.mT) / math.sqrt(K)
    allowed = torch.ones(1, 1, 1, 1, dtype=torch.bool) if may_attend is None else may_attend
    allowed = allowed.expand(B, n_heads, T, S).reshape(B * n_heads, T, S)
    shares = scores.masked_fill(~allowed, -1e30).softmax(dim=-1).masked_fill(~allowed, 0.0)
    joined = torch.bmm(shares, value).view(B, n_heads, T, K).transpose(1, 2).reshape(B, T, D)
    return joined @ weights["output_proj"].T
