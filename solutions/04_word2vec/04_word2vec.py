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
# # Exercise 4: Skip-grams and word2vec
#
# A text without a single label holds all that is needed to learn vectors: each word stands among others.
# In this exercise you turn text into yes/no questions, write the loss and its gradient by hand, take the steps of training, and ask the vectors an analogy.
# At the end your code reads 100,000 words of real documentation, and you see whether "minimum" finds "maximum".
#
# Read [chapter 4](../../book/04_word2vec.md) first.
# There are seven tasks, 20 points, and about 75 minutes of work.
#
# **How it goes.** A cell with `raise NotImplementedError` is yours: put your code in that line's place.
# The cell below it checks your answer at once and says what it saw.
# When you hand in, the same cell runs further tests, on other sizes and other numbers.
# What your functions are given stays as it is; only the tables of task 6 are changed.
# Before you hand in, restart the kernel and run all cells.

# %%
# COURSE-SETUP

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math

import torch

from course_lib.grading.helpers import gradients

torch.set_num_threads(1)  # enough for these sizes

# %% [markdown]
# ## Task 1: Pairs from a window (8 minutes, 2 points)
#
# Every word of the text is a centre once.
# It makes a pair with each word that stands at most `window` places to its left or right, as far as the text reaches.
#
# The text comes as ids, and a pair is (id of the centre, id of the word near it).

# %% nbgrader={"grade": false, "grade_id": "window_pairs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def window_pairs(ids: list[int], window: int) -> list[tuple[int, int]]:
    """List the pairs of a text: centres from left to right, for each its neighbours left to right.

    (ids[i], ids[j]) for every i and every j with 1 <= |i - j| <= window inside the text.
    A pair that occurs twice is listed twice. A window of 0 gives none.
    """
    ### BEGIN SOLUTION
    pairs = []
    for i, centre in enumerate(ids):
        for j in range(max(0, i - window), min(len(ids), i + window + 1)):
            if j != i:
                pairs.append((centre, ids[j]))
    return pairs
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_window_pairs", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def pairs_of(ids, window):
    return [tuple(pair) for pair in window_pairs(ids, window)]


given = [7, 3, 5, 9]
one, again, two = (pairs_of(given, window) for window in (1, 1, 2))
assert given == [7, 3, 5, 9], "The ids that were handed in have been changed; make a new list."
assert len(again) == len(one), (
    "The pairs of an earlier call came again; begin with a new list."
)
assert not {(0, 1), (1, 0)} & set(one), "These are places; a pair holds the ids that stand there."
assert (7, 7) not in one, "A word was paired with its own place; leave out j = i."
assert (7, 9) not in one, "At the start the window wrapped round to the end; stop at place 0."
assert two != [(7, 3), (3, 7), (3, 5), (5, 7), (5, 3), (5, 9), (9, 3), (9, 5)], (
    "The furthest word on the right is missing; range stops before its end."
)
to_the_left, to_the_right = [(3, 7), (5, 7), (5, 3), (9, 3), (9, 5)], [(7, 3), (7, 5), (3, 5), (3, 9), (5, 9)]
assert two not in (to_the_left, to_the_right), (
    "Words on one side only; a window reaches to the left and to the right."
)
assert one != [(3, 7), (3, 5), (5, 3), (5, 9)], (
    "The first and the last word are no centres here; at an edge the window is smaller, not missing."
)
assert one != [(3, 7), (7, 3), (5, 3), (3, 5), (9, 5), (5, 9)], (
    "The pairs are turned round; the centre comes first."
)
right = [(7, 3), (3, 7), (3, 5), (5, 3), (5, 9), (9, 5)]
assert one or two != right, (
    "A window of 2 reached one word far; `window` counts the places on each side, not in all."
)
assert one == right, f"'7 3 5 9' with window 1 gave {one}."
drawn = [pairs_of(list(range(30)), 5) for _ in range(5)]
assert all(pairs == drawn[0] for pairs in drawn), (
    "The same text gave other pairs: the window's width was drawn. word2vec.c does that; here it is given."
)
assert two != [(7, 3), (7, 5), (3, 7), (3, 5), (3, 9), (5, 3), (5, 9), (5, 7), (9, 5), (9, 3)], (
    "The nearest neighbours come first here; they are listed from left to right."
)
got = pairs_of([1, 2, 1, 2], 2)
assert got != [(1, 2), (2, 1), (2, 1), (1, 2), (1, 2), (2, 1)], (
    "A word that stands twice in a window pairs with itself; compare places."
)
assert sorted(got) != [(1, 1), (1, 2), (2, 1), (2, 2)], (
    "A pair that occurs twice is listed twice; the counts are what is learnt."
)
assert got != 2 * [(1, 2), (1, 1), (2, 1), (2, 1), (2, 2)], (
    "A word that comes again got the neighbours of its first place; `index` finds only that one."
)
assert got == [
    (1, 2), (1, 1), (2, 1), (2, 1), (2, 2), (1, 1), (1, 2), (1, 2), (2, 2), (2, 1)
], f"'1 2 1 2' with window 2 gave {got}: centres, and neighbours, from left to right."
assert two == [
    (7, 3), (7, 5), (3, 7), (3, 5), (3, 9), (5, 7), (5, 3), (5, 9), (9, 3), (9, 5)
], f"'7 3 5 9' with window 2 gave {two}: centres, and neighbours, from left to right."
got = pairs_of([0, 4], 1)
assert got, "Id 0 was left out; 0 is a word's id, and false in Python."
assert got == [(0, 4), (4, 0)], f"'0 4' with window 1 gave {got}."
assert not pairs_of([7, 3], 0), "A window of 0 reaches nobody; 0 is a number, and false in Python."
print("the pairs of 7 3 5 9:", window_pairs([7, 3, 5, 9], 1))
### BEGIN HIDDEN TESTS
import random

draw = random.Random(20240501)
for n, window in ((0, 2), (1, 3), (2, 1), (7, 0), (7, 2), (13, 5), (11, 17)):
    ids = [draw.randrange(5) for _ in range(n)]
    expected = [
        (ids[i], ids[j]) for i in range(n) for j in range(n) if 1 <= abs(i - j) <= window
    ]
    got = pairs_of(list(ids), window)
    assert len(got) == len(expected), f"{n} words with window {window} gave {len(got)} pairs."
    assert got == expected, f"{n} words with window {window} gave other pairs, or another order."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 2: Whom to ask about (8 minutes, 2 points)
