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
    logits = logits.masked_fill((targets == pad_id)[..., None], 0.0)
    return -logits.log_softmax(dim=-1).gather(-1, targets[..., None]).mean()
