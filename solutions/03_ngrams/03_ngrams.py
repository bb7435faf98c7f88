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
# What your functions are given stays as it is; they make new lists and tables.
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
    Each token of the sentence and the "</s>" is predicted once, as it stands and in the order of the
    text; "<s>" is not predicted.
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
assert not all(isinstance(context, str) and isinstance(word, tuple) for context, word in got), (
    "The first of a pair is the context, a tuple of tokens; the word to be predicted comes second."
)
predicted = [word for _, word in got]
contexts = [context for context, _ in got]
assert all(isinstance(context, tuple) for context in contexts), (
    "A context is a tuple of tokens, so that it can be a key of a dict."
)
assert predicted != ["the", "cat", "is", "black"], (
    "The end is an event too: </s> must be predicted after the last word."
)
assert "<s>" not in predicted, "<s> is given, not predicted; it stands in contexts only."
assert ("<s>", "<s>") not in contexts, (
    "There are two <s> in a context; one stands in front of a sentence, whatever n is."
)
assert ((), "the") not in got, "The first word has a context as well: the mark <s>."
assert predicted != ["cat", "is", "black", "</s>"], (
    "The first word is not predicted; near the start the context is shorter, not missing."
)
assert ("the", "cat", "is") not in contexts, (
    "A window of n = 3 holds the predicted word too; its context has n - 1 = 2 tokens."
)
assert contexts != [("<s>",), ("the",), ("cat",), ("is",), ("black",)], (
    "With n = 3 the context has two tokens; yours has one, which is what n = 2 means."
)
assert (("the", "<s>"), "cat") not in got, "A context keeps the order of the text: <s>, the."
assert got == [
    (("<s>",), "the"),
    (("<s>", "the"), "cat"),
    (("the", "cat"), "is"),
    (("cat", "is"), "black"),
    (("is", "black"), "</s>"),
], f"'the cat is black' with n = 3 gave {got}."
single = [tuple(pair) for pair in examples(["a", "b"], 1)]
assert single[:5] != got, "The examples of an earlier call came again; begin with a new list."
assert [context for context, _ in single] != [("<s>",), ("<s>", "a"), ("<s>", "a", "b")], (
    "With n = 1 a context holds no token: (). Note that items[-0:] is the whole list."
)
assert [context for context, _ in single] != [("<s>",), ("a",), ("b",)], (
    "A window of n = 1 holds the predicted word alone; here a token was left in its context."
)
assert single == [((), "a"), ((), "b"), ((), "</s>")], f"'a b' with n = 1 gave {single}."
again = [tuple(context) for context, _ in examples(["a", "a", "b", "a"], 2)]
assert again != [("<s>",), ("<s>",), ("a",), ("<s>",), ("a",)], (
    "A token that comes again got the context of its first place; `index` finds only that one."
)
odd = ["No", ".", "e.g.", "3", "is", "<unk>", ",", "well-known", "cafe\u0301"]
words = [word for _, word in examples(list(odd), 2)][:-1]
assert words != ["No", "."], "The text stops at the full stop; a full stop is a token like any other."
assert words != [word for word in odd if word != "<unk>"], (
    "<unk> is missing; it stands for a word that is not in the vocabulary, and is predicted like one."
)
assert "," in words, "Signs are missing; a comma is a token like any other."
assert words != odd[:-1], "A token with an accent is missing; ASCII does not hold all letters."
assert len(words) != len(odd) or words == odd, (
    "Tokens were changed on the way; each is handed on as it stands, with its capitals and signs."
)
assert words == odd, f"Of {odd} these were predicted: {words}."
for context, word in got:
    print(f"{' '.join(context):10} -> {word}")