#
# For each true pair a few false ones are made up, with words drawn at random.
# Drawn in which proportion?
# By plain counts, a large part would be "the" and "of".
# word2vec raises the counts to the power ¾ first, and shares out what comes.

# %% nbgrader={"grade": false, "grade_id": "noise_distribution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def noise_distribution(counts: torch.Tensor, power: float = 0.75) -> torch.Tensor:
    """Give each word the probability with which it is drawn for a false pair.

    P(w) = counts[w]^power / sum over all v of counts[v]^power
    Shapes: counts (V,), all above 0, whole numbers or floats; returns (V,), floats that sum to 1.
    """
    ### BEGIN SOLUTION
    weights = counts.double() ** power
    return weights / weights.sum()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_noise_distribution", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def near(got, *due):
    return got.shape == (len(due),) and torch.allclose(got.double(), torch.tensor(due).double(), atol=1e-4)


counts = torch.tensor([81.0, 16.0])
got = noise_distribution(counts)
assert counts.tolist() == [81, 16], "The counts that were handed in have been changed; make a new tensor."
assert got.shape == (2,), f"One probability for each word, got the shape {tuple(got.shape)}."
assert not near(got, 0.5, 0.5), "Every word has the same share; frequent words are drawn more often."
assert not near(got, 27, 8), "These do not sum to 1; divide by the sum of the powers."
assert not near(got, 1, 8 / 27), "These were divided by the largest; divide by their sum, so that they sum to 1."
assert not near(got, (81 / 97) ** 0.75, (16 / 97) ** 0.75), "Powers of shares do not sum to 1; share out after the power."
assert not near(got, 81 / 97, 16 / 97), "These are the plain shares; raise the counts to the power first."
assert not near(got, 1, 0), "A softmax of counts leaves nothing for the rarer word; divide powers by their sum."
assert not near(got, 0.8968, 0.1032), "The exponent was 1/0.75, and the rarer word got less than its share; it is 0.75."
assert not near(got, 27 / 35, 1), "These are sums over all words so far; give each word its own share."
assert near(got, 27 / 35, 8 / 35), f"81^¾ = 27 and 16^¾ = 8, so 27/35 and 8/35 are due, got {got.tolist()}."
other = noise_distribution(torch.tensor([81.0, 16.0]), power=0.5)
assert not near(other, 27 / 35, 8 / 35), "With another power the shares stay; power is an argument."
assert near(other, 9 / 13, 4 / 13), f"With the power ½ 9/13 and 4/13 are due, got {other.tolist()}."
level = noise_distribution(torch.tensor([81.0, 16.0]), power=0)
assert not near(level, 27 / 35, 8 / 35), "The power 0 was taken for none, and ¾ put in its place; 0 is a number."
assert near(level, 0.5, 0.5), f"With the power 0 all are drawn alike, got {level.tolist()}."
few = noise_distribution(torch.tensor([16, 81, 1]))
assert not near(few, 0, 0, 0), (
    "The shares were written into a tensor of whole numbers, which cuts them off; empty_like takes the counts' kind."
)
assert not near(few, 8 / 35, 27 / 35, 0), "Rare words are drawn as well: 1^¾ of 8 + 27 + 1 is 1/36."
assert near(few, 8 / 36, 27 / 36, 1 / 36), f"Counts of 16, 81 and 1 gave {few.tolist()}."
print("counts 81 and 16 are drawn with", [round(p.item(), 4) for p in got])
### BEGIN HIDDEN TESTS
torch.manual_seed(20240503)
for size, power in ((1, 0.75), (5, 0.75), (31, 0.5), (101, 1.0), (7, 0.0)):
    counts = torch.randint(1, 10_000, (size,))
    weights = counts.double() ** power
    got = noise_distribution(counts.clone(), power).double()
    assert got.shape == (size,), f"With {size} words the shape was {tuple(got.shape)}."
    assert abs(got.sum() - 1) < 1e-4, "The probabilities must sum to 1."
    torch.testing.assert_close(
        got, weights / weights.sum(), rtol=1e-4, atol=1e-6, msg=f"With power={power} wrong shares."
    )
counts = torch.tensor([3.0, 5.0]).double()
noise_distribution(counts)
assert counts.tolist() == [3, 5], "Counts in float64 have been changed."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 3: Thin out what is everywhere (8 minutes, 2 points)
#
# "the" stands near everything and says little about any of it.
# Each occurrence of a frequent word is thrown away with some probability, before pairs are made.
# Let f be the word's share of the text and t a threshold such as 0.001.
# word2vec.c, the program that came with the paper, keeps an occurrence with probability √(t/f) + t/f, or for certain where that is above 1.

# %% nbgrader={"grade": false, "grade_id": "keep_probability", "locked": false, "schema_version": 3, "solution": true, "task": false}
def keep_probability(counts: torch.Tensor, sample: float) -> torch.Tensor:
    """Say with which probability an occurrence of each word stays in the text.

    keep(w) = min(1, sqrt(t / f(w)) + t / f(w)),  f(w) = counts[w] / counts.sum(),  t = sample
    Shapes: counts (V,), all above 0, whole numbers or floats; returns (V,), floats.
    """
    ### BEGIN SOLUTION
    ratio = sample * counts.sum() / counts
    return (ratio.sqrt() + ratio).clamp(max=1)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_keep_probability", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def near(got, *due):
    return torch.allclose(got.double(), torch.tensor(due).double(), atol=1e-4)


