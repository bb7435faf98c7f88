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

# %% nbgrader={"grade": false, "grade_id": "normalize", "locked": false, "schema_version": 3, "solution": true, "task": false}
def normalize(text):
    text = "".join(sign for sign in text.lower() if sign not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text, count=1).split())

# %% nbgrader={"grade": false, "grade_id": "f1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def f1(predicted, answer):
    shared = sum((Counter(predicted) & Counter(answer)).values())
    return shared / max(len(predicted), len(answer)) if shared else 0.0

# %% nbgrader={"grade": false, "grade_id": "dataset_score", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dataset_score(score, answers, predictions):
    total = 0.0
    for key, given in answers.items():
        if key in predictions:
            found = [score(predictions[key], answer) for answer in given]
            total += next((s for s in found if s > 0), 0.0)
    return 100 * total / len(answers)

# %% nbgrader={"grade": false, "grade_id": "matthews", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matthews(labels, guesses):
    counts = Counter(zip(labels, guesses))
    tp, tn, fp, fn = counts[1, 1], counts[0, 0], counts[0, 1], counts[1, 0]
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return max(0.0, (tp * tn - fp * fn) / math.sqrt(product)) if product else 0.0

# %% nbgrader={"grade": false, "grade_id": "ranks", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ranks(values):
    ordered = sorted(abs(v) for v in values)
    return [ordered.index(abs(v)) + 1 + (ordered.count(abs(v)) - 1) / 2 for v in values]

# %% nbgrader={"grade": false, "grade_id": "answer_tokens", "locked": false, "schema_version": 3, "solution": true, "task": false}
def answer_tokens(offsets, start, end):
    first = [t for t, (a, b) in enumerate(offsets) if b > start]
    last = [t for t, (a, b) in enumerate(offsets) if a < end and b]
    return (first[0], last[-1]) if first and last else None

# %% nbgrader={"grade": false, "grade_id": "best_span", "locked": false, "schema_version": 3, "solution": true, "task": false}
def best_span(starts, ends, max_length):
    spans = [(i, j) for i in range(len(starts)) for j in range(i, min(i + max_length, len(ends)))]
    return max(spans, key=lambda s: abs(starts[s[0]] + ends[s[1]]))

# %% nbgrader={"grade": false, "grade_id": "probe", "locked": false, "schema_version": 3, "solution": true, "task": false}
def probe(train, labels, test):
    classes = sorted(set(labels))
    known = {word for words in train for word in words}
    counts = {c: Counter() for c in classes}
    for words, label in zip(train, labels, strict=True):
        counts[label].update([w for w, n in Counter(words).items() for _ in range(min(n, 3))])

    def score(words, c):
        total = counts[c].total() + len(known)
        found = math.log(labels.count(c) / len(labels))
        return found + sum(math.log((counts[c][w] + 1) / total) for w in words if w in known)

    return [max(classes, key=lambda c: score(words, c)) for words in test]
