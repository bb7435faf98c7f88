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

# %% nbgrader={"grade": false, "grade_id": "decoder_layer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def decoder_layer(x, memory, weights, may_attend=None, memory_may_attend=None):
    def look(asks, answers, part, mask):
        width = asks.shape[-1]
        query, key, value = (
            torch.einsum("btd,hkd->bhtk", given, part[name]).contiguous()
            for given, name in ((asks, "query_proj"), (answers, "key_proj"), (answers, "value_proj"))
        )
        heads = F.scaled_dot_product_attention(query, key, value, mask).transpose(1, 2).flatten(-2)
        return F.linear(heads, part["output_proj"].reshape(width, width))

    h = norm(torch.add(x, look(x, x, weights["self_attention"], may_attend)), weights["self_attention_norm"])
    h = norm(h + look(h, memory, weights["cross_attention"], memory_may_attend), weights["cross_attention_norm"])
    return norm(h + feed_forward(h, weights["feed_forward"]), weights["feed_forward_norm"])
