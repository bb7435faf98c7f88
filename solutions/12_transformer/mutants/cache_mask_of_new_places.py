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
def decode_step(
    new_ids: torch.Tensor, memory: torch.Tensor, weights: dict, cache: dict | None = None
) -> tuple[torch.Tensor, dict]:
    n_before, n_new = 0 if cache is None else cache["keys"].shape[2], new_ids.shape[1]
    x = weights["table"][new_ids] + weights["positions"][n_before : n_before + n_new]
    part = weights["self_attention"]
    keys, values = keys_and_values(x, part)
    if cache is not None:
        keys = torch.cat([cache["keys"], keys], dim=2)
        values = torch.cat([cache["values"], values], dim=2)
    may_attend = torch.ones(n_new, n_new, dtype=torch.bool).tril()
    x = norm(x + attend(x, keys, values, part, may_attend), weights["self_attention_norm"])
    part = weights["cross_attention"]
    x = norm(x + attend(x, *keys_and_values(memory, part), part), weights["cross_attention_norm"])
    x = norm(x + feed_forward(x, weights["feed_forward"]), weights["feed_forward_norm"])
    return x, {"keys": keys, "values": values}
