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
    tables = {}
    for c in classes:
        seen = Counter(w for words, label in zip(train, labels) if label == c for w in words)
        tables[c] = {w: math.log((seen[w] + 1) / (seen.total() + len(known))) for w in known}

    def score(words, c):
        return math.log(labels.count(c) / len(labels)) + sum(tables[c][w] for w in words)

    return [max(classes, key=lambda c: score(words, c)) for words in test]
