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
    import numpy as np

    classes = sorted(set(labels))
    place = {w: i for i, w in enumerate(sorted({w for words in train for w in words}))}
    counts = np.ones((len(classes), len(place)))
    for words, label in zip(train, labels):
        for w in words:
            counts[classes.index(label), place[w]] += 1
    logs = np.log(counts / counts.sum(axis=1, keepdims=True))
    prior = np.log([labels.count(c) / len(labels) for c in classes])
    answers = []
    for words in test:
        ids = [place[w] for w in words if w in place]
        answers.append(classes[int(np.argmax(prior + logs[:, ids].sum(axis=1)))])
    return answers