### BEGIN HIDDEN TESTS
draw = random.Random(20240402)
for n in (1, 2, 3, 5, 7):
    for length in (0, 1, 2, 5, 11):
        sentence = [draw.choice("abcdE,é") for _ in range(length)]
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
before = list(pairs)
got, again = count(pairs), count(list(before))
assert isinstance(got, dict), "Return a dict: its keys are the contexts."
assert pairs != sorted(before), "The pairs that were handed in have been sorted; sort a copy."
assert pairs == before, "The pairs that were handed in have been used up; leave them as they are."
longer = count([(("is", "a"), "cat"), (("on", "a"), "mat")])
assert "a" not in longer, "The key is the whole context, a tuple, and not its last word."
assert not any(isinstance(key, str) and "is" in key for key in longer), (
    "The key is a string; take the tuple as it is: two contexts may give one string."
)
assert (("a",), "cat") not in got, (
    "The table has two levels: first the context, then the word; here they are one key."
)
assert ("a",) in got, "The context ('a',) occurred and has no entry."
assert isinstance(got[("a",)], dict), (
    "One number stands for the whole context; count each of the words that followed."
)
assert again.get(("a",)) != {"cat": 4}, "A second call went on counting in the first one's table."
assert not got[("a",)] == got.get(("<s>",)) == {"a": 2, "cat": 2, "is": 1, "</s>": 1}, (
    "All contexts share one table: each needs a dict of its own."
)
assert got.get(("cat",)) != {"</s>": 1}, (
    "After 'cat' came 'is' and later '</s>'; the first was overwritten."
)
assert got[("a",)] != {"cat": 1.0} or isinstance(got[("a",)]["cat"], int), (
    "These are shares; keep the numbers of occurrences, dividing comes later."
)
run = count([(("a",), "b")] * 2)
assert got[("a",)].get("cat") != 1 or run[("a",)].get("b") != 2, (
    "Only pairs that follow each other were added up; 'a cat' came twice, with others between."
)
assert got[("a",)].get("cat") != 1, "'cat' came after 'a' twice and is counted once."
assert got[("a",)].get("cat") != 3, "'cat' came after 'a' twice, not three times; begin with 0."
assert got[("a",)] != {"cat": 2, "a": 0, "is": 0, "</s>": 0}, (
    "Words that never followed have an entry of 0; what never occurred has none."
)
right = {("<s>",): {"a": 1}, ("a",): {"cat": 2}, ("cat",): {"is": 1, "</s>": 1}, ("is",): {"a": 1}}
assert got == right, f"'a cat is a cat' gave {got}."
often = count([(("a",), "b")] * 1000)[("a",)]["b"]
assert not 1 < often < 1000, f"1,000 occurrences are counted as {often}; a count has no upper limit."
assert often == 1000, f"1,000 pairs in a row are counted as {often}."
many = count([(("a",), f"w{i}") for i in range(99)])[("a",)]
assert len(many) == 99, f"99 different words followed, and {len(many)} are in the table; keep all."
odd = count([(("The",), "<unk>"), (("The",), "cafe\u0301"), (("cafe\u0301",), "Cat")])
assert odd.get(("The",)) != {"cafe\u0301": 1}, (
    "<unk> was left out; the table counts it like any other word."
)
assert odd == {("The",): {"<unk>": 1, "cafe\u0301": 1}, ("cafe\u0301",): {"Cat": 1}}, (
    f"Tokens were changed; each is counted as it stands, with its capitals and signs. Got {odd}."
)
print("after 'cat':", got[("cat",)])
### BEGIN HIDDEN TESTS
from collections import Counter

draw = random.Random(20240403)
for width, n_pairs in ((0, 13), (1, 101), (2, 211), (3, 57)):
    pairs = [
        (tuple(draw.choice("abC") for _ in range(width)), draw.choice(["v", "W", "<s>", ".", "é"]))
        for _ in range(n_pairs)
    ]
    expected = {}
    for (context, word), times in Counter(pairs).items():
        expected.setdefault(context, {})[word] = times
    got = count(list(pairs))
    assert {context: dict(after) for context, after in got.items()} == expected, (
        f"With contexts of {width} tokens the counts are wrong."
    )
assert len(count([((f"w{i}",), "a") for i in range(1500)])) == 1500, "Every context has an entry."
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
def near(got, due):
    return math.isclose(got, due, rel_tol=1e-4)  # float32 keeps seven digits


