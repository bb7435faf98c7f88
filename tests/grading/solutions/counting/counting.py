# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Counting words
#
# A small assignment for the tests of grading: four tasks, ten points, nothing heavy to import.

# %%
# COURSE-SETUP

# %%
# ruff: noqa: D100
import math

TEXT = "the cat saw the dog"

# %% [markdown]
# ## Task 1: count

# %% nbgrader={"grade": false, "grade_id": "count_words", "solution": true}
def count_words(text):
    """Return a dict: word -> how often it occurs, whatever its case."""
    ### BEGIN SOLUTION
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_count_words", "points": 1}
found = count_words(TEXT)
assert found.get("the") != 1, "Every word has the count 1: add to the count that is already there."
assert found["the"] == 2

# %% nbgrader={"grade": true, "grade_id": "test_count_words", "points": 2}
assert count_words("") == {}
### BEGIN HIDDEN TESTS
assert count_words("One one ONE two") == {"one": 3, "two": 1}, "case must not matter"
assert sum(count_words("a b c d e f g").values()) == 7
### END HIDDEN TESTS

# %% [markdown]
# ## Task 2: the most frequent word

# %% nbgrader={"grade": false, "grade_id": "most_common", "solution": true}
def most_common(counts):
    """Return the word with the highest count; among equals the first in the alphabet."""
    ### BEGIN SOLUTION
    return min(counts, key=lambda word: (-counts[word], word))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_most_common", "points": 2}
assert most_common({"b": 1, "a": 3}) != "b", "That is the rarest word: turn the order round."
### BEGIN HIDDEN TESTS
assert most_common({"b": 1, "a": 3}) == "a", "the most frequent word is another one"
assert most_common({"b": 2, "a": 2, "c": 2}) == "a", "ties go to the first in the alphabet"
### END HIDDEN TESTS

# %% [markdown]
# ## Task 3: the length of a vector of counts

# %% nbgrader={"grade": false, "grade_id": "length", "solution": true}
def length(counts):
    """Return the Euclidean length of the counts."""
    ### BEGIN SOLUTION
    return math.sqrt(sum(count**2 for count in counts.values()))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_length", "points": 2}
assert length({"a": 3, "b": 4}) != 25, "That is the square of the length: take the root."
### BEGIN HIDDEN TESTS
assert math.isclose(length({"a": 3, "b": 4}), 5.0)
assert length({}) == 0
### END HIDDEN TESTS

# %% [markdown]
# ## Task 4: the cosine between two texts

# %% nbgrader={"grade": false, "grade_id": "cosine", "solution": true}
def cosine(left, right):
    """Return the cosine between two dicts of counts, 0 where one of them is empty."""
    ### BEGIN SOLUTION
    dot = sum(count * right.get(word, 0) for word, count in left.items())
    norms = math.sqrt(sum(c * c for c in left.values()) * sum(c * c for c in right.values()))
    return dot / norms if norms else 0.0
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_cosine", "points": 3}
assert cosine({"a": 2}, {"a": 3}) != 6, "That is the dot product: divide by both lengths."
### BEGIN HIDDEN TESTS
assert cosine({}, {"a": 1}) == 0, "an empty text has no direction"
assert math.isclose(cosine({"a": 1, "b": 1}, {"a": 1}), 1 / math.sqrt(2))
### END HIDDEN TESTS
