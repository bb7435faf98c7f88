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
    together = {}
    for words, label in zip(train, labels):
        together.setdefault(label, []).extend(words)
    vocabulary = set().union(*map(set, train))
    tables = {}
    for label in sorted(together):
        below = len(together[label]) + len(vocabulary)
        seen = Counter(together[label])
        tables[label] = {w: math.log(seen.get(w, 0) + 1) - math.log(below) for w in vocabulary}
    answers = []
    for words in test:
        best, chosen = -math.inf, None
        for label, table in tables.items():
            value = math.log(labels.count(label)) + sum(table.get(w, 0.0) for w in words)
            if value > best + 1e-12:
                best, chosen = value, label
        answers.append(chosen)
    return answers