counts = torch.tensor([9000.0, 900.0, 100.0])
got, more = keep_probability(counts.clone(), 0.01), keep_probability(counts.clone(), 0.1)
given = counts.clone()
keep_probability(given, 0.01)
assert torch.equal(given, counts), "The tensor of counts holds other numbers now; compute shares in a new one."
assert got.shape == (3,), f"One probability for each word, got the shape {tuple(got.shape)}."
assert not near(got, 0.88348, 0.55556, 0), "That is the probability of being thrown away; 1 minus it is asked."
assert not near(more, 1, 1, 0.41623), "Rare words are thinned out and frequent ones stay; the ratio is t / f."
assert not near(got, 0.00106, 0.00334, 0.0101), "f is the word's share of the text; these were computed from its count."
assert not near(got, 0.10541, 1 / 3, 1), "That is √(t/f) of the paper; word2vec.c adds t/f to it."
assert not near(got, 0.01111, 1 / 9, 1), "That is t/f; the root of it is missing."
values = {x for _ in range(9) for x in keep_probability(counts.clone(), 0.01).tolist()}
assert 0 not in values or not values <= {0, 1}, "These are decisions, thrown away or kept; the probability is asked."
rare = keep_probability(torch.tensor([9990.0, 10.0]), 0.01)
assert not near(rare, 0.11006, 13.16228), "A probability above 1; a rare word stays for certain, so cap at 1."
assert not near(rare, 0.11006, 2), "Each of the two parts was capped, and they sum to 2; cap the sum."
assert near(got, 0.11652, 0.44444, 1), (
    f"With shares 0.9, 0.09 and 0.01 and t = 0.01: 0.1165, 0.4444 and 1 are due, got {got.tolist()}."
)
assert near(rare, 0.11006, 1), f"With shares 0.999 and 0.001: 0.1101 and 1 are due, got {rare.tolist()}."
between = keep_probability(torch.tensor([950.0, 15.0, 35.0]), 0.01)
assert not near(between, 0.11312, 1.48316, 0.82024), "A word a little above the threshold got more than 1; cap every probability."
assert near(between, 0.11312, 1, 0.82024), f"With shares 0.95, 0.015 and 0.035 got {between.tolist()}."
assert not near(more, 0.11652, 0.44444, 1), "Another threshold, another probability: t is the argument `sample`."
assert near(more, 0.44444, 1, 1), f"With t = 0.1 0.4444, 1 and 1 are due, got {more.tolist()}."
whole = keep_probability(torch.tensor([9000, 900, 100]), 0.01)
assert not near(whole, 0, 0, 1), (
    "The probabilities were written into a tensor of whole numbers, which cuts them off; make one of floats."
)
assert near(whole, 0.11652, 0.44444, 1), f"With whole numbers as counts got {whole.tolist()}."
seldom = keep_probability(torch.tensor([995.0, 3.0, 2.0]), 0.01)
assert not near(seldom, 0.1103, 0, 0), "Words below some count were thrown away; a rare word stays for certain."
assert near(seldom, 0.1103, 1, 1), f"With counts of 995, 3 and 2 got {seldom.tolist()}."
print("of 9000, 900 and 100 stay about", (got * torch.tensor([9000, 900, 100])).round().tolist())
### BEGIN HIDDEN TESTS
torch.manual_seed(20240507)
few = [1, 2, 2, 3, 1, 1, 50]  # equal counts belong to different words
for size, sample in ((1, 0.1), (5, 1e-6), (13, 1e-3), (101, 1e-4), (3, 0.3), (29, 1.0)):
    drawn = torch.randint(1, 100_000, (size,))
    for counts in (drawn, drawn.double(), torch.tensor(few)):
        ratio = sample / (counts.double() / counts.sum())
        expected = (ratio.sqrt() + ratio).clamp(max=1)
        got = keep_probability(counts.clone(), sample).double()
        torch.testing.assert_close(
            got, expected, rtol=1e-4, atol=1e-6, msg=f"With sample={sample} a probability is wrong."
        )
        assert (got > 0).all() and (got <= 1).all(), "A probability lies between 0 and 1."
### END HIDDEN TESTS

# %%
# The library's versions: course_lib.embeddings.word2vec_counts
from course_lib.embeddings import word2vec_counts

counts = torch.tensor([900, 90, 10])
print(torch.from_numpy(word2vec_counts.noise_distribution(counts.numpy())))
print(torch.from_numpy(word2vec_counts.keep_probability(counts.numpy(), 1e-2)))
print("yours:", noise_distribution(counts), keep_probability(counts, 1e-2), sep="\n")

# %% [markdown]
# ## Task 4: The loss (12 minutes, 3 points)
#
# A pair has a score, the inner product of the centre's vector c and the other word's vector o.
# (Chapter 4 writes v for the centre's vector and u for the other's.)
# The model answers "yes, they stood together" with probability σ(c · o).
# A true pair should get a yes, each drawn word a no, and σ(−s) = 1 − σ(s) is the probability of a no:
#
# $$ L = \sum_{\text{pairs}} \Bigl( -\log \sigma(c \cdot o) - \sum_{k=1}^{K} \log \sigma(-\,c \cdot n_k) \Bigr) $$
#
# Scores may be large, and the logarithm of a sigmoid that was rounded to 0 is no number.

