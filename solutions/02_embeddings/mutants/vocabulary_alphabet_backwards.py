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
    words = [token for token in counts if token not in ("<pad>", "<unk>")]
    words.sort(key=lambda token: (counts[token], token), reverse=True)
    return ["<pad>", "<unk>", *words][:max_size]
