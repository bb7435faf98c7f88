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
    def heads(given, name):
        projected = given @ weights[name].T
        return projected.reshape(len(projected), n_heads, projected.shape[1], -1)

    query, key = heads(x, "query_proj"), heads(memory, "key_proj")
    value = heads(memory, "value_proj")
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if may_attend is not None:
        hidden = ~may_attend
        shares = scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(dim=-1).masked_fill(hidden, 0.0)
    else:
        shares = scores.softmax(dim=-1)
    joined = (shares @ value).reshape(x.shape)
    return joined @ weights["output_proj"].T
