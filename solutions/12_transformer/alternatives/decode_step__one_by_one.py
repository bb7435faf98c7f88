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
    key, value = (None, None) if cache is None else (cache["keys"], cache["values"])
    own, cross = weights["self_attention"], weights["cross_attention"]
    memory_keys, memory_values = keys_and_values(memory, cross)
    found = []
    for word in new_ids.T:
        place = 0 if key is None else key.shape[-2]
        x = (weights["table"][word] + weights["positions"][place])[:, None]
        k, v = keys_and_values(x, own)
        key = k if key is None else torch.cat((key, k), dim=-2)
        value = v if value is None else torch.cat((value, v), dim=-2)
        x = norm(x + attend(x, key, value, own), weights["self_attention_norm"])
        x = norm(x + attend(x, memory_keys, memory_values, cross), weights["cross_attention_norm"])
        found.append(norm(x + feed_forward(x, weights["feed_forward"]), weights["feed_forward_norm"]))
    return torch.cat(found, dim=1), {"keys": key, "values": value}