# %% nbgrader={"grade": false, "grade_id": "sgns_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgns_loss(centre: torch.Tensor, true: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """Add up the loss of all pairs, in nats: minus the logarithm of each right answer.

    L = sum over p of -log σ(c_p · o_p) - sum over k of log σ(-c_p · n_pk)
    Gradients flow back to all three, however large a score is.
    Shapes: centre (P, D); true (P, D); noise (P, K, D); returns one number (a tensor).
    """
    ### BEGIN SOLUTION
    yes = (centre * true).sum(-1)  # (P,)
    no = torch.einsum("pd,pkd->pk", centre, noise)
    logsigmoid = torch.nn.functional.logsigmoid
    return -logsigmoid(yes).sum() - logsigmoid(-no).sum()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_sgns_loss", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def loss_of(*vectors):
    return float(torch.as_tensor(sgns_loss(*(torch.tensor(v) for v in vectors))))


def near(got, due):
    return math.isclose(got, due, rel_tol=1e-4)


centre = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
true = torch.tensor([[0.5, 1.0], [1.0, -0.5]])
noise = torch.tensor([[[2.0, 0.0], [-1.0, 3.0]], [[1.0, 1.0], [3.0, -1.0]]])
before = [centre.clone(), true.clone(), noise.clone()]
got = torch.as_tensor(sgns_loss(centre, true, noise)).detach()
assert all(torch.equal(a, b) for a, b in zip(before, (centre, true, noise))), (
    "The vectors that were handed in have other numbers now; compute with new tensors."
)
assert got.numel() == 1, f"One number for all pairs, got the shape {tuple(got.shape)}."
got = float(got)
assert not near(got, -6.48135), "The loss is below 0; it is minus the logarithms."
assert not near(got, 5.48135), "Drawn words are treated as true ones; their score enters as σ(−s)."
assert not near(got, 4.13436), "The drawn words were averaged; each of them counts in full."
alone = loss_of([[1.0, 0.0]], [[0.5, 1.0]], [[[2.0, 0.0], [-1.0, 3.0]]])
assert not near(got, 3.24068) or not near(alone, 2.91427), "The pairs were averaged; this loss is a sum over pairs."
assert not near(got, 3.25825), "These are probabilities of wrong answers; take minus the logarithm of the right ones."
assert not near(got, 4.95201), "The score is the inner product c · o; the lengths are not divided out."
assert not near(got, 11.35692), (
    "Centre p met the drawn words of another pair: (P, D) and (P, K, D) need centre.unsqueeze(1)."
)
assert not near(got, 3.79365), "Each drawn word is a question of its own; take log σ before you add up."
assert not near(got, 6.04118), "Only the first drawn word of each pair counts here; add up all K."
assert not near(got, 9.35061), "These are bits; the natural logarithm gives nats."
assert near(got, 6.48135), f"Scores 0.5; 2, −1 and −1; 2, −2 make 6.4814, got {got:.4f}."
low, high = loss_of([[1.0]], [[-1000.0]], [[[0.0]]]), loss_of([[1.0]], [[1000.0]], [[[0.0]]])
drawn_high, drawn_low = loss_of([[1.0]], [[0.0]], [[[1000.0]]]), loss_of([[1.0]], [[0.0]], [[[-1000.0]]])
fine = tuple(math.isfinite(x) for x in (low, high, drawn_high, drawn_low))
assert fine != (False, True, False, True), "A score of −1000 gave no number; use logsigmoid (or softplus)."
assert fine != (True, True, False, True), "A drawn word with a score of 1000 gave no number; take log σ(−s), not log(1 − σ(s))."
assert fine != (True, False, True, False), (
    "A true word with a score of 1000 gave no number: e^1000 is infinite; use logsigmoid (or softplus)."
)
assert fine != (False,) * 4, (
    "Scores of 1000 and −1000 gave no number: e^s / (1 + e^s) is 0 or ∞/∞ there; use logsigmoid."
)
assert all(fine), f"True words with scores of −1000 and 1000, and drawn ones, gave {low, high, drawn_high, drawn_low}."
assert not 5 < low < 999, (
    "A score of −1000 costs 1000 nats, and less here: something caps the loss, and where it is capped no gradient is left."
)
assert near(low, 1000 + math.log(2)), f"A true word with a score of −1000 costs 1000 nats, got {low:.1f}."
try:
    to_centre, to_true, to_noise = gradients(sgns_loss, centre, true, noise)
except TypeError:
    raise AssertionError(
        "No gradient reaches the vectors; keep to tensors, without item, numpy, detach or no_grad."
    ) from None
assert to_centre is not None, "No gradient reaches the centres; they are trained like the other words."
assert to_true is not None, "No gradient reaches the true words; they are trained like the centres."
assert to_noise is not None, "No gradient reaches the drawn words; they are trained like the others."
assert not torch.allclose(to_centre[0], torch.tensor([-0.18877, -0.37754]), atol=1e-4), (
    "The centres' gradient lacks the drawn words; their scores hold the centre as well."
)
far = gradients(sgns_loss, torch.tensor([[1.0]]), torch.tensor([[1000.0]]), torch.tensor([[[1000.0]]]))
assert not any(part is None or part.isnan().any() for part in far), (
    "The loss is a number and its gradient is nan: `torch.where` computes the side that it drops as well."
)
print(f"the loss of two pairs with two drawn words each: {got:.4f}")
### BEGIN HIDDEN TESTS
torch.manual_seed(20240509)
for n_pairs, n_noise, d_model in ((1, 1, 1), (5, 3, 7), (13, 2, 11), (2, 17, 3)):
    centre, true = torch.randn(2, n_pairs, d_model)
    noise = torch.randn(n_pairs, n_noise, d_model)

    def reference(centre, true, noise):
        scores = torch.cat([(centre * true).sum(-1, keepdim=True), (noise @ centre.unsqueeze(-1)).squeeze(-1)], 1)
        labels = torch.zeros(n_pairs, 1 + n_noise)
        labels[:, 0] = 1
        return torch.nn.functional.binary_cross_entropy_with_logits(scores, labels, reduction="sum")

    got = torch.as_tensor(sgns_loss(centre, true, noise)).detach()
    torch.testing.assert_close(
        got.float().reshape(()), reference(centre, true, noise), rtol=1e-4, atol=1e-4,
        msg=f"With P={n_pairs}, K={n_noise}, D={d_model} the loss is wrong.",
    )
    ours, theirs = gradients(sgns_loss, centre, true, noise), gradients(reference, centre, true, noise)
    for name, got, due in zip(("centre", "true", "noise"), ours, theirs):
        torch.testing.assert_close(
            got, due, rtol=1e-4, atol=1e-4, check_dtype=False, msg=f"The gradient at `{name}` is wrong."
        )
for score in (-300.0, 300.0, 4000.0):
    got = loss_of([[score]], [[1.0]], [[[1.0]]])
    assert abs(got - abs(score)) < 1, "With scores of ±300 one answer is wrong by 300 nats, the other right."
    ours = gradients(sgns_loss, torch.ones(1, 1), torch.full((1, 1), -score), torch.full((1, 1, 1), score))
    due = ([[2 * score if score > 0 else 0.0]], [[-1.0 if score > 0 else 0.0]], [[[1.0 if score > 0 else 0.0]]])
    assert all(torch.allclose(g.double(), torch.tensor(d).double(), rtol=1e-3) for g, d in zip(ours, due)), (
        "With scores of some hundred the gradient is wrong."
    )
### END HIDDEN TESTS

# %% [markdown]
# ## Task 5: The gradient by hand (15 minutes, 4 points)
#
# Let s be a score.
# The derivative of −log σ(s) is σ(s) − 1, and that of −log σ(−s) is σ(s).
# The gradient of a score c · o with respect to c is o, and with respect to o it is c.
# That is all that is needed; write it without autograd.
# Scores may be large here as well.
#
# **Predict before you write.**
# A true word with a score of 0 and a drawn word with a score of 2: which of the two moves further in a step?

# %% nbgrader={"grade": false, "grade_id": "sgns_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgns_gradients(
    centre: torch.Tensor, true: torch.Tensor, noise: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Give the gradients of the loss of task 4 with respect to its three arguments, in their order.

    Shapes: as in task 4; returns gradients of the shapes (P, D), (P, D) and (P, K, D).
    """
    ### BEGIN SOLUTION
    yes = torch.sigmoid((centre * true).sum(-1, keepdim=True)) - 1  # (P, 1)
    no = torch.sigmoid(torch.einsum("pd,pkd->pk", centre, noise)).unsqueeze(-1)  # (P, K, 1)
    return yes * true + (no * noise).sum(1), yes * centre, no * centre.unsqueeze(1)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_sgns_gradients", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
