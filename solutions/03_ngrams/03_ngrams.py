# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercise 3: N-grams and language models
#
# "The cat is" – what comes next?
# A language model answers with a probability for every word it knows.
# In this exercise you build one that counts: windows, counts, two ways of smoothing, the measure that compares them, and the dice that make it write.
# At the end it reads a few hundred thousand words of documentation, and its perplexity must equal the library's.
#
# Read [chapter 3](../../book/03_ngrams.md) first.
# There are seven tasks, 18 points, and about 70 minutes of work.
#
# **How it goes.** A cell with `raise NotImplementedError` is yours: put your code in that line's place.
# The cell below it checks your answer at once and says what it saw.
# When you hand in, the same cell runs further tests, on other texts and other numbers.
# Before you hand in, restart the kernel and run all cells.

# %%
# COURSE-SETUP

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math
import random
from collections import Counter

# %% [markdown]
# ## Task 1: Slide a window (10 minutes, 2 points)
#
# The lecture slides a window of N = 3 words over the text; the last word of the window is to be predicted, and the words before it are the context.
#
# Sentences have edges.
# One mark `<s>` is put in front, so that the first word has something to be predicted from, and one mark `</s>` behind, so that the model can tell when to stop.
# There is one `<s>`, whatever N is; near the start the context is shorter.
#
# **Predict before you write.**
# How many examples does a sentence of four words give with N = 3? And with N = 5?

# %% nbgrader={"grade": false, "grade_id": "examples", "locked": false, "schema_version": 3, "solution": true, "task": false}
def examples(sentence: list[str], n: int) -> list[tuple[tuple[str, ...], str]]:
    """List what a model with windows of n words learns, as pairs (context, next word).

    One "<s>" stands in front of the sentence and one "</s>" behind it.
    Each word and the "</s>" is predicted once, in the order of the text; "<s>" is not predicted.
    A context is a tuple of the n - 1 tokens before the word, in the order of the text;
    where fewer stand before it, the context is as long as it can be.
    """
    ### BEGIN SOLUTION
    marked = ["<s>", *sentence, "</s>"]
    return [(tuple(marked[max(0, i - n + 1) : i]), marked[i]) for i in range(1, len(marked))]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_examples", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
sentence = ["the", "cat", "is", "black"]
got = [tuple(pair) for pair in examples(sentence, 3)]
assert sentence == ["the", "cat", "is", "black"], (
    "The sentence that was handed in has been changed; put the marks into a new list."
)
assert all(len(pair) == 2 for pair in got), "Each example is a pair: (context, next word)."
assert not all(isinstance(context, str) for context, _ in got), (
    "The first of a pair is the context, a tuple of tokens; the word to be predicted comes second."
)
predicted = [word for _, word in got]
assert all(isinstance(context, tuple) for context, _ in got), (
    "A context is a tuple of tokens, so that it can be a key of a dict."
)
assert "</s>" in predicted, "The end is an event too: </s> must be predicted after the last word."
assert "<s>" not in predicted, "<s> is given, not predicted; it stands in contexts only."
assert ("<s>", "<s>") not in [context for context, _ in got], (
    "There are two <s> in a context; one stands in front of a sentence, whatever n is."
)
assert ((), "the") not in got, "The first word has a context as well: the mark <s>."
assert predicted[0] == "the", (
    "The first word is not predicted; near the start the context is shorter, not missing."
)
assert max(len(context) for context, _ in got) != 3, (
    "A window of n = 3 holds the predicted word too; its context has n - 1 = 2 tokens."
)
assert max(len(context) for context, _ in got) != 1, (
    "With n = 3 the context has two tokens; yours has one, which is what n = 2 means."
)
assert (("cat", "the"), "is") not in got, "A context keeps the order of the text: the, cat."
assert got == [
    (("<s>",), "the"),
    (("<s>", "the"), "cat"),
    (("the", "cat"), "is"),
    (("cat", "is"), "black"),
    (("is", "black"), "</s>"),
], f"'the cat is black' with n = 3 gave {got}."
single = [tuple(pair) for pair in examples(["a", "b"], 1)]
assert single == [((), "a"), ((), "b"), ((), "</s>")], (
    "With n = 1 a context holds no token: (). Note that items[-0:] is the whole list."
)
for context, word in got:
    print(f"{' '.join(context):10} -> {word}")
