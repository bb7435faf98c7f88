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

# %% nbgrader={"grade": false, "grade_id": "next_words", "locked": false, "schema_version": 3, "solution": true, "task": false}
def next_words(ids):
    targets = ids.clone()[:, 1:]
    ids[:, -1] = 0
    return ids[:, :-1].clone(), targets


def next_word_loss(logits, targets, pad_id):
    real = targets != pad_id
    log_probs = logits[real].log_softmax(dim=-1)
    right = log_probs.gather(-1, targets[real][:, None])
    return -right.sum() / max(1, len(right))