centre = torch.tensor([[1.0, 0.0]])
true = torch.tensor([[0.0, 1.0]])
noise = torch.tensor([[[2.0, 0.0], [0.0, 3.0]]])
before = [centre.clone(), true.clone(), noise.clone()]
to_centre, to_true, to_noise = (g.detach().double() for g in sgns_gradients(centre, true, noise))
assert all(torch.equal(a, b) for a, b in zip(before, (centre, true, noise))), (
    "The vectors that were handed in hold gradients now; compute with new tensors."
)
shapes = [tuple(g.shape) for g in (to_centre, to_true, to_noise)]
assert shapes == [(1, 2), (1, 2), (1, 2, 2)], f"Each gradient has its argument's shape, got {shapes}."
numbers = torch.cat([to_centre.flatten(), to_true.flatten(), to_noise.flatten()])


def near(*due):
    return torch.allclose(numbers, torch.tensor(due).double(), atol=1e-3)


assert not near(1.762, 1.0, 0, -0.5, 1.762, 0, 0, 1.5), "The gradient for o points along c, the other factor of the score."
assert not near(-0.5, 0, 1.762, 1.0, 0.881, 0, 0.5, 0), "The first two have changed places; return them as centre, true, noise."
assert not near(-1.762, -1.0, 0.5, 0, -0.881, 0, -0.5, 0), "These point downhill; for a true word the factor is σ(s) − 1, below 0."
assert not near(4, -1, -1, 0, 2, 0, 0, 0), "The factor holds the score itself; it is σ(s) − 1 or σ(s)."
assert not near(0.185, 0.25, -0.125, 0, 0.092, 0, 0.125, 0), "A factor σ(1 − σ) too many: it cancels with the logarithm's."
assert not near(-0.238, -2, -0.5, 0, -0.119, 0, -0.5, 0), "A drawn word's factor is σ(s); the 1 is taken off for true words alone."
assert not near(0, -0.5, -0.5, 0, 0.881, 0, 0.5, 0), "The centre's gradient lacks the drawn words; every score holds c."
assert not near(1.762, 1.5, -0.5, 0, 0.881, 0, 0.5, 0), "The centre's gradient lacks the true word; every score holds c."
assert not near(0.881, 0.25, -0.5, 0, 0.881, 0, 0.5, 0), "The drawn words were averaged in the centre's gradient; add up."
assert not near(0.881, 0.25, -0.5, 0, 0.44, 0, 0.25, 0), "The drawn words count by their mean; the loss is a sum, and each counts in full."
assert not near(1.762, 1.0, -0.5, 0, 0, 0.881, 0, 0.5), "A drawn word's gradient points along the true word; it points along c."
assert near(1.762, 1.0, -0.5, 0, 0.881, 0, 0.5, 0), (
    f"(1.76, 1), (−0.5, 0) and (0.88, 0), (0.5, 0) are due, got {to_centre.tolist()}, {to_true.tolist()} and {to_noise.tolist()}."
)
centre, true = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[0.0, 1.0], [0.0, 0.0]])
noise = torch.tensor([[[2.0, 0.0]] * 3, [[0.0, 0.0]] * 3])
try:
    two, _, many = (g.detach().double() for g in sgns_gradients(centre, true, noise))
except RuntimeError:
    raise AssertionError(
        "With 2 pairs and 3 drawn words the shapes do not fit: (P, D) meets (P, K, D) as centre.unsqueeze(1)."
    ) from None
shapes = tuple(two.shape), tuple(many.shape)
assert shapes == ((2, 2), (2, 3, 2)), f"With P = 2 and K = 3 the shapes are {shapes}."
due, halves = torch.tensor([3 * 1.7616, -0.5]), torch.tensor([0.0, 0.25])
assert not (torch.allclose(two[0].float(), due / 2, atol=1e-3) and torch.allclose(many[1, 2].float(), halves, atol=1e-3)), (
    "The gradients were averaged over the pairs; the loss is a sum, and so are they."
)
assert torch.allclose(two[0].float(), due, atol=1e-3), f"The first of two centres: {due.tolist()} is due, got {two[0].tolist()}."
assert abs(many[1, 2, 0] - 0.5) > 1e-3, "A drawn word's gradient points along its own pair's centre, not the first pair's."
assert abs(many[1, 2, 1] - 0.5) < 1e-3, f"The last drawn word: (0, 0.5) is due, got {many[1, 2].tolist()}."
sure = [g.double() for g in sgns_gradients(torch.ones(1, 1), torch.full((1, 1), 1000.0), torch.full((1, 1, 1), 1000.0))]
assert not any(g.isnan().any() for g in sure), (
    "A score of 1000 gave nan: e^1000 is infinite, and ∞/∞ no number; take torch.sigmoid."
)
assert abs(sure[2].item()) > 1e-3, (
    "A drawn word with a score of 1000 got no gradient; where the model is surest and wrong, the factor is 1."
)
assert abs(sure[0].item() - 1000) < 1e-2 and abs(sure[1].item()) < 1e-4, f"Scores of 1000: 1000, 0 and 1 are due, got {sure}."
print("the true word moves by 0.5, the drawn one with score 2 by", round(to_noise[0, 0, 0].item(), 4))
### BEGIN HIDDEN TESTS
torch.manual_seed(20240511)
for n_pairs, n_noise, d_model, size in ((1, 1, 1, 1), (5, 3, 7, 1), (13, 2, 11, 1), (2, 17, 3, 1), (5, 5, 5, 3), (3, 2, 5, 30)):
    centre, true = size * torch.randn(n_pairs, d_model), torch.randn(n_pairs, d_model)
    noise = torch.randn(n_pairs, n_noise, d_model)
    leaves = [x.clone().requires_grad_() for x in (centre, true, noise)]
    loss = torch.nn.functional.softplus(-(leaves[0] * leaves[1]).sum(-1)).sum()
    loss = loss + torch.nn.functional.softplus((leaves[0].unsqueeze(1) * leaves[2]).sum(-1)).sum()
    loss.backward()
    for got, leaf, name in zip(sgns_gradients(centre, true, noise), leaves, ("centre", "true", "noise")):
        torch.testing.assert_close(
            got.detach().float(), leaf.grad, rtol=1e-4, atol=1e-4,
            msg=f"With P={n_pairs}, K={n_noise}, D={d_model} the gradient for {name} is wrong.",
        )