### BEGIN HIDDEN TESTS
draw = random.Random(20240402)
for n in (1, 2, 3, 5, 7):
    for length in (0, 1, 2, 5, 11):
        sentence = [draw.choice("abcde") for _ in range(length)]
        before = list(sentence)
        marked = ["<s>", *sentence, "</s>"]
        expected = [
            (tuple(marked[max(0, i - n + 1) : i]), marked[i]) for i in range(1, length + 2)
        ]
        got = [(tuple(context), word) for context, word in examples(sentence, n)]
        assert sentence == before, "The sentence that was handed in has been changed."
        assert len(got) == length + 1, (
            f"A sentence of {length} words has {length + 1} examples, with n = {n} too."
        )
        assert got == expected, f"With n = {n} and {length} words the examples are wrong."
### END HIDDEN TESTS

# %% [markdown]
# Five examples: four words and the end.
# The number does not depend on N, so models of different order predict the same events, and can be compared.
#
# ## Task 2: Count (8 minutes, 2 points)
#
# The model is a table: for each context, how often each word came next.
# Only what occurred has an entry; a full table for three words would have V³ places.

# %% nbgrader={"grade": false, "grade_id": "count", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count(pairs: list[tuple[tuple[str, ...], str]]) -> dict[tuple[str, ...], dict[str, int]]:
    """Count how often each word came after each context.

    counts[context][word] is that number; what never occurred has no entry.
    pairs: pairs (context, next word), of any number of sentences.
    """
    ### BEGIN SOLUTION
    counts = {}
    for context, word in pairs:
        after = counts.setdefault(context, {})
        after[word] = after.get(word, 0) + 1
    return counts
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_count", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
words = ["<s>", "a", "cat", "is", "a", "cat", "</s>"]
pairs = [((words[i],), words[i + 1]) for i in range(6)]
got = count(pairs)
assert isinstance(got, dict), "Return a dict: its keys are the contexts."
assert "a" not in got, "The key is the whole context, a tuple, not its last word and not a string."
assert (("a",), "cat") not in got, (
    "The table has two levels: first the context, then the word; here they are one key."
)
assert ("a",) in got, "The context ('a',) occurred and has no entry."
assert isinstance(got[("a",)], dict), (
    "One number stands for the whole context; count each of the words that followed."
)
assert got[("<s>",)] != got[("cat",)], (
    "All contexts share one table: each needs a dict of its own."
)
assert "is" in got[("cat",)], "After 'cat' came 'is' and later '</s>'; the first was overwritten."
assert got[("a",)]["cat"] != 1.0 or isinstance(got[("a",)]["cat"], int), (
    "These are shares; keep the numbers of occurrences, dividing comes later."
)
assert got[("a",)]["cat"] != 1, "'cat' came after 'a' twice and is counted once."
assert got[("a",)]["cat"] != 3, "'cat' came after 'a' twice, not three times; begin with 0."
assert got == {
    ("<s>",): {"a": 1},
    ("a",): {"cat": 2},
    ("cat",): {"is": 1, "</s>": 1},
    ("is",): {"a": 1},
}, f"'a cat is a cat' gave {got}."
assert count(pairs) == got, "A second call went on counting in the first one's table."
assert len(pairs) == 6, "The pairs that were handed in have been used up; leave them as they are."
print("after 'cat':", got[("cat",)])
### BEGIN HIDDEN TESTS
from collections import Counter

draw = random.Random(20240403)
for width, n_pairs in ((0, 13), (1, 101), (2, 211), (3, 5)):
    pairs = [
        (tuple(draw.choice("abc") for _ in range(width)), draw.choice("vwxyz"))
        for _ in range(n_pairs)
    ]
    expected = {}
    for (context, word), times in Counter(pairs).items():
        expected.setdefault(context, {})[word] = times
    got = count(pairs)
    assert {context: dict(after) for context, after in got.items()} == expected, (
        f"With contexts of {width} tokens the counts are wrong."
    )
