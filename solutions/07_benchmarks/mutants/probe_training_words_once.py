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

# %% nbgrader={"grade": false, "grade_id": "probe", "locked": false, "schema_version": 3, "solution": true, "task": false}
def probe(train, labels, test):
    classes = sorted(set(labels))
    known = {word for words in train for word in words}
    counts = {c: Counter() for c in classes}
    for words, label in zip(train, labels, strict=True):
        counts[label].update(set(words))

    def score(words, c):
        total = counts[c].total() + len(known)
        found = math.log(labels.count(c) / len(labels))
        return found + sum(math.log((counts[c][w] + 1) / total) for w in words if w in known)

    return [max(classes, key=lambda c: score(words, c)) for words in test]