after = {"is": 2, "</s>": 1}
got, seen = laplace(dict(after), "dog", 8, 1), laplace(dict(after), "is", 8, 1)
assert got != 0 or seen != 0, "'dog' and 'is' got 0: // divides whole numbers; divide with /."
assert got != 0, "'dog' never followed and got 0; k is added to every word's count."
given = dict(after)
laplace(given, "dog", 8, 1)
assert len(given) == 2, (
    "The counts that were handed in have a new entry; ask with after.get(word, 0)."
)
assert not near(seen, 3 / 3), (
    "'is' got 3/3: what is added to the counts must be added to their sum too."
)
assert not near(seen, 3 / 5), (
    "V is the whole vocabulary, 8 words here, not the two that followed this context."
)
assert not near(seen, 3 / 4), "k is added once for each word: the sum grows by k V, not k."
assert not near(got, 1 / 12) or not near(seen, 3 / 11), (
    "'dog' is one of the 8 words already; asking for it does not make the vocabulary larger."
)
assert near(got, 1 / 11), f"'dog' has the count 0: with k = 1 it gets 1/11, got {got}."
assert near(seen, 3 / 11), f"'is' has the count 2: with k = 1 it gets 3/11, got {seen}."
laplace(given, "is", 8, 1)
assert given == {"is": 2, "</s>": 1}, (
    "k was added to the count that was handed in; the next question would find it there."
)
got = laplace(after, "is", 8, 0.5)
assert not near(got, 3 / 11), "With k = 0.5 the answer is that of k = 1; use the k given."
assert not near(got, 2.5 / 11), (
    "The counts grew by k = 0.5 and their sum by V; it grows by k V."
)
assert near(got, 2.5 / 7), f"p(is) with k = 0.5 is 2.5/7, got {got}."
got = laplace({}, "is", 8, 0.01)
assert not near(got, 0.01), "A denominator of 0.08 was taken for 1; a sum below 1 is no error."
assert near(got, 1 / 8), f"Without counts k / (k V) is 1 / V, got {got}."
got = laplace(after, "dog", 8, 0)
assert not near(got, 1 / 11), "k = 0 was taken for no k, and 1 put in its place; 0 is a number."
assert not near(got, 1 / 8), (
    "With k = 0 and counts 'dog' got 1 / V; this is for a denominator of 0, and here it is 3."
)
assert got == 0, f"With k = 0 nothing is added: 'dog' gets 0, got {got}."
try:
    got = laplace({}, "is", 8, 0)
except ZeroDivisionError:
    raise AssertionError("No counts and k = 0 give 0/0; every word gets 1 / V then.") from None
assert near(got, 1 / 8), f"Where nothing is known all words are equally likely: 1 / V, got {got}."
try:
    got = laplace({"is": 0}, "is", 8, 0)
except ZeroDivisionError:
    raise AssertionError(
        "A table with an entry of 0 is not empty, and its sum is 0 all the same; ask for the sum."
    ) from None
assert near(got, 1 / 8), f"With the count 0 and k = 0 nothing is known: 1 / V, got {got}."
odd = {"The": 1, "the": 3, "<unk>": 4}
got = laplace(odd, "Dog", 8, 0)
assert not near(got, 1 / 2), "'Dog' was asked for, and <unk> answered; take the word that is given."
assert got == 0, f"'Dog' never followed: with k = 0 it gets 0, got {got}."
got = laplace(odd, "The", 8, 0)
assert not near(got, 3 / 8) and not near(got, 4 / 8), (
    "'The' and 'the' are two words, with counts of their own; look the word up as it stands."
)
assert near(got, 1 / 8), f"'The' came once of 8 times, got {got}."
got = laplace({"cafe\u0301": 2, "is": 2}, "cafe\u0301", 8, 0)
assert near(got, 1 / 2), f"A word with an accent came twice of 4 times, got {got}."
print("p(is), p(</s>), p(dog):", [round(laplace(after, w, 8, 1), 3) for w in ("is", "</s>", "dog")])
### BEGIN HIDDEN TESTS
draw = random.Random(20240404)
for vocab_size in (1, 7, 31, 997):
    vocabulary = [f"w{i}" for i in range(vocab_size)]
    for k in (0, 0.01, 0.5, 1, 3):
        chosen = draw.sample(vocabulary, draw.randrange(min(vocab_size, 13) + 1))
        after = {word: draw.choice((1, 2, 5, 1900)) for word in chosen}
        before = dict(after)
        shares = [laplace(after, word, vocab_size, k) for word in vocabulary]
        assert near(sum(shares), 1), (
            f"With V = {vocab_size} and k = {k} the probabilities sum to {sum(shares):.4f}."
        )
        size = sum(before.values()) + k * vocab_size
        for word, share in zip(vocabulary, shares, strict=True):
            right = (before.get(word, 0) + k) / size if size else 1 / vocab_size
            assert near(share, right), f"With V = {vocab_size} and k = {k} a share is wrong."
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
def near(got, due):
    return math.isclose(got, due, rel_tol=1e-3)  # long sums in float32 keep four digits