assert count([]) == {}, "No pairs, no counts."
### END HIDDEN TESTS

# %%
# The library counts windows with the marks inside: course_lib.text.ngrams
from course_lib.text.ngrams import ngram_counts

lines = ["the cat is black", "the dog is here", "a cat is a cat"]
sentences = [line.split() for line in lines]
table = count([pair for sentence in sentences for pair in examples(sentence, 2)])
theirs = ngram_counts(sentences, 2)
yours = {(*c, w): n for c, after in table.items() for w, n in after.items()}
print(f"{sum(theirs.values())} windows of two, the same counts: {yours == dict(theirs)}")

# %% [markdown]
# ## Task 3: Add k (8 minutes, 2 points)
#
# A share of the counts would be the plainest probability: "cat" was followed by "is" in two cases of three.
# Every word that never followed "cat" gets 0, and a text with one such pair becomes impossible.
#
# Laplace's way out: pretend that every word of the vocabulary followed every context k times more.

# %% nbgrader={"grade": false, "grade_id": "laplace", "locked": false, "schema_version": 3, "solution": true, "task": false}
def laplace(after: dict[str, int], word: str, vocab_size: int, k: float) -> float:
    """Return the probability of a word, with k added to the count of every word.

    p = (c(word) + k) / (Σ c + k V), the sum over all words that followed the context
    after: the counts of one context; empty where the context never occurred.
    vocab_size: V, the number of words that can come next.
    Where the denominator is 0, every word gets 1 / V.
    """
    ### BEGIN SOLUTION
    total = sum(after.values()) + k * vocab_size
    return (after.get(word, 0) + k) / total if total else 1 / vocab_size
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_laplace", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
after = {"is": 2, "</s>": 1}
got = laplace(after, "dog", 8, 1)
assert got != 0, "'dog' never followed and got 0; k is added to every word's count."
assert after == {"is": 2, "</s>": 1}, (
    "The counts that were handed in have been changed; ask with after.get(word, 0)."
)
assert math.isclose(got, 1 / 11) or not math.isclose(laplace(after, "is", 8, 1), 3 / 11), (
    f"'dog' has the count 0: with k = 1 it gets 1/11, got {got}."
)
got = laplace(after, "is", 8, 1)
assert not math.isclose(got, 3 / 3), (
    "'is' got 3/3: what is added to the counts must be added to their sum too."
)
assert not math.isclose(got, 3 / 5), (
    "V is the whole vocabulary, 8 words here, not the two that followed this context."
)
assert not math.isclose(got, 3 / 4), "k is added once for each word: the sum grows by k V, not k."
got = laplace(after, "is", 8, 0.5)
assert not math.isclose(got, 3 / 11), "With k = 0.5 the answer is that of k = 1; use the k given."
assert not math.isclose(got, 2.5 / 11), (
    "The counts grew by k = 0.5 and their sum by V; it grows by k V."
)
assert math.isclose(got, 2.5 / 7), f"p(is) with k = 0.5 is 2.5/7, got {got}."
try:
    got = laplace({}, "is", 8, 0)
except ZeroDivisionError:
    raise AssertionError("No counts and k = 0 give 0/0; every word gets 1 / V then.") from None
assert math.isclose(got, 1 / 8), "Where nothing is known all words are equally likely: 1 / V."
print("p(is), p(</s>), p(dog):", [round(laplace(after, w, 8, 1), 3) for w in ("is", "</s>", "dog")])
### BEGIN HIDDEN TESTS
draw = random.Random(20240404)
for vocab_size in (1, 7, 31, 997):
    vocabulary = [f"w{i}" for i in range(vocab_size)]
    for k in (0, 0.01, 0.5, 1, 3):
        chosen = draw.sample(vocabulary, draw.randrange(min(vocab_size, 13) + 1))
        after = {word: draw.randrange(1, 19) for word in chosen}
        before = dict(after)
        shares = [laplace(after, word, vocab_size, k) for word in vocabulary]
        assert math.isclose(sum(shares), 1, rel_tol=1e-9), (
            f"With V = {vocab_size} and k = {k} the probabilities sum to {sum(shares):.4f}."
        )
        size = sum(before.values()) + k * vocab_size
        for word, share in zip(vocabulary, shares, strict=True):
            right = (before.get(word, 0) + k) / size if size else 1 / vocab_size
            assert math.isclose(share, right), f"With V = {vocab_size} and k = {k} a share is wrong."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 4: How surprised is the model? (10 minutes, 3 points)
