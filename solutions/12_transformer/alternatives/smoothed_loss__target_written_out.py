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
def smoothed_loss(logits, targets, smoothing, pad_id=None):
    n_words = logits.shape[-1]
    q = F.one_hot(targets, n_words).to(logits.dtype) * (1 - smoothing) + smoothing / n_words
    losses = -(q * F.log_softmax(logits, dim=-1)).sum(dim=-1)
    if pad_id is None:
        return losses.mean()
    weight = (targets != pad_id).to(losses.dtype)
    return (losses * weight).sum() / weight.sum().clamp(min=1)
