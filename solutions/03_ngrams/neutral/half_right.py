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

# %% nbgrader={"grade": false, "grade_id": "examples", "locked": false, "schema_version": 3, "solution": true, "task": false}
def examples(sentence, n):
    m = ["<s>", *sentence]
    found = [(tuple(m[max(0, i - n + 1) : i]), m[i]) for i in range(1, len(m))]
    return found + [((m[-1],)[: n - 1], "</s>")]

# %% nbgrader={"grade": false, "grade_id": "count", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count(pairs):
    counts = {}
    for c, w in pairs[1:]:
        a = counts.setdefault(c, {})
        a[w] = a.get(w, 0) + 1
    return counts

# %% nbgrader={"grade": false, "grade_id": "laplace", "locked": false, "schema_version": 3, "solution": true, "task": false}
def laplace(after, word, vocab_size, k):
    total = len(after) + k * vocab_size
    return (after.get(word, 0) + k) / total if total else 1 / vocab_size

# %% nbgrader={"grade": false, "grade_id": "perplexity", "locked": false, "schema_version": 3, "solution": true, "task": false}
import statistics
def perplexity(probabilities):
    if min(probabilities) == 0:
        return math.inf
    return math.exp(-statistics.median(map(math.log, probabilities)))

# %% nbgrader={"grade": false, "grade_id": "absolute_discount", "locked": false, "schema_version": 3, "solution": true, "task": false}
def absolute_discount(after, word, lower, discount):
    if not after:
        return lower
    total = sum(after.values())
    return (abs(after.get(word, 0) - discount) + discount * len(after) * lower) / total

# %% nbgrader={"grade": false, "grade_id": "continuation", "locked": false, "schema_version": 3, "solution": true, "task": false}
def continuation(bigrams):
    kinds = Counter(w for (v, w), n in bigrams.items() if n)
    return {w: (n + 1) / (kinds.total() + len(kinds)) for w, n in kinds.items()}

# %% nbgrader={"grade": false, "grade_id": "draw_word", "locked": false, "schema_version": 3, "solution": true, "task": false}
def draw_word(probabilities, u):
    reached, last = 0.0, min(probabilities)
    for word in sorted(probabilities):
        reached += probabilities[word]
        if reached > u:
            return last
        last = word
    return last
