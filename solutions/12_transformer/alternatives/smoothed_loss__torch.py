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
    total = F.cross_entropy(
        logits.reshape(-1, n_words), targets.reshape(-1), reduction="sum", label_smoothing=smoothing,
        ignore_index=-100 if pad_id is None else pad_id,
    )
    count = targets.numel() if pad_id is None else int((targets != pad_id).sum())
    return total / max(count, 1)
