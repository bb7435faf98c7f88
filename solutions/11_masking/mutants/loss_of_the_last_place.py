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
    return ids[:, :-1], ids[:, 1:]


def next_word_loss(logits, targets, pad_id):
    last = (targets != pad_id)[:, -1]
    right = logits[:, -1][last].log_softmax(dim=-1).gather(-1, targets[:, -1][last][:, None])
    return -right.sum() / max(1, len(right))