#
# The model gave each token of a text a probability.
# Their geometric mean says how well it foresaw the text, and perplexity is its inverse: a model that always wavers between four equally likely words has perplexity 4.
#
# $$ \text{perplexity} = \exp\Bigl(-\frac 1 T \sum_{t=1}^{T} \log p_t\Bigr) $$
#
# The formula goes through logarithms for a reason.
# **Predict:** what is 0.01 to the power of 2,000 in floating point?

# %% nbgrader={"grade": false, "grade_id": "perplexity", "locked": false, "schema_version": 3, "solution": true, "task": false}
def perplexity(probabilities: list[float]) -> float:
    """Return the inverse of the geometric mean of the probabilities, by way of logarithms.

    One probability of 0 makes it infinite: return math.inf.
    probabilities: what each token of a text got; at least one.
    """
    ### BEGIN SOLUTION
    if min(probabilities) == 0:
        return math.inf
    return math.exp(-sum(math.log(p) for p in probabilities) / len(probabilities))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_perplexity", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
got = perplexity([0.5, 0.125])
assert not math.isclose(got, 0.25), "This is the mean probability, below 1; the sign is missing."
assert not math.isclose(got, 1 / 0.3125), (
    "You averaged the probabilities; average their logarithms: the mean is a geometric one."
)
assert not math.isclose(got, 5), "You averaged 1/p; average the logarithms, then take exp."
assert not math.isclose(got, 16), (
    "It grows with the length of the text: divide the sum of logarithms by the number of tokens."
)
assert not math.isclose(got, math.exp(2)), (
    "Two bases are mixed: a logarithm to base 2 goes with a power of 2, log with exp."
)
assert not math.isclose(got, math.log(4)), (
    "This is the cross-entropy in nats; perplexity is exp of it."
)
assert math.isclose(got, 4), f"The geometric mean of 1/2 and 1/8 is 1/4: perplexity 4, got {got}."
got = perplexity([0.5, 0.5, 0.125])
assert math.isclose(got, 2 ** (5 / 3)), (
    "Each token counts, also where two have the same probability."
)
try:
    got = perplexity([0.5, 0.0, 0.125])
except (ValueError, ZeroDivisionError):
    raise AssertionError(
        "A probability of 0 is an error in Python, in log as in a division; return math.inf for it."
    ) from None
assert got == math.inf, (
    "A token with probability 0 must make the perplexity infinite; it cannot be left out, and no "
    "small number may stand for it."
)
got = perplexity([1e-200, 1.0])
assert math.isclose(got, 1e100, rel_tol=1e-6), "A tiny probability is not 0, and is not capped."
try:
    got = perplexity([0.01] * 2000)
except ZeroDivisionError:
    got = math.inf
assert got != math.inf, (
    "The product of 2,000 probabilities is 0 in floating point; add logarithms instead."
)
assert math.isclose(got, 100), f"2,000 tokens of 0.01 have perplexity 100, got {got}."
print("an even choice of 8 words:", round(float(perplexity([1 / 8] * 5)), 6))
### BEGIN HIDDEN TESTS
draw = random.Random(20240405)
for length in (1, 2, 7, 101, 5003):
    probabilities = [draw.uniform(1e-6, 1) for _ in range(length)]
    expected = math.exp(-math.fsum(map(math.log, probabilities)) / length)
    got = perplexity(probabilities)
    assert math.isclose(got, expected, rel_tol=1e-9), f"With {length} tokens it is wrong."
    twice = perplexity(probabilities + probabilities)
    assert math.isclose(twice, expected, rel_tol=1e-9), "The text twice has the same perplexity."
    assert perplexity([*probabilities, 0.0]) == math.inf, "A 0 at the end must give infinity."
