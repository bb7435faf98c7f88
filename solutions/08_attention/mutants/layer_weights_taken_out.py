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
    query_proj, key_proj = weights.pop("query_proj"), weights.pop("key_proj")
    value_proj, output_proj = weights.pop("value_proj"), weights.pop("output_proj")

    def heads(projected):
        return projected.unflatten(-1, (n_heads, -1)).transpose(1, 2)

    query, key, value = heads(x @ query_proj.T), heads(memory @ key_proj.T), heads(memory @ value_proj.T)
    found = F.scaled_dot_product_attention(query, key, value, may_attend)
    return found.transpose(1, 2).flatten(-2) @ output_proj.T
