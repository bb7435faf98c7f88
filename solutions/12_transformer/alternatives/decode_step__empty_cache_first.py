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

# %% nbgrader={"grade": false, "grade_id": "decode_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def decode_step(new_ids, memory, weights, cache=None):
    part = weights["self_attention"]
    n_heads, width, _ = part["key_proj"].shape
    if cache is None:
        empty = memory.new_zeros(len(new_ids), n_heads, 0, width)
        cache = {"keys": empty, "values": empty}
    t, n = cache["keys"].size(2), new_ids.size(1)
    places = torch.arange(t, t + n)
    x = F.embedding(new_ids, weights["table"]) + weights["positions"][places]
    new = dict(zip(("keys", "values"), keys_and_values(x, part)))
    cache = {name: torch.cat([cache[name], new[name]], dim=2) for name in ("keys", "values")}
    may_attend = torch.arange(t + n) <= places[:, None]
    x = norm(x + attend(x, cache["keys"], cache["values"], part, may_attend), weights["self_attention_norm"])
    part = weights["cross_attention"]
    x = norm(x + attend(x, *keys_and_values(memory, part), part), weights["cross_attention_norm"])
    return norm(x + feed_forward(x, weights["feed_forward"]), weights["feed_forward_norm"]), cache