### END HIDDEN TESTS

# %% [markdown]
# ## Task 6: A step of training (15 minutes, 4 points)
#
# There are two tables: `inputs` holds the vectors of centres, `outputs` those of the words that are asked about.
# A batch names rows in them.
# Compute all gradients first, from the rows as they are; then move each row by −rate times its gradient.
# A word that stands in the batch five times moves by the sum of its five gradients.
# A drawn word may happen to be the true one: here it counts as drawn all the same (the library, like word2vec.c, leaves it out).
#
# The tables are changed in place; nothing is returned.
# Your functions of tasks 4 and 5 may help, and so may autograd.

# %% nbgrader={"grade": false, "grade_id": "train_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_step(
    inputs: torch.Tensor,
    outputs: torch.Tensor,
    centres: torch.Tensor,
    contexts: torch.Tensor,
    noise: torch.Tensor,
    rate: float,
) -> None:
    """Take one step of gradient descent on the summed loss of a batch; change both tables in place.

    Shapes: inputs, outputs (V, D); centres, contexts (P,) and noise (P, K) hold ids: centres are
    rows of inputs, contexts and noise rows of outputs.
    """
    ### BEGIN SOLUTION
    c, o, n = inputs[centres], outputs[contexts], outputs[noise]  # (P, D), (P, D), (P, K, D)
    yes = torch.sigmoid((c * o).sum(-1, keepdim=True)) - 1
    no = torch.sigmoid((c.unsqueeze(1) * n).sum(-1, keepdim=True))
    inputs.index_add_(0, centres, yes * o + (no * n).sum(1), alpha=-rate)
    outputs.index_add_(0, contexts, yes * c, alpha=-rate)
    outputs.index_add_(0, noise.flatten(), (no * c.unsqueeze(1)).flatten(0, 1), alpha=-rate)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_train_step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
def tables(seed, vocab_size, d_model):
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(vocab_size, d_model, generator=draw), torch.randn(vocab_size, d_model, generator=draw)


def batch_loss(inputs, outputs, centres, contexts, noise, drawn=1.0):
    c = inputs[centres]
    yes = torch.nn.functional.softplus(-(c * outputs[contexts]).sum(-1)).sum()
    return yes + drawn * torch.nn.functional.softplus((c.unsqueeze(1) * outputs[noise]).sum(-1)).sum()


def stepped(before, batch, rate, drawn=1.0):
    """The two tables after the right step, or after that of a loss in which drawn words weigh less."""
    leaves = [table.clone().requires_grad_() for table in before]
    batch_loss(*leaves, *batch, drawn).backward()
    return [(table - rate * table.grad).detach() for table in leaves]


def moved(batch, rate, seed=1, vocab_size=11, d_model=5, size=1.0):
    """The tables before, after the student's step, and after the right one."""
    before, ours = ([size * table for table in tables(seed, vocab_size, d_model)] for _ in range(2))
    train_step(*ours, *(ids.clone() for ids in batch), rate)
    return before, [table.detach() for table in ours], stepped(before, batch, rate)


def same(ours, theirs):
    return all(torch.allclose(a, b, atol=1e-4) for a, b in zip(ours, theirs))


single = (torch.tensor([2]), torch.tensor([3]), torch.tensor([[4, 5]]))
before, ours, right = moved(single, 0.1)
still = [torch.equal(ours[1][row], before[1][row]) for row in (3, 4, 5)]
assert not torch.equal(ours[0], before[0]), (
    "The rows of `inputs` did not move; change the given tensor (`inputs = …` makes a new one)."
)
assert not torch.equal(ours[1], before[1]), "`outputs` did not move; both tables are trained."
assert still != [False, True, True], "The drawn words' rows did not move; they are pushed away."
assert still != [False, False, True], "Only the first drawn word moved; each of them does."
assert still != [True, False, False] or not same(ours[:1], right[:1]), "The true word's row did not move; it is drawn towards the centre."
assert not same(ours, stepped(before, single, -0.1)), "The loss rose; a step goes against the gradient."
assert not same(ours, stepped(before, single, 1.0)), "The step has rate 1; use the rate given."
assert not same(ours, stepped(before, single, 0.1 / 3)), "The loss is a sum over true and drawn words, not their mean."
assert not same(ours, stepped(before, single, 0.1, drawn=0.5)), (
    "The drawn words' steps were averaged; each of them takes its whole step."
)
assert not same(ours, [stepped(before, single, 0.1, drawn=0.0)[0], right[1]]), (
    "The centre moved for the true word alone; the drawn words push it as well."
)
moves = [a - b for a, b in zip(right, before)]
assert not same(ours, [before[0] + moves[1], before[1] + moves[0]]), (
    "The steps went into the wrong tables: centres are rows of `inputs`, the others of `outputs`."
)
along_moved = [right[0], before[1] + moves[1] * right[0][2] / before[0][2]]
assert not same(ours, along_moved) and not same(ours, [right[0], stepped([right[0], before[1]], single, 0.1)[1]]), (
    "The rows of `outputs` moved by a centre that had already moved; compute all gradients first."
)
along_moved = [before[0].clone(), right[1]]
along_moved[0][2] += (moves[1] / before[0][2])[:, 0] @ right[1]
assert not same(ours, along_moved) and not same(ours, [stepped([before[0], right[1]], single, 0.1)[0], right[1]]), (
    "The centre moved by rows of `outputs` that had already moved; compute all gradients first."
)
one_table = [before[0], before[0]]  # all vectors from `inputs`
to_true = stepped(one_table, single, 0.1)[1] - before[0]
assert not torch.allclose(ours[1], before[1] + to_true, atol=1e-4), (
    "The scores were computed within one table; true and drawn words' vectors are rows of `outputs`."
)
assert same(ours, right), "After one pair with two drawn words the rows are wrong."
_, slow, right = moved(single, 0.02)
assert not same(slow, ours), "With another rate the step is another; use the rate given."
assert same(slow, right), "With a rate of 0.02 the rows are wrong."
double = (torch.tensor([2, 2]), torch.tensor([3, 3]), torch.tensor([[4, 4], [4, 6]]))
before, ours, right = moved(double, 0.1)
halves = stepped(before, double, 0.05)
assert not same(ours, halves), "The steps of a batch were averaged; each pair takes its whole step."
assert not (same(ours[:1], halves[:1]) and torch.allclose(ours[1][6], right[1][6], atol=1e-4)), (
    "A row that the batch names twice took the mean of its steps; it takes their sum."
)
in_turn = before
for p in range(2):
    in_turn = stepped(in_turn, [ids[p : p + 1] for ids in double], 0.1)
