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

# %% nbgrader={"grade": false, "grade_id": "build_vocabulary", "locked": false, "schema_version": 3, "solution": true, "task": false}
from collections import Counter


def build_vocabulary(sentences, max_size):
    counts = Counter()
    for sentence in sentences:
        counts.update(sentence)
    words = sorted(counts)
    words.sort(key=counts.get, reverse=True)  # a stable sort keeps the alphabet among ties
    vocabulary = ["<pad>", "<unk>"]
    for word in words:
        if len(vocabulary) == max_size:
            break
        if word not in vocabulary:
            vocabulary.append(word)
    return vocabulary
