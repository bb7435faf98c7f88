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
import heapq
import itertools


def build_vocabulary(sentences, max_size):
    counts = {}
    for token in itertools.chain.from_iterable(sentences):
        if token not in {"<pad>", "<unk>"}:
            counts[token] = counts.get(token, 0) + 1
    pairs = [(-count, token) for token, count in counts.items()]
    return ["<pad>", "<unk>"] + [token for _, token in heapq.nsmallest(max_size - 2, pairs)]
