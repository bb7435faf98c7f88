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
    part, cross = weights["self_attention"], weights["cross_attention"]
    seen = attend(x, *keys_and_values(x, part), part, may_attend)
    read = attend(x, *keys_and_values(memory, cross), cross, memory_may_attend)
    x = norm(x + seen + read, weights["cross_attention_norm"])
    return norm(x + feed_forward(x, weights["feed_forward"]), weights["feed_forward_norm"])
