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
    counts = Counter(token for sentence in sentences for token in sentence)
    del counts["<pad>"], counts["<unk>"]
    kept = dict(counts.most_common(max_size - 2))
    return ["<pad>", "<unk>", *sorted(kept, key=lambda token: (-kept[token], token))]
