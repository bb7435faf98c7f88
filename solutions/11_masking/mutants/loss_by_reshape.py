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
    moved = logits.reshape(logits.shape[0], logits.shape[2], logits.shape[1])
    found = F.cross_entropy(moved, targets, reduction="none")[targets != pad_id]
    return found.sum() / max(1, len(found))
