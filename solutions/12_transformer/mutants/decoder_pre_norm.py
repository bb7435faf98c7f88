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
    part, h = weights["self_attention"], norm(x, weights["self_attention_norm"])
    x = x + attend(h, *keys_and_values(h, part), part, may_attend)
    part, h = weights["cross_attention"], norm(x, weights["cross_attention_norm"])
    x = x + attend(h, *keys_and_values(memory, part), part, memory_may_attend)
    return x + feed_forward(norm(x, weights["feed_forward_norm"]), weights["feed_forward"])
