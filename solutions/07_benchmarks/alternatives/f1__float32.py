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

# %% nbgrader={"grade": false, "grade_id": "f1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def f1(predicted, answer):
    import torch

    shared = torch.tensor(float(sum((Counter(predicted) & Counter(answer)).values())))
    if shared == 0:
        return shared
    precision, recall = shared / len(predicted), shared / len(answer)
    return 2 * precision * recall / (precision + recall)

# %% nbgrader={"grade": false, "grade_id": "dataset_score", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dataset_score(score, answers, predictions):
    import torch

    best = [
        max(score(predictions[k], a) for a in given) if k in predictions else 0.0
        for k, given in answers.items()
    ]
    return 100 * torch.tensor(best, dtype=torch.float32).mean()

# %% nbgrader={"grade": false, "grade_id": "matthews", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matthews(labels, guesses):
    import torch

    x, y = torch.tensor(labels).float(), torch.tensor(guesses).float()
    x, y = x - x.mean(), y - y.mean()
    length = x.norm() * y.norm()
    return (x @ y / length).item() if length else 0.0

# %% nbgrader={"grade": false, "grade_id": "ranks", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ranks(values):
    import torch

    values = torch.tensor(values, dtype=torch.float32)
    less = (values < values[:, None]).sum(dim=1)
    return less + ((values == values[:, None]).sum(dim=1) + 1) / 2

# %% nbgrader={"grade": false, "grade_id": "best_span", "locked": false, "schema_version": 3, "solution": true, "task": false}
def best_span(starts, ends, max_length):
    import torch

    sums = torch.tensor(starts)[:, None] + torch.tensor(ends)
    allowed = torch.ones_like(sums).triu().tril(max_length - 1) > 0
    place = sums.masked_fill(~allowed, -math.inf).argmax().item()
    return divmod(place, len(ends))

# %% nbgrader={"grade": false, "grade_id": "probe", "locked": false, "schema_version": 3, "solution": true, "task": false}
def probe(train, labels, test):
    import torch

    classes = sorted(set(labels))
    place = {w: i for i, w in enumerate(sorted({w for words in train for w in words}))}
    counts = torch.zeros(len(classes), len(place))
    for words, label in zip(train, labels):
        for w in words:
            counts[classes.index(label), place[w]] += 1
    logs = ((counts + 1) / (counts.sum(dim=1, keepdim=True) + len(place))).log()
    prior = torch.tensor([labels.count(c) / len(labels) for c in classes]).log()
    answers = []
    for words in test:
        ids = [place[w] for w in words if w in place]
        answers.append(classes[(prior + logs[:, ids].sum(dim=1)).argmax().item()])
    return answers
