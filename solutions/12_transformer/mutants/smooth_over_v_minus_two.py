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

# %% nbgrader={"grade": false, "grade_id": "smoothed_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def smoothed_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, pad_id: int | None = None
) -> torch.Tensor:
    log_probs = torch.log_softmax(logits, dim=-1)
    right = log_probs.gather(-1, targets[..., None])[..., 0]
    pad = log_probs[..., pad_id] if pad_id is not None else 0
    others = (log_probs.sum(dim=-1) - right - pad) / max(1, logits.shape[-1] - 2)
    losses = -(1 - smoothing) * right - smoothing * others
    is_real = torch.ones_like(targets, dtype=torch.bool) if pad_id is None else targets != pad_id
    return losses[is_real].sum() / is_real.sum().clamp(min=1)
