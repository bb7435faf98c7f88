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
    if may_attend is None:
        may_attend = torch.ones(x.shape[1], memory.shape[1], dtype=torch.bool)
    query = split_heads(x @ weights["query_proj"].T, n_heads)
    key = split_heads(memory @ weights["key_proj"].T, n_heads)
    value = split_heads(memory @ weights["value_proj"].T, n_heads)
    return merge_heads(masked_attention(query, key, value, may_attend)) @ weights["output_proj"].T
