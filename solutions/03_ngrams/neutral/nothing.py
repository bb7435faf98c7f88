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
    print(len(sentence), n)

# %% nbgrader={"grade": false, "grade_id": "count", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count(pairs):
    print(len(pairs))

# %% nbgrader={"grade": false, "grade_id": "laplace", "locked": false, "schema_version": 3, "solution": true, "task": false}
def laplace(after, word, vocab_size, k):
    print(word)

# %% nbgrader={"grade": false, "grade_id": "perplexity", "locked": false, "schema_version": 3, "solution": true, "task": false}
def perplexity(probabilities):
    print(len(probabilities))

# %% nbgrader={"grade": false, "grade_id": "absolute_discount", "locked": false, "schema_version": 3, "solution": true, "task": false}
def absolute_discount(after, word, lower, discount):
    print(word)

# %% nbgrader={"grade": false, "grade_id": "continuation", "locked": false, "schema_version": 3, "solution": true, "task": false}
def continuation(bigrams):
    print(len(bigrams))

# %% nbgrader={"grade": false, "grade_id": "draw_word", "locked": false, "schema_version": 3, "solution": true, "task": false}
def draw_word(probabilities, u):
    print(u)
