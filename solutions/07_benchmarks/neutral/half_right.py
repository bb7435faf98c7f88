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
    words = [word.strip(string.punctuation) for word in text.lower().split()]
    return " ".join(word for word in words if word not in ("a", "an", "the"))

# %% nbgrader={"grade": false, "grade_id": "f1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def f1(predicted, answer):
    shared = sum((Counter(predicted) & Counter(answer)).values())
    return shared / math.sqrt(len(predicted) * len(answer)) if shared else 0.0

# %% nbgrader={"grade": false, "grade_id": "dataset_score", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dataset_score(score, answers, predictions):
    total = 0.0
    for key, given in answers.items():
        if key in predictions:
            total += score(predictions[key], max(given, key=len))
    return 100 * total / len(answers)

# %% nbgrader={"grade": false, "grade_id": "matthews", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matthews(labels, guesses):
    counts = Counter(zip(labels, guesses))
    tp, tn, fp, fn = counts[1, 1], counts[0, 0], counts[0, 1], counts[1, 0]
    return tp / (tp + fn) + tn / (tn + fp) - 1 if tp + fn and tn + fp else 0.0

# %% nbgrader={"grade": false, "grade_id": "ranks", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ranks(values):
    ordered = sorted(values)
    return [ordered.index(v) + 1 + 0.5 * (values.count(v) > 1) for v in values]

# %% nbgrader={"grade": false, "grade_id": "answer_tokens", "locked": false, "schema_version": 3, "solution": true, "task": false}
def answer_tokens(offsets, start, end):
    begins = {a: t for t, (a, b) in enumerate(offsets) if b}
    stops = {b: t for t, (a, b) in enumerate(offsets) if b}
    return (begins[start], stops[end]) if start in begins and end in stops else None

# %% nbgrader={"grade": false, "grade_id": "best_span", "locked": false, "schema_version": 3, "solution": true, "task": false}
def best_span(starts, ends, max_length):
    spans = [(i, j) for i in range(len(starts)) for j in range(i, min(i + max_length, len(ends)))]
    return max(spans, key=lambda s: (starts[s[0]] + ends[s[1]]) / (s[1] - s[0] + 1))

# %% nbgrader={"grade": false, "grade_id": "probe", "locked": false, "schema_version": 3, "solution": true, "task": false}
def probe(train, labels, test):
    classes = sorted(set(labels))
    known = {word for words in train for word in words}
    counts = {c: Counter() for c in classes}
    for words, label in zip(train, labels, strict=True):
        counts[label].update(words)

    def score(words, c):
        total = counts[c].total() + len(known)
        found = math.log(labels.count(c) / len(labels))
        return found + sum(0.5 * math.log((counts[c][w] + 1) / total) for w in words if w in known)

    return [max(classes, key=lambda c: score(words, c)) for words in test]
