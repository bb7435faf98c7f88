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
from itertools import chain


def build_vocabulary(sentences, max_size):
    counts = Counter(chain.from_iterable(sentences))
    del counts["<pad>"], counts["<unk>"]
    words = sorted(sorted(counts), key=counts.get, reverse=True)
    return ["<pad>", "<unk>", *words[: max(0, max_size - 2)]]
