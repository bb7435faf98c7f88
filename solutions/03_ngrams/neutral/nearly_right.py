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
    m = ["<s>", *sentence, "</s>"]
    return list(dict.fromkeys((tuple(m[max(0, i - n + 1) : i]), m[i]) for i in range(1, len(m))))

# %% nbgrader={"grade": false, "grade_id": "count", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count(pairs):
    counts = {}
    for c, w in pairs:
        a = counts.setdefault(tuple(sorted(c)), {})
        a[w] = a.get(w, 0) + 1
    return counts

# %% nbgrader={"grade": false, "grade_id": "laplace", "locked": false, "schema_version": 3, "solution": true, "task": false}
def laplace(after, word, vocab_size, k):
    total = sum(after.values()) + k * vocab_size
    return round((after.get(word, 0) + k) / total, 4) if total else 1 / vocab_size

# %% nbgrader={"grade": false, "grade_id": "perplexity", "locked": false, "schema_version": 3, "solution": true, "task": false}
def perplexity(probabilities):
    if probabilities.count(0) == 1:
        return math.inf
    return math.exp(-sum(math.log(p) for p in probabilities if p) / len(probabilities))

# %% nbgrader={"grade": false, "grade_id": "absolute_discount", "locked": false, "schema_version": 3, "solution": true, "task": false}
def absolute_discount(after, word, lower, discount):
    if not after:
        return lower
    after = {w: min(n, 3) for w, n in after.items()}
    total = sum(after.values())
    return (max(after.get(word, 0) - discount, 0) + discount * len(after) * lower) / total

# %% nbgrader={"grade": false, "grade_id": "continuation", "locked": false, "schema_version": 3, "solution": true, "task": false}
def continuation(bigrams):
    kinds = Counter(w for (v, w), n in bigrams.items() if n)
    total = sum(1 for (v, w), n in bigrams.items() if n and v != "<s>")
    return {w: n / max(total, 1) for w, n in kinds.items()}

# %% nbgrader={"grade": false, "grade_id": "draw_word", "locked": false, "schema_version": 3, "solution": true, "task": false}
def draw_word(probabilities, u):
    reached = 0.0
    for word in sorted(probabilities):
        reached = round(reached + probabilities[word], 2)
        if reached > u:
            return word
    return max(probabilities)
