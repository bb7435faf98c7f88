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
        query = torch.einsum("btd,hkd->bhtk", asks, part["query_proj"]) / part["query_proj"].shape[1] ** 0.5
        key = torch.einsum("bsd,hkd->bhsk", answers, part["key_proj"])
        value = torch.einsum("bsd,hkd->bhsk", answers, part["value_proj"])
        scores = query @ key.mT
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        return torch.einsum("bhts,bhsk,dhk->btd", scores.softmax(-1), value, part["output_proj"])

    def normal(h, part):
        h = h - h.mean(-1, keepdim=True)
        return h / torch.sqrt(h.square().mean(-1, keepdim=True) + 1e-5) * part["weight"] + part["bias"]

    x = normal(x + look(x, x, weights["self_attention"], may_attend), weights["self_attention_norm"])
    x = normal(x + look(x, memory, weights["cross_attention"], memory_may_attend), weights["cross_attention_norm"])
    w = weights["feed_forward"]
    hidden = (x @ w["hidden_weight"].T + w["hidden_bias"]).clamp(min=0)
    return normal(x + hidden @ w["output_weight"].T + w["output_bias"], weights["feed_forward_norm"])
