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
def decoder_layer(
    x: torch.Tensor,
    memory: torch.Tensor,
    weights: dict,
    may_attend: torch.Tensor | None = None,
    memory_may_attend: torch.Tensor | None = None,
) -> torch.Tensor:
    part = weights["self_attention"]
    keys, values = keys_and_values(x, part)
    x = norm(x + attend(x, keys, values, part, may_attend), weights["self_attention_norm"])
    part = weights["cross_attention"]
    keys, values = keys_and_values(torch.cat([x, memory], dim=1), part)
    x = norm(x + attend(x, keys, values, part, memory_may_attend if memory_may_attend is None else F.pad(memory_may_attend, (x.shape[1], 0), value=True)), weights["cross_attention_norm"])
    return norm(x + feed_forward(x, weights["feed_forward"]), weights["feed_forward_norm"])