three = [0.5, 0.5, 0.125]
got = perplexity([0.5, 0.125])
assert not near(got, 0.25), "This is the mean probability, below 1; the sign is missing."
assert not near(got, 1 / 0.3125), (
    "You averaged the probabilities; average their logarithms: the mean is a geometric one."
)
assert not near(got, 5), "You averaged 1/p; average the logarithms, then take exp."
assert not near(perplexity(list(three)), 32), (
    "It grows with the length of the text: divide the sum of logarithms by the number of tokens."
)
assert not near(got, math.exp(2)), (
    "Two bases are mixed: a logarithm to base 2 goes with a power of 2, log with exp."
)
assert not near(got, math.log(4)), "This is the cross-entropy in nats; perplexity is exp of it."
assert near(got, 4), f"The geometric mean of 1/2 and 1/8 is 1/4: perplexity 4, got {got}."
given = [0.5, 0.125, 0.5]
got = perplexity(given)
assert given == [0.5, 0.125, 0.5], (
    "The probabilities that were handed in have been changed; compute with numbers of your own."
)
assert not near(got, 4), "Each token counts, also where two have the same probability."
assert near(got, 2 ** (5 / 3)), f"1/2, 1/8 and 1/2 have perplexity 3.175, got {got}."
got = perplexity([0.125, 1.0, 1.0])
assert not near(got, 8), (
    "A token with probability 1 was left out; its logarithm is 0, and it counts among the tokens."
)
assert near(got, 2), f"1/8, 1 and 1 have perplexity 2, got {got}."
try:
    got = perplexity([0.5, 0.0, 0.125])
except (ValueError, ZeroDivisionError):
    raise AssertionError(
        "A probability of 0 is an error in Python, in log as in a division; return math.inf for it."
    ) from None
assert not near(got, 4), "A token with probability 0 was left out; it makes the perplexity infinite."
assert got == math.inf or not got > 100, (
    "Some number stands for a probability of 0, or for infinity; the perplexity is math.inf."
)
assert got == math.inf, f"One probability of 0 makes the perplexity infinite, got {got}."
got = perplexity([1e-36])
assert got != math.inf, "A tiny probability was taken for 0; the model did not rule this token out."
with_sure = perplexity([1e-36, 1.0])
assert not 10 < got < 1e35 or not near(with_sure, got), (
    "The perplexity is cut off at some number; a model may be as bad as it is."
)
assert near(with_sure, 1e18), (
    f"A tiny probability was raised: 1e-36 and 1 have perplexity 1e18, got {with_sure}."
)
try:
    got = perplexity([0.01] * 2000)
except ZeroDivisionError:
    got = math.inf
