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
    rows = ids.tolist()
    return torch.tensor([row[:-1] for row in rows]), torch.tensor([row[1:] for row in rows])


def next_word_loss(logits, targets, pad_id):
    total, count = 0.0 * logits.sum(), 0
    for sentence, row in zip(logits, targets.tolist()):
        for place, word in zip(sentence, row):
            if word != pad_id:
                total = total - F.log_softmax(place, dim=0)[word]
                count += 1
    return total / count if count else total