assert math.isclose(perplexity([1.0] * 3), 1), "A model that is always right has perplexity 1."
### END HIDDEN TESTS

# %%
# Laplace on the three sentences: what it learnt from, and a sentence that it has not seen
vocab_size = 8  # seven words and </s>
for line in ("the cat is black", "a dog is black"):
    for k in (1, 0.1, 0.01):
        seen = [laplace(table.get(c, {}), w, vocab_size, k) for c, w in examples(line.split(), 2)]
        print(f"{line:18} k = {k:4}: perplexity {perplexity(seen):.2f}")

# %% [markdown]
# A smaller k trusts the counts more, and that is always better on what was seen.
# In the second sentence the pair "a dog" is new: there the perplexity falls at first, and rises when k gets too small.
# Adding the same to everything is a blunt tool.
# The next two tasks make a sharper one.
#
# ## Task 5: Take a little from each, give it to the shorter context (15 minutes, 4 points)
#
# Absolute discounting takes the same amount d, above 0 and at most 1, from every count of 1 or more.
# What was taken is d for each *different* word that followed, and it is handed out in proportion to the probability of a shorter context, here called `lower`:
#
# $$ p(w \mid h) = \frac{\max(c(hw) - d,\, 0)}{\sum_v c(hv)} + \frac{d \cdot n(h)}{\sum_v c(hv)}\; p_\text{lower}(w), $$
#
# where $n(h)$ is the number of different words that followed $h$.
# Every word gets its part of the second term, whether it followed or not.
#
# **Check the formula by hand** before you write: sum it over all words. Why does it give 1?

# %% nbgrader={"grade": false, "grade_id": "absolute_discount", "locked": false, "schema_version": 3, "solution": true, "task": false}
def absolute_discount(after: dict[str, int], word: str, lower: float, discount: float) -> float:
    """Return the discounted share of a word, plus its part of what the discount left over.

    p = max(c(word) - d, 0) / Σ c + d n / Σ c * lower
    after: the counts of one context; n is the number of its words. Empty: p = lower.
    lower: the word's probability after the shorter context.
    discount: d, above 0 and at most 1.
    """
    ### BEGIN SOLUTION
    if not after:
        return lower
    total = sum(after.values())
    kept = max(after.get(word, 0) - discount, 0)
    return (kept + discount * len(after) * lower) / total
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_absolute_discount", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
after = {"is": 2, "</s>": 1}
got = absolute_discount(after, "dog", 0.1, 0.75)
assert got >= 0, "'dog' got a negative probability: nothing can be taken from a count of 0."
assert got != 0, "'dog' got 0; what the discount left over must go to words like it."
assert after == {"is": 2, "</s>": 1}, (
    "The counts that were handed in have been changed; ask with after.get(word, 0)."
)
assert not math.isclose(got, 0.1), "'dog' got the whole of `lower`; it gets d n / Σ c of it."
got = absolute_discount(after, "is", 0.2, 0.75)
assert not math.isclose(got, 1.25 / 3), (
    "A word that was seen gets its part of the left-over too, or the sum falls short of 1."
)
assert not math.isclose(got, 1.25 / 3 + 0.25 * 0.2), (
    "The discount was taken from each of the n different words: n d is left over, not d."
)
assert not math.isclose(got, 1.25 / 3 + 0.75 * 0.2), (
    "n counts different words, 2 here; you took the number of occurrences, 3."
)
assert not math.isclose(got, 1.25 / 3 + 0.25), (
    "The left-over is shared evenly here; share it in proportion to `lower`."
)
assert not math.isclose(got, 1.5 / 3 + 0.5 * 0.2), (
    "The count was multiplied by d; d is subtracted from each count."
)
assert math.isclose(got, 1.25 / 3 + 0.5 * 0.2), f"p(is) is 1.25/3 + 0.5 * 0.2, got {got}."
got = absolute_discount(after, "dog", 0.1, 0.75)
assert math.isclose(got, 0.5 * 0.1), f"p(dog) is 0 + 0.5 * 0.1, got {got}."
got = absolute_discount(after, "is", 0.2, 0.5)
assert math.isclose(got, 1.5 / 3 + 0.2 / 3), "With d = 0.5 the answer is another; use the one given."
try:
    got = absolute_discount({}, "is", 0.2, 0.75)