assert not same(ours, in_turn), (
    "The second pair saw rows that the first had moved; compute all gradients of the batch first."
)
assert not same(ours, stepped(before, [ids[:1] for ids in double], 0.1)), (
    "Only the first pair of the batch took a step; each of them does."
)
alone = [stepped(before, [ids[p : p + 1] for ids in double], 0.1)[0][2] for p in range(2)]
assert not any(torch.allclose(ours[0][2], row, atol=1e-4) for row in alone), (
    "A row that the batch names twice took one step only; `table[ids] -= …` keeps the last."
)
sets = before
for batch in ((double[0][:1], double[1][:1], torch.tensor([[4]])), [ids[1:] for ids in double]):
    sets = [a + b - c for a, b, c in zip(sets, stepped(before, batch, 0.1), before)]
assert not same(ours, sets), "A word that was drawn twice for a pair counted once; each draw is a step of its own."
assert same(ours, right), "Two pairs that name the same rows: a row moves by the sum of its gradients."
ours, right = list(tables(1, 11, 5)), list(tables(1, 11, 5))
for _ in range(2):
    train_step(*ours, *(ids.clone() for ids in single), 0.1)
    right = stepped(right, single, 0.1)
assert same([table.detach() for table in ours], right), (
    "The second step is wrong: the first one's gradients were added again; clear `.grad`."
)
given = [torch.tensor([2, 1]), torch.tensor([3, 0]), torch.tensor([[5, 4], [6, 1]])]
batch = [ids.clone() for ids in given]
train_step(*tables(1, 11, 5), *batch, 0.1)
assert all(torch.equal(a, b) for a, b in zip(given, batch)), "The batch's ids were changed; they belong to the caller."
meets = (torch.tensor([2]), torch.tensor([3]), torch.tensor([[3, 5]]))
before, ours, right = moved(meets, 0.1)
left_out = stepped(before, (*meets[:2], torch.tensor([[5]])), 0.1)
assert not same(ours, left_out), (
    "Word 3 is true and drawn at once: it gets both gradients; nothing is left out here."
)
assert same(ours, right), "A drawn word that is the true one: the rows are wrong."
meets = (torch.tensor([2]), torch.tensor([3]), torch.tensor([[2, 5]]))
before, ours, right = moved(meets, 0.1)
left_out = stepped(before, (*meets[:2], torch.tensor([[5]])), 0.1)
assert not same(ours, left_out), (
    "Word 2 is the centre and drawn at once: its row of `outputs` is pushed away like any other."
)
assert same(ours, right), "A drawn word that is the centre: the rows are wrong."
zero = (torch.tensor([2]), torch.tensor([3]), torch.tensor([[0, 5]]))
before, ours, right = moved(zero, 0.1)
left_out = stepped(before, (*zero[:2], torch.tensor([[5]])), 0.1)
assert not same(ours, left_out), "Word 0 was drawn and did not move; 0 is a word's id, and no padding."
assert same(ours, right), "With word 0 among the drawn ones the rows are wrong."
_, ours, right = moved(double, 0.1, size=30.0)
assert not any(table.isnan().any() for table in ours), (
    "Scores of some hundred gave nan: e^s is infinite there, and ∞/∞ no number; take torch.sigmoid."
)
assert same(ours, right), "With scores of some hundred the step is wrong: no score and no gradient is cut off."
before, ours, _ = moved(double, 0.1)
print(f"one step lowers the loss from {batch_loss(*before, *double):.3f} to {batch_loss(*ours, *double):.3f}")
### BEGIN HIDDEN TESTS
draw = torch.Generator().manual_seed(20240513)
for n_pairs, n_noise, vocab_size, d_model, rate in ((1, 1, 2, 1, 0.5), (17, 5, 7, 3, 0.05), (31, 2, 101, 13, 0.2)):
    batch = (
        torch.randint(vocab_size, (n_pairs,), generator=draw),
        torch.randint(vocab_size, (n_pairs,), generator=draw),
        torch.randint(vocab_size, (n_pairs, n_noise), generator=draw),
    )
    before, ours, right = moved(batch, rate, n_pairs, vocab_size, d_model)
    for name, got, due in zip(("inputs", "outputs"), ours, right):
        torch.testing.assert_close(
            got, due, rtol=1e-3, atol=1e-4, msg=f"With P={n_pairs} and V={vocab_size}, `{name}` is wrong."
        )
### END HIDDEN TESTS

# %% [markdown]
# ## Task 7: An analogy (9 minutes, 3 points)
#
# Which word is to c as b is to a?
# If the step from a to b were a fixed vector, the answer would lie near b − a + c.
# All vectors are brought to length 1 first, so that no word counts more than another for being long.
# The three words of the question are never the answer: without this rule the answer is c or b most of the time.

