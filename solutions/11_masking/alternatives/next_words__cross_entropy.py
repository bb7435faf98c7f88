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
    return ids[:, :-1].clone(), ids[:, 1:].clone()


def next_word_loss(logits, targets, pad_id):
    total = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=pad_id, reduction="sum")
    return total / (targets != pad_id).sum().clamp(min=1)