except ZeroDivisionError:
    raise AssertionError("Without counts there is nothing to divide by; return `lower`.") from None
assert got == 0.2, "After a context that never occurred the shorter context decides: `lower`."
shares = [absolute_discount(after, w, p, 0.75) for w, p in (("is", 0.2), ("dog", 0.1))]
print("p(is), p(dog):", [round(share, 4) for share in shares])
### BEGIN HIDDEN TESTS
draw = random.Random(20240406)
for vocab_size in (2, 7, 31, 211):
    vocabulary = [f"w{i}" for i in range(vocab_size)]
    weights = [draw.random() for _ in vocabulary]
    lower = {w: x / sum(weights) for w, x in zip(vocabulary, weights, strict=True)}
    for discount in (0.1, 0.5, 0.75, 1):
        chosen = draw.sample(vocabulary, draw.randrange(min(vocab_size, 13) + 1))
        after = {word: draw.randrange(1, 11) for word in chosen}
        total, kinds = sum(after.values()), len(after)
        shares = {w: absolute_discount(dict(after), w, lower[w], discount) for w in vocabulary}
        assert math.isclose(sum(shares.values()), 1, rel_tol=1e-9), (
            f"With d = {discount} the probabilities sum to {sum(shares.values()):.4f}."
        )
        for word in vocabulary:
            right = lower[word]
            if after:
                kept = max(after.get(word, 0) - discount, 0) / total
                right = kept + discount * kinds / total * lower[word]
            assert math.isclose(shares[word], right), f"With d = {discount} a share is wrong."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 6: In how many places does a word turn up? (10 minutes, 3 points)
#
# What should `lower` be?
# The share of the word in the text is the first idea, and it is misled by words that live in one phrase.
# In a text about cities "kong" may be frequent, but only ever after "hong"; as a guess after any other word it is a bad one.
#
# Kneser and Ney ask instead: of all the different pairs of neighbours, how many end in this word?
#
# $$ p_\text{continuation}(w) = \frac{\#\{v : c(vw) > 0\}}{\#\{(v, w') : c(vw') > 0\}} $$

