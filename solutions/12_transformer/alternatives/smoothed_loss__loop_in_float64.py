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
    wide, total, count = logits.double(), 0.0 * logits.double().sum(), 0
    for row, target in zip(wide.reshape(-1, logits.shape[-1]), targets.flatten().tolist()):
        if pad_id is not None and target == pad_id:
            continue
        cost = row.logsumexp(0) - row
        total, count = total + (1 - smoothing) * cost[target] + smoothing * cost.mean(), count + 1
    return (total / max(count, 1)).to(logits.dtype)
