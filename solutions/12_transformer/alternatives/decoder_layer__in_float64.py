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
    kind = x.dtype
    wide = {name: {key: one.double() for key, one in part.items()} for name, part in weights.items() if isinstance(part, dict)}
    x, memory = x.double(), memory.double()
    part = wide["self_attention"]
    x = norm(x + attend(x, *keys_and_values(x, part), part, may_attend), wide["self_attention_norm"])
    part = wide["cross_attention"]
    x = norm(x + attend(x, *keys_and_values(memory, part), part, memory_may_attend), wide["cross_attention_norm"])
    return norm(x + feed_forward(x, wide["feed_forward"]), wide["feed_forward_norm"]).to(kind)