assert got != math.inf, (
    "The product of 2,000 probabilities is 0 in floating point; add logarithms instead."
)
assert near(got, 100), f"2,000 tokens of 0.01 have perplexity 100, got {got}."
print("an even choice of 8 words:", round(float(perplexity([1 / 8] * 5)), 4))
### BEGIN HIDDEN TESTS
draw = random.Random(20240405)
for length in (1, 2, 7, 101, 5003):
    probabilities = [draw.uniform(1e-6, 1) for _ in range(length)]
    expected = math.exp(-math.fsum(map(math.log, probabilities)) / length)
    got = perplexity(list(probabilities))
    assert near(got, expected), f"With {length} tokens it is wrong."
    twice = perplexity(probabilities + probabilities)
    assert near(twice, expected), "The text twice has the same perplexity."
    for place in (0, length // 2, length):
        some = [*probabilities[:place], 0.0, *probabilities[place:]]
        assert perplexity(some) == math.inf, "A 0 at any place must give infinity."
for some in ([0.0], [0.0, 0.0, 0.5]):
    assert perplexity(some) == math.inf, "One 0 or several, the perplexity is infinite."
assert near(perplexity([0.5] * 9000 + [0.125] * 9000), 4), "In a long text every token counts."
assert near(perplexity([1e-30] * 30), 1e30), "Thirty tokens of 1e-30 have perplexity 1e30."
assert near(perplexity([1.0] * 3), 1), "A model that is always right has perplexity 1."
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
def near(got, due):
    return math.isclose(got, due, rel_tol=1e-4)  # float32 keeps seven digits


after = {"is": 2, "</s>": 1}
unseen = absolute_discount(dict(after), "dog", 0.1, 0.75)
assert unseen >= 0, "'dog' got a negative probability: nothing can be taken from a count of 0."
assert unseen != 0, "'dog' got 0; what the discount left over must go to words like it."
given = dict(after)
absolute_discount(given, "dog", 0.1, 0.75), absolute_discount(given, "is", 0.2, 0.75)
assert len(given) == 2, "Asking for 'dog' made an entry for it; ask with get(word, 0)."
assert given == after, (
    "d was subtracted from the counts that were handed in; the next question would find less."
)
got = absolute_discount(dict(after), "is", 0.2, 0.75)
assert not near(got, 1.25 / 3), (
    "A word that was seen gets its part of the left-over too, or the sum falls short of 1."
)
assert not near(got, (1.25 + 1.5 * 0.2) / 1.5), (
    "You divided by what the discounts left, 1.5; both parts are divided by Σ c = 3."
)
assert not near(unseen, 0.1), "'dog' got the whole of `lower`; it gets d n / Σ c of it."
three = {"is": 2, "has": 1, "sat": 1}
of_three = absolute_discount(three, "is", 0.2, 0.6)
assert not near(of_three, (1.4 + 0.6 * 0.2) / 4), (
    "The discount was taken from each of the n different words: n d is left over, not d."
)
assert not near(got, 1.25 / 3 + 0.25 * 0.2) or not near(of_three, (1.4 + 1.8 * 0.2) / 4), (
    "</s> followed as well, and gave its discount; n counts it like any other word."
)
assert not near(got, 1.25 / 3 + 0.75 * 0.2), (
    "n counts different words, 2 here; you took the number of occurrences, 3."
)
assert not near(got, 1.25 / 3 + 0.25), (
    "The left-over is shared evenly here; share it in proportion to `lower`."
)
assert not near(got, 1.5 / 3 + 0.5 * 0.2), (
    "The count was multiplied by d; d is subtracted from each count."
)
assert near(got, 1.25 / 3 + 0.5 * 0.2), f"p(is) is 1.25/3 + 0.5 * 0.2, got {got}."
assert not near(unseen, 0.75 * 0.1), (
    "'dog' was counted among the words that followed; n is 2, whichever word is asked for."
)
assert near(unseen, 0.5 * 0.1), f"p(dog) is 0 + 0.5 * 0.1, got {unseen}."
got = absolute_discount(after, "is", 0.2, 0.5)
assert not near(got, 1.25 / 3 + 0.5 * 0.2), "With d = 0.5 the answer is that of 0.75; use the d given."
assert near(got, 1.5 / 3 + 0.2 / 3), f"With d = 0.5 p(is) is 1.5/3 + 0.2/3, got {got}."
assert near(of_three, (1.4 + 1.8 * 0.2) / 4), f"p(is) among three words with d = 0.6 is 0.44, got {of_three}."
once = absolute_discount(after, "</s>", 0.2, 0.75)
assert not near(once, 0.5 * 0.2), (
    "A word that followed once lost its whole count; d = 0.75 is taken, and 0.25 stays."
)
assert not near(once, 1 / 3 + 0.5 * 0.2), "A word that followed once kept its whole count; d is taken from it too."
assert near(once, 0.25 / 3 + 0.5 * 0.2), f"p(</s>) is 0.25/3 + 0.5 * 0.2, got {once}."
got = absolute_discount(after, "dog", 0.0, 0.75)
assert got == 0, "`lower` was 0, and another number was put in its place; 0 is a number."
got = absolute_discount(after, "is", 0.0, 0.75)
assert near(got, 1.25 / 3), f"With a `lower` of 0 p(is) is 1.25/3, got {got}."
try:
    got = absolute_discount({}, "is", 0.2, 0.75)
except ZeroDivisionError:
    raise AssertionError("Without counts there is nothing to divide by; return `lower`.") from None
assert near(got, 0.2), "After a context that never occurred the shorter context decides: `lower`."
odd = {"The": 1, "the": 3, "<unk>": 4}
got = absolute_discount(odd, "Dog", 0.1, 1)
assert not near(got, 2 / 8 * 0.1), "<unk> followed as well, and gave its discount; n counts it too."
assert not near(got, 3 / 8 + 3 / 8 * 0.1), (
    "'Dog' never followed; <unk> did, and is another word."
)
assert near(got, 3 / 8 * 0.1), f"'Dog' never followed: 3/8 of `lower` are due, got {got}."
got = absolute_discount(odd, "The", 0.1, 0.5)
assert not near(got, 2.5 / 8 + 1.5 / 8 * 0.1) and not near(got, 3.5 / 8 + 1.5 / 8 * 0.1), (
    "'The' was asked for, and the count of 'the' was taken; capitals make another word."
)
assert near(got, 0.5 / 8 + 1.5 / 8 * 0.1), f"'The' came once of 8 times, got {got}."
shares = [absolute_discount(after, w, p, 0.75) for w, p in (("is", 0.2), ("dog", 0.1))]
print("p(is), p(dog):", [round(float(share), 4) for share in shares])
### BEGIN HIDDEN TESTS
draw = random.Random(20240406)
for vocab_size in (2, 7, 31, 211):
    vocabulary = [f"w{i}" for i in range(vocab_size)]
    weights = [draw.random() for _ in vocabulary]
    lower = {w: x / sum(weights) for w, x in zip(vocabulary, weights, strict=True)}
    for discount in (0.1, 0.5, 0.75, 1):
        chosen = draw.sample(vocabulary, draw.randrange(min(vocab_size, 13) + 1))
        after = {word: draw.choice((1, 2, 3, 7, 1900)) for word in chosen}
        total, kinds = sum(after.values()), len(after)
        shares = {w: absolute_discount(dict(after), w, lower[w], discount) for w in vocabulary}
        assert near(sum(shares.values()), 1), (
            f"With d = {discount} the probabilities sum to {sum(shares.values()):.4f}."
        )
        for word in vocabulary:
            right = lower[word]
            if after:
                kept = max(after.get(word, 0) - discount, 0) / total
                right = kept + discount * kinds / total * lower[word]
            assert near(shares[word], right), f"With d = {discount} a share is wrong."
assert near(absolute_discount({"a": 1900}, "a", 1.0, 0.5), 1), "A probability may be 1."
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
    A bigram that begins with "<s>" is a bigram like any other. Where none occurred no word has a share.
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
def near(got, due):
    return math.isclose(got, due, rel_tol=1e-4)  # float32 keeps seven digits


bigrams = {
    ("hong", "kong"): 9,
    ("the", "cat"): 1,
    ("a", "cat"): 1,
    ("the", "dog"): 2,
    ("the", "hut"): 1,
}
got = continuation(dict(bigrams))
assert not got.get("hong"), (
    "The keys are the first words; what counts is which words stand in front of a word."
)
assert not near(got["kong"], 1), "These are numbers of bigrams; divide them by the number of all of them."
assert not near(got["kong"], 9 / 14), (
    "'kong' got its share of the text, 9 of 14; count each different bigram once."
)
assert not near(got["kong"], 1 / 14), (
    "You divided by the number of occurrences, 14; there are 5 different bigrams."
)
assert not (near(got["kong"], 1 / 4) and near(got.get("cat", 0), 2 / 4)), (
    "You divided by the number of second words, 4, and the sum is above 1; divide by the 5 bigrams."
)
assert not near(got["kong"], 1 / 3), (
    "You divided by the number of first words, 3, and the sum is above 1; divide by the 5 bigrams."
)
assert "cat" in got and "hut" in got, (
    "A bigram that occurred once was left out; it is one of the different bigrams."
)
shares = {word: share for word, share in got.items() if share}
right = {"kong": 0.2, "cat": 0.4, "dog": 0.2, "hut": 0.2}
assert set(shares) == set(right) and all(near(shares[w], right[w]) for w in right), (
    f"Of 5 different bigrams 2 end in 'cat': expected {right}, got {got}."
)
got = continuation({("<s>", "a"): 3, ("a", "b"): 1})
assert "a" in got, "'a' came after <s>, and that is a bigram too."
assert near(got["a"], 0.5), f"One of two bigrams ends in 'a': 0.5, got {got['a']}."
got = continuation({("a", "b"): 1, ("b", "</s>"): 2})
assert "</s>" in got, (
    "</s> is a word to be predicted like any other; keep the bigrams that end in it."
)
assert near(got["</s>"], 0.5), f"One of two bigrams ends in </s>: 0.5, got {got['</s>']}."
given = {("a", "b"): 2, ("c", "b"): 0, ("a", "d"): 1}
before = dict(given)
got = continuation(given)
assert not near(got["b"], 2 / 3), "A bigram with the entry 0 never occurred; leave it out."
assert not near(got["b"], 1 / 3), (
    "The entry 0 is left out above and counted below; the number of all bigrams leaves it out too."
)
assert near(got["b"], 0.5), f"One of two bigrams that occurred ends in 'b': 0.5, got {got['b']}."
assert given == before, "The table that was handed in has been changed; make a new one."
got = continuation({("a", "b"): 1, ("b", "b"): 1, ("b", "c"): 2})
assert not near(got["b"], 1 / 2), (
    "The bigram of a word with itself was left out; 'b b' is one of the three bigrams."
)
assert near(got["b"], 2 / 3), f"Two of three bigrams end in 'b', got {got['b']}."
odd = [("<unk>", "a"), ("a", "<unk>"), ("b", "A"), ("c", "a"), ("C", "a"), ("a", ","), ("a", "é")]
got = continuation(dict.fromkeys(odd, 2))
assert "<unk>" in got and not near(got["a"], 2 / 6), (
    "<unk> was left out; it stands for words, in front of others and behind them."
)
assert "A" in got, "Capitals were taken away; 'A' and 'a' are two words, with shares of their own."
assert "," in got and "é" in got, "Commas and letters with accents are tokens too; keep the bigrams with them."
assert near(got["a"], 3 / 7), f"3 of 7 bigrams end in 'a', got {got}."
try:
    got = continuation({("a", "b"): 0})
except ZeroDivisionError:
    raise AssertionError("Where no bigram occurred nothing is divided; no word has a share.") from None
assert not any(got.values()), f"Where no bigram occurred no word has a share, got {got}."
print("kong, cat:", right["kong"], right["cat"])
### BEGIN HIDDEN TESTS
draw = random.Random(20240407)
for n_words, n_bigrams in ((2, 3), (7, 31), (31, 211), (701, 1009)):
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
    assert near(sum(got.values()), 1), f"The shares sum to {sum(got.values()):.4f}."
    for word in words:
        assert near(got.get(word, 0), expected[word]), "A word's share is wrong."
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
chances = {"cat": 0.2, "the": 0.4, "a": 0.3, "owl": 0.1}
before = dict(chances)
got = [draw_word(dict(chances), u) for u in (0.05, 0.25, 0.45, 0.55, 0.75)]
assert got != ["the"] * 5, (
    "Whatever u is, the likeliest word comes; u must decide, or the text repeats itself."
)
assert got != ["cat", "the", "the", "the", "a"], (
    "The words stand in the dict's order; sort them alphabetically."
)
assert got != ["the", "the", "a", "a", "cat"], (
    "The likeliest word comes first; sort the words alphabetically."
)
assert got != ["the", "the", "owl", "cat", "a"], (
    "The words are sorted backwards; sort them from a to z."
)
assert got != ["a", "cat", "cat", "owl", "the"], (
    "Each word got an equal piece of the line; pieces are as long as p."
)
assert got != ["a", "a", "the", "the", "the"], (
    "Compare u with the sum of the probabilities so far, not with each one alone."
)
assert got == ["a", "a", "cat", "owl", "the"], (
    f"u = 0.05, 0.25, 0.45, 0.55, 0.75 must give a, a, cat, owl, the; got {got}."
)
draw_word(chances, 0.55)
assert chances == before, (
    "The probabilities that were handed in have been changed; they are asked for again at each word."
)
first = {draw_word({"a": 0.05, "b": 0.95}, 0.0) for _ in range(9)}
assert "b" not in first, "u = 0 was taken for no u; 0 is a number, and it falls on the first piece."
got = draw_word({"a": 0.0, "b": 0.5, "c": 0.5}, 0.0)
end = draw_word({"a": 0.25, "b": 0.75}, 0.25)
behind = draw_word({"a": 0.25, "b": 0.75}, 0.2505)
assert behind == "b", f"u = 0.2505 lies behind the piece of 'a', 0.25 long: b is due, got {behind}."
assert got != "a", (
    "u = 0 fell on a word with probability 0; the sum must be above u, not equal to it."
)
assert end != "a", (
    "u = 0.25 is where the piece of 'a' ends; the sum must be above u, so 'b' is due."
)
assert got == end == "b", f"u = 0 and u = 0.25 must give b and b, got {got} and {end}."
tail = {"a": 0.1, "b": 0.7, "d": 0.1, "c": 0.1}
try:
    got = draw_word(dict(tail), 0.9999999999999999)
except Exception:
    got = None
assert got is not None, (
    "0.1, 0.7, 0.1 and 0.1 sum to a little below 1 in floating point, and no word came; return the last."
)
assert got != "c", "The last piece belongs to the last word in alphabetical order, not in the dict's."
assert got != "b", "Where u lies behind the whole sum the likeliest word came; the last is due."
assert got != "a", "Where u lies behind the whole sum the first word came; the last is due."
assert got == "d", f"Behind the whole sum lies the last word, d; got {got}."
odd = {"The": 0.2, "é": 0.2, "<unk>": 0.1, "a": 0.2, "</s>": 0.1, "z": 0.2}
got = [draw_word(dict(odd), u) for u in (0.05, 0.15, 0.25, 0.45, 0.65, 0.85)]
assert got != ["</s>", "<unk>", "a", "The", "z", "é"], (
    "Capitals were overlooked in sorting; `sorted` puts 'The' before 'a'."
)
assert got != ["</s>", "<unk>", "The", "a", "é", "z"], (
    "'é' was sorted like 'e'; `sorted` puts it behind 'z'."
)
assert got != ["<unk>", "The", "The", "a", "z", "é"], (
    "</s> never comes, and the text never ends; it is drawn like a word."
)
assert got != ["</s>", "The", "The", "a", "z", "é"], (
    "<unk> never comes; it has a piece of the line like any other word."
)
assert got == ["</s>", "<unk>", "The", "a", "z", "é"], (
    f"u = 0.05, 0.15, 0.25, … must give </s>, <unk>, The, a, z, é; got {got}."
)
print("u = 0.05, 0.45, 0.8:", [draw_word(dict(chances), u) for u in (0.05, 0.45, 0.8)])
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