# %% nbgrader={"grade": false, "grade_id": "continuation", "locked": false, "schema_version": 3, "solution": true, "task": false}
def continuation(bigrams: dict[tuple[str, str], int]) -> dict[str, float]:
    """Return, for each second word of a bigram, the share of different bigrams that end in it.

    bigrams: bigrams[v, w] is how often w came right after v; an entry of 0 never occurred.
    A bigram that begins with "<s>" is a bigram like any other.
    """
    ### BEGIN SOLUTION
    kinds = {}
    for (_, word), times in bigrams.items():
        if times > 0:
            kinds[word] = kinds.get(word, 0) + 1
    total = sum(kinds.values())
    return {word: n / total for word, n in kinds.items()}
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_continuation", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
bigrams = {("hong", "kong"): 9, ("the", "cat"): 1, ("a", "cat"): 1, ("the", "dog"): 2}
got = continuation(dict(bigrams))
assert "hong" not in got, (
    "The keys are the first words; what counts is which words stand in front of a word."
)
assert got["kong"] != 1, "These are numbers of bigrams; divide them by the number of all of them."
assert got["kong"] < 0.6, (
    "'kong' got its share of the text, 9 of 13; count each different bigram once."
)
assert not math.isclose(got["kong"], 1 / 13), (
    "You divided by the number of occurrences, 13; there are 4 different bigrams."
)
assert not math.isclose(got["kong"], 1 / 3), (
    "You divided by the number of words, 3, and the sum is above 1; divide by the 4 bigrams."
)
right = {"kong": 0.25, "cat": 0.5, "dog": 0.25}
assert got == right, f"Of 4 different bigrams 2 end in 'cat': expected {right}, got {got}."
got = continuation({("<s>", "a"): 3, ("a", "b"): 1})
assert "a" in got, "'a' came after <s>, and that is a bigram too."
got = continuation({("a", "b"): 1, ("b", "</s>"): 2})
assert got.get("</s>") == 0.5, (
    "</s> is a word to be predicted like any other; keep the bigrams that end in it."
)
got = continuation({("a", "b"): 2, ("c", "b"): 0, ("a", "d"): 1})
assert math.isclose(got["b"], 0.5), "A bigram with the entry 0 never occurred; leave it out."
print("kong, cat:", right["kong"], right["cat"])
### BEGIN HIDDEN TESTS
draw = random.Random(20240407)
for n_words, n_bigrams in ((2, 3), (7, 31), (31, 211), (101, 1009)):
    words = ["<s>", *(f"w{i}" for i in range(n_words))]
    bigrams = {
        (draw.choice(words), draw.choice(words[1:])): draw.randrange(0, 13)
        for _ in range(n_bigrams)
    }
    seen = [pair for pair, times in bigrams.items() if times]
    if not seen:
        continue
    expected = {w: sum(pair[1] == w for pair in seen) / len(seen) for w in words}
    got = continuation(dict(bigrams))
    assert math.isclose(sum(got.values()), 1), f"The shares sum to {sum(got.values()):.4f}."
    for word in words:
        assert math.isclose(got.get(word, 0), expected[word]), "A word's share is wrong."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 7: Let it write (9 minutes, 2 points)
#
# A model that gives probabilities can write: draw a word, append it, ask for the next.
# To draw, lay the probabilities side by side on a line from 0 to 1 and see on which word a random number u falls.
# The words stand in the order of `sorted`, so that the same u gives the same word everywhere.

# %% nbgrader={"grade": false, "grade_id": "draw_word", "locked": false, "schema_version": 3, "solution": true, "task": false}
def draw_word(probabilities: dict[str, float], u: float) -> str:
    """Return the word on which u falls.

    The words lie in alphabetical order, that of `sorted`, each on a piece as long as p:
    the answer is the first word at which the sum of the probabilities so far is above u.
    Where rounding keeps the whole sum at or below u, it is the last word.
    u: a number from 0 up to, and without, 1.
    """
    ### BEGIN SOLUTION
    reached = 0.0
    for word in sorted(probabilities):
        reached += probabilities[word]
        if reached > u:
            return word
    return max(probabilities)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_draw_word", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
chances = {"cat": 0.25, "the": 0.5, "a": 0.25}
got = [draw_word(chances, u) for u in (0.1, 0.3, 0.7)]
assert got != ["the", "the", "the"], (
    "Whatever u is, the likeliest word comes; u must decide, or the text repeats itself."
)
assert got[0] != "cat", "The words stand in the dict's order; sort them alphabetically."
assert got[0] != "the", "The words are sorted by probability, or backwards; sort them alphabetically."
assert got[1] != "a", "Each word got an equal piece of the line; pieces are as long as p."
assert got[1] != "the", (
    "Compare u with the sum of the probabilities so far, not with each one alone."
)
assert got == ["a", "cat", "the"], f"u = 0.1, 0.3, 0.7 must give a, cat, the; got {got}."
assert draw_word({"a": 0.0, "b": 1.0}, 0.0) == "b", (
    "u = 0 fell on a word with probability 0; the sum must be above u, not equal to it."
)
assert draw_word(chances, 0.25) == "cat", (
    "u = 0.25 is where the piece of 'a' ends; the sum must be above u, so 'cat' is due."
)
tenths = dict.fromkeys("jihgfedcba", 0.1)
try:
    got = draw_word(tenths, 0.9999999999999999)
except Exception:
    got = None
assert got is not None, (
    "Ten times 0.1 is a little below 1 in floating point, and no word came; return the last one."
)
assert got == "j", "The last piece belongs to the last word in alphabetical order, not in the dict's."
print("u = 0.1, 0.3, 0.7:", [draw_word(chances, u) for u in (0.1, 0.3, 0.7)])
### BEGIN HIDDEN TESTS
from itertools import accumulate

