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
    before = 0 if cache is None else cache["values"].shape[2]
    after = before + new_ids.shape[1]
    x = weights["table"].index_select(0, new_ids.flatten()).view(*new_ids.shape, -1) + weights["positions"][before:after]
    part = weights["self_attention"]
    room = {}
    for name, new in zip(("keys", "values"), keys_and_values(x, part)):
        room[name] = new.new_empty(*new.shape[:2], after, new.shape[3])
        if cache is not None:
            room[name][:, :, :before] = cache[name]
        room[name][:, :, before:] = new
    hidden = torch.ones(after - before, after, dtype=torch.bool).triu(before + 1)
    x = norm(x + attend(x, room["keys"], room["values"], part, ~hidden), weights["self_attention_norm"])
    part = weights["cross_attention"]
    keys, values = keys_and_values(memory, part)
    x = norm(x + attend(x, keys, values, part), weights["cross_attention_norm"])
    x = norm(x + feed_forward(x, weights["feed_forward"]), weights["feed_forward_norm"])
    return x, room