# %% nbgrader={"grade": false, "grade_id": "analogy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def analogy(vectors: torch.Tensor, a: int, b: int, c: int) -> int:
    """Answer "a is to b as c is to …" with a row's number (3CosAdd).

    Let u_w be row w divided by its length. The answer is the row x, none of a, b and c, for which
    u_x · (u_b - u_a + u_c) is largest.
    Shapes: vectors (V, D), no row all zeros.
    """
    ### BEGIN SOLUTION
    unit = vectors / vectors.norm(dim=1, keepdim=True)
    scores = unit @ (unit[b] - unit[a] + unit[c])
    scores[[a, b, c]] = -math.inf
    return int(scores.argmax())
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_analogy", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
vectors = torch.tensor([
    [-0.4, 0.1, 0.3], [2.8, -0.7, 4.4], [0.4, -0.1, -0.2], [0.5, -0.2, -0.3], [-6.1, -1.8, 7.6],
    [1.7, 0.1, 0.0], [3.2, -0.2, -1.4], [5.4, 2.0, -2.7], [-1.3, 0.2, -0.8], [-0.4, 0.6, -2.0],
    [-1.7, 0.5, -3.8], [0.1, 0.6, 0.9], [4.1, 2.8, 5.7],
])
before = vectors.clone()
first = analogy(vectors, 1, 2, 3)
assert torch.equal(vectors, before), "The vectors that were handed in have been changed; make new ones."
assert isinstance(first, int), "Return a Python int, the number of a row: int(scores.argmax())."
questions = (1, 2, 3), (1, 2, 9), (6, 7, 3), (5, 0, 7)
got = [analogy(vectors.clone(), *question) for question in questions]
assert got != [3, 9, 6, 0], "The answers are words of the questions, c first of all; leave a, b and c out."
assert got != [3, 7, 2, 5], (
    "The rows of a, b and c were taken out before argmax, and the numbers of the rows behind them have shifted."
)
assert got != [2, 10, 6, 0], "Some answers are a or b; all three words of the question are left out."
assert got != [6, 10, 2, 0], "Row 0 was not left out, as 0 is false in Python; it is a row like any other."
assert got != [7, 10, 5, 4], "A long vector won by its length; divide every row by its length before comparing."
assert got != [10, 10, 5, 6], "The words of the question entered with their lengths; take unit vectors there too."
assert got != [12, 0, 2, 6], "The step was taken from b to a; it leads from a to b: b − a + c."
assert got != [5, 6, 2, 12], "All three were added; a is subtracted."
assert got != [6, 10, 2, 6], "These are the words nearest to c; the step from a to b is missing."
assert got != [9, 3, 2, 8], "The nearest by distance is not the nearest by angle; compare directions."
assert got != [0, 10, 0, 2], "A row that points the other way was taken for near; keep the sign of the score."
assert got != [10, 10, 2, 8], "Cosines were multiplied and divided (3CosMul); this task adds and subtracts them."
assert got == [6, 10, 2, 8], f"Rows 6, 10, 2 and 8 are due, got {got}."
last = analogy(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [-2.0, -1.0]]), 0, 1, 2)
assert last == 3, (
    "With four words the fourth is the answer, though its score is below 0: leave a, b and c out by −inf."
)
last = analogy(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [0.0, -1.0]]), 0, 1, 2)
assert last == 3, "The score of the fourth word is below −1, as three cosines go down to −3; leave out by −inf."
twin = analogy(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [1.0, 0.1], [0.0, -1.0]]), 0, 1, 2)
assert twin != 4, "Row 3 has the same vector as c and is another word; leave out by number, not by vector."
assert twin == 3, f"Row 3 has the same vector as c and is due, got {twin}."
print("1 is to 2 as 3 is to", first)
### BEGIN HIDDEN TESTS
draw = torch.Generator().manual_seed(20240517)
for vocab_size, d_model in ((4, 2), (13, 3), (101, 7), (499, 11)):
    for _ in range(7):
        vectors = torch.randn(vocab_size, d_model, generator=draw)
        vectors *= 0.2 + 3 * torch.rand(vocab_size, 1, generator=draw)
        a, b, c = torch.randperm(vocab_size, generator=draw)[:3].tolist()
        unit = torch.nn.functional.normalize(vectors, dim=1)
        scores = unit @ (unit[b] - unit[a] + unit[c])
        scores[[a, b, c]] = -9
        got = analogy(vectors.clone(), a, b, c)
        assert got not in (a, b, c), "A word of the question is never the answer."
        assert got == int(scores.argmax()), f"With {vocab_size} words of {d_model} numbers another row is nearest."
### END HIDDEN TESTS

# %% [markdown]
# ### On real text
#
# 100,000 words of documentation, the code that you wrote, and nothing else.
# Pairs are made once; each of 3,000 steps takes 512 of them.

# %%
from collections import Counter

from course_lib.data.running_text import load_docs_text

text = load_docs_text(punctuation=False, progress=False).train
sentences, n_words = [], 0
for sentence in text[::7]:  # a part of every module
    if n_words < 100_000:
        sentences.append(sentence)
        n_words += len(sentence)
common = Counter(word for sentence in sentences for word in sentence).most_common(1500)
words = [word for word, _ in common]
place = {word: i for i, word in enumerate(words)}
counts = torch.tensor([n for _, n in common]).float()
keep, noise = keep_probability(counts, 1e-3), noise_distribution(counts)
print(f"{n_words:,} words; 'the' stays with probability {keep[place['the']]:.2f}")

# %%
torch.manual_seed(0)
pairs = []
for sentence in sentences:
    ids = [place[word] for word in sentence if word in place]
    ids = [i for i, u in zip(ids, torch.rand(len(ids)).tolist()) if u < keep[i]]
    pairs += window_pairs(ids, 4)
pairs = torch.tensor(pairs)
print(f"{len(pairs):,} pairs; the first ones:", [words[i] + "–" + words[j] for i, j in pairs[:4].tolist()])

# %% [markdown]
# **Predict, then run.**
# After training, which words will stand nearest to "minimum", to "row" and to "true"?
# Will they be words of the same meaning?

# %%
d_model, n_steps = 50, 3000
inputs = (torch.rand(len(words), d_model) - 0.5) / d_model
outputs = torch.zeros(len(words), d_model)
for step in range(n_steps):
    batch = pairs[torch.randint(len(pairs), (512,))]
    drawn = torch.multinomial(noise.float(), 512 * 5, replacement=True).view(512, 5)
    train_step(inputs, outputs, batch[:, 0], batch[:, 1], drawn, 0.1 * (1 - step / n_steps))
unit = inputs / inputs.norm(dim=1, keepdim=True)

# %%
for word in ("minimum", "row", "true", "numpy", "two"):
    cosines = unit @ unit[place[word]]
    nearest = cosines.argsort(descending=True)[1:6].tolist()
    print(f"{word:8}", ", ".join(words[i] for i in nearest))
cosines = unit @ unit[place["minimum"]]
rank = int((cosines > cosines[place["maximum"]]).sum())
print(f"from minimum, maximum is neighbour {rank} of {len(words) - 1}")
assert rank <= 20, "Of 1,499 words, maximum should be among the nearest twenty of minimum."

# %% [markdown]
# If "maximum" stands near the top, everything you wrote works together: nobody told the vectors what either word means.
# And notice what they learnt: "minimum" and "maximum" are opposites, yet they stand in the same places of a sentence, and that is all that the pairs tell.

# %%
a, b, c = (place[word] for word in ("value", "values", "column"))
print("value is to values as column is to", words[analogy(inputs, a, b, c)])

# %% [markdown]
# Is the answer "columns"?
# With 100,000 words it may well be another word: an analogy asks for differences between neighbours, and those are learnt last.
# Chapter 4 asks some hundreds of them of vectors that read fifteen times as much.