draw = random.Random(20240408)
for n_words in (1, 2, 7, 31, 101):
    names = sorted(f"w{draw.randrange(10**6)}" for _ in range(n_words))
    names = sorted(set(names))
    weights = [draw.choice((0.0, draw.random())) + 1e-3 * (i == 0) for i in range(len(names))]
    shares = [weight / sum(weights) for weight in weights]
    order = list(range(len(names)))
    draw.shuffle(order)
    chances = {names[i]: shares[i] for i in order}
    for _ in range(23):
        u = draw.random()
        right = next((w for w, end in zip(names, accumulate(shares)) if end > u), names[-1])
        got = draw_word(dict(chances), u)
        assert got == right, f"Among {len(names)} words u = {u:.3f} gave the wrong one."
### END HIDDEN TESTS

# %% [markdown]
# ### On real text
#
# The docs corpus: the documentation of the libraries on your machine.
# Words that occur once become `<unk>`, and so does every word of the test part that the training part does not have.

# %%
from course_lib.data.running_text import load_docs_text
from course_lib.embeddings.ngram_lm import KneserNey

text = load_docs_text()
train, test = text.train[::6], text.test[::6]
often = {w for w, n in Counter(w for s in train for w in s).items() if n > 1}
train = [[w if w in often else "<unk>" for w in s] for s in train]
test = [[w if w in often else "<unk>" for w in s] for s in test]
table = count([pair for s in train for pair in examples(s, 2)])
vocab_size = len(often) + 2  # <unk> and </s>
print(f"{sum(map(len, train)):,} words to count, V = {vocab_size:,}")
print(f"{len(table):,} contexts: <s> is one, and </s> is none")

# %% [markdown]
# **Predict, then run.**
# A model that knows nothing has perplexity V.
# How far down do one added to every count, a hundredth added, and your Kneser-Ney bring it?

# %%
bigrams = {(c[0], w): n for c, after in table.items() for w, n in after.items()}
lower = continuation(bigrams)


def kneser_ney(context: tuple[str, ...], word: str) -> float:
    """Interpolate the discounted bigram with the continuation probability."""
    return absolute_discount(table.get(context, {}), word, lower[word], 0.75)


pairs = [pair for s in test for pair in examples(s, 2)]
results = {}
for k in (1, 0.01):
    shares = [laplace(table.get(c, {}), w, vocab_size, k) for c, w in pairs]
    results[f"k = {k} added"] = perplexity(shares)
results["Kneser-Ney"] = perplexity([kneser_ney(c, w) for c, w in pairs])
# the first discount is that of single words: your `lower` is not smoothed any further
library = KneserNey(2, discounts=[0.0, 0.75]).fit(train).perplexity(test)
for name, value in {**results, "the library's": library}.items():
    print(f"{name:15} {value:8.2f}")
assert math.isclose(results["Kneser-Ney"], library, rel_tol=1e-6), "The last two must be equal."
assert results["Kneser-Ney"] < min(results["k = 1 added"], results["k = 0.01 added"]), (
    "Kneser-Ney should be lowest; check tasks 3 to 6."
)

# %% [markdown]
# If the last two lines are equal, windows, counts, discount, continuation and perplexity all work together.
# The library's model was written by other people with other data structures, and it reads the same from the same text.
#
# And now let it write.

# %%
draw = random.Random(0)
vocabulary = [*sorted(often), "<unk>", "</s>"]
for _ in range(3):
    written = ["<s>"]
    while written[-1] != "</s>" and len(written) < 25:
        chances = {w: kneser_ney((written[-1],), w) for w in vocabulary if w in lower}
        written.append(draw_word(chances, draw.random()))
    print(" ".join(written[1:]))

# %% [markdown]
# Each word fits the one before it, and nothing fits further back: two words are all that the model sees.
# [Chapter 3](../../book/03_ngrams.md) measures what three, four and five words of memory bring, and what they cost.
