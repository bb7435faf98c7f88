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
    def cut(z):
        return z.reshape(*z.shape[:2], n_heads, -1).transpose(1, 2)

    query = cut(F.linear(x, weights["query_proj"]))
    key, value = (cut(F.linear(memory, weights[name])) for name in ("key_proj", "value_proj"))
    found = F.scaled_dot_product_attention(query, key, value, may_attend)
    return F.linear(found.transpose(1, 2).flatten(2), weights["output_proj"])
