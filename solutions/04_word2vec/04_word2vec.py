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
# Before you hand in, restart the kernel and run all cells.

# %%
# COURSE-SETUP

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math

import torch

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
    A pair that occurs twice is listed twice.
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
got = [tuple(pair) for pair in window_pairs([7, 3, 5, 9], 1)]
assert not {(0, 1), (1, 0)} & set(got), "These are places; a pair holds the ids that stand there."
assert (7, 7) not in got, "A word was paired with its own place; leave out j = i."
assert (7, 9) not in got, "At the start the window wrapped round to the end; stop at place 0."
assert (7, 3) in got, "The furthest word on the right is missing; range stops before its end."
assert (3, 7) in got, "Words on one side only; a window reaches to the left and to the right."
assert got == [(7, 3), (3, 7), (3, 5), (5, 3), (5, 9), (9, 5)], f"'7 3 5 9' gave {got}."
got = [tuple(pair) for pair in window_pairs([1, 2, 1, 2], 2)]
assert (1, 1) in got, "A word that stands twice in a window pairs with itself; compare places."
assert got.count((1, 2)) == 3, "A pair that occurs twice is listed twice; the counts are what is learnt."
assert got[:5] == [(1, 2), (1, 1), (2, 1), (2, 1), (2, 2)], "Centres, and neighbours, from left to right."
got = [tuple(pair) for pair in window_pairs([1, 2, 3, 4], 2)]
assert got == [
    (1, 2), (1, 3), (2, 1), (2, 3), (2, 4), (3, 1), (3, 2), (3, 4), (4, 2), (4, 3)
], f"'1 2 3 4' with window 2 gave {got}: neighbours come from left to right, not nearest first."
print("the pairs of 7 3 5 9:", window_pairs([7, 3, 5, 9], 1))
### BEGIN HIDDEN TESTS
import random

draw = random.Random(20240501)
for n, window in ((0, 2), (1, 3), (2, 1), (7, 2), (13, 5), (11, 17)):
    ids = [draw.randrange(5) for _ in range(n)]
    expected = [
        (ids[i], ids[j]) for i in range(n) for j in range(n) if 1 <= abs(i - j) <= window
    ]
    got = [tuple(pair) for pair in window_pairs(list(ids), window)]
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
counts = torch.tensor([81.0, 16.0])
got = noise_distribution(counts)
assert counts.tolist() == [81, 16], "The counts that were handed in have been changed; make a new tensor."
assert got.shape == (2,), f"One probability for each word, got the shape {tuple(got.shape)}."
assert abs(got[0] - 0.5) > 1e-3, "Every word has the same share; frequent words are drawn more often."
assert abs(got[0] - 27) > 1e-3, "These do not sum to 1; divide by the sum of the powers."
assert abs(got[0] - (81 / 97) ** 0.75) > 1e-3, "Powers of shares do not sum to 1; share out after the power."
assert abs(got[0] - 81 / 97) > 1e-3, "These are the plain shares; raise the counts to the power first."
assert got[0] < 0.999, "A softmax of counts leaves nothing for the rarer word; divide powers by their sum."
assert got[0] < 81 / 97, "The rarer word got less than its share; the power ¾ gives it more."
assert abs(got[0] - 27 / 35) < 1e-4, f"81^¾ = 27 and 16^¾ = 8, so 27/35 is due, got {got[0]:.4f}."
other = noise_distribution(torch.tensor([81.0, 16.0]), power=0.5)
assert abs(other[0] - 9 / 13) < 1e-4, "With another power the shares stay; power is an argument."
few = noise_distribution(torch.tensor([16, 81, 1]))
assert abs(few[2] - 1 / 36) < 1e-4, "Rare words are drawn as well: 1^¾ of 8 + 27 + 1 is 1/36."
print("counts 81 and 16 are drawn with", [round(p.item(), 4) for p in got])
### BEGIN HIDDEN TESTS
torch.manual_seed(20240503)
for size, power in ((1, 0.75), (5, 0.75), (31, 0.5), (101, 1.0), (7, 0.0)):
    counts = torch.randint(1, 10_000, (size,))
    weights = counts.double() ** power
    got = noise_distribution(counts, power).double()
    assert got.shape == (size,), f"With {size} words the shape was {tuple(got.shape)}."
    assert abs(got.sum() - 1) < 1e-4, "The probabilities must sum to 1."
    torch.testing.assert_close(
        got, weights / weights.sum(), rtol=1e-4, atol=1e-6, msg=f"With power={power} wrong shares."
    )
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
    Shapes: counts (V,), all above 0; returns (V,).
    """
    ### BEGIN SOLUTION
    ratio = sample * counts.sum() / counts
    return (ratio.sqrt() + ratio).clamp(max=1)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_keep_probability", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
counts = torch.tensor([9000.0, 900.0, 100.0])
got = keep_probability(counts, 0.01)
assert counts[0] == 9000, "The counts that were handed in have been changed; make a new tensor."
assert got.shape == (3,), f"One probability for each word, got the shape {tuple(got.shape)}."
assert abs(got[1] - 0.5556) > 1e-3, "That is the probability of being thrown away; 1 minus it is asked."
assert abs(got[1] - 1) > 1e-3, "Rare words are thinned out and frequent ones stay; the ratio is t / f."
assert got[1] > 0.01, "f is the word's share of the text; these were computed from its count."
assert abs(got[1] - 1 / 3) > 1e-3, "That is √(t/f) of the paper; word2vec.c adds t/f to it."
assert abs(got[1] - 1 / 9) > 1e-3, "That is t/f; the root of it is missing."
assert got[2] <= 1, "A probability above 1; a rare word stays for certain, so cap at 1."
torch.testing.assert_close(
    got.double(), torch.tensor([0.11652, 0.44444, 1.0]).double(), atol=1e-4, rtol=0,
    msg="With shares 0.9, 0.09 and 0.01 and t = 0.01: 0.1165, 0.4444 and 1 are due.",
)
between = keep_probability(torch.tensor([950.0, 15.0, 35.0]), 0.01)
assert between[1] <= 1, "A word a little above the threshold got more than 1; cap every probability."
more = keep_probability(counts, 0.1)
assert abs(more[0] - 0.44444) < 1e-3, "Another threshold, another probability: t is the argument `sample`."
print("of 9000, 900 and 100 stay about", (got * torch.tensor([9000, 900, 100])).round().tolist())
### BEGIN HIDDEN TESTS
torch.manual_seed(20240507)
for size, sample in ((1, 0.1), (13, 1e-3), (101, 1e-4), (29, 1.0)):
    counts = torch.randint(1, 100_000, (size,)).double()
    ratio = sample / (counts / counts.sum())
    expected = torch.minimum(ratio.sqrt() + ratio, torch.ones(size).double())
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
    Shapes: centre (P, D); true (P, D); noise (P, K, D); returns one number (a tensor).
    """
    ### BEGIN SOLUTION
    yes = (centre * true).sum(-1)  # (P,)
    no = torch.einsum("pd,pkd->pk", centre, noise)
    logsigmoid = torch.nn.functional.logsigmoid
    return -logsigmoid(yes).sum() - logsigmoid(-no).sum()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_sgns_loss", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
centre = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
true = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
noise = torch.tensor([[[2.0, 0.0], [0.0, 3.0]], [[1.0, 1.0], [3.0, 0.0]]])
got = torch.as_tensor(sgns_loss(centre, true, noise))
assert got.numel() == 1, f"One number for all pairs, got the shape {tuple(got.shape)}."
got = float(got)
assert got > 0, "The loss is below 0; it is minus the logarithms."
assert abs(got - 3.0264) > 1e-3, "Drawn words are treated as true ones; their score enters as σ(−s)."
assert abs(got - 4.2064) > 1e-3, "The drawn words were averaged; each of them counts in full."
assert abs(got - 3.5132) > 1e-3, "The pairs were averaged; this loss is a sum over pairs."
assert abs(got - 3.7616) > 1e-3, "These are probabilities of wrong answers; take minus the logarithm of the right ones."
assert abs(got - 5.1940) > 2e-3, "The score is the inner product c · o; the lengths are not divided out."
assert abs(got - 11.5221) > 1e-3, (
    "Centre p met the drawn words of another pair: (P, D) and (P, K, D) need centre.unsqueeze(1)."
)
assert abs(got - 5.6402) > 1e-3, "Each drawn word is a question of its own; take log σ before you add up."
assert abs(got - 7.0264) < 1e-3, f"Scores 0; 2, 0 and 0; 2, 0 make 7.0264, got {got:.4f}."
far = float(sgns_loss(torch.tensor([[200.0]]), torch.tensor([[-1.0]]), torch.tensor([[[0.0]]])))
assert math.isfinite(far), "A score of −200 gave no number; use logsigmoid (or softplus)."
assert far > 199, "A score of −200 costs 200 nats; a small number inside the logarithm, or a clamped score, caps the loss."
near = float(sgns_loss(torch.tensor([[200.0]]), torch.tensor([[1.0]]), torch.tensor([[[1.0]]])))
assert math.isfinite(near), "A drawn word with a score of 200 gave no number; take log σ(−s), not log(1 − σ(s))."
print(f"the loss of two pairs with two drawn words each: {got:.4f}")
### BEGIN HIDDEN TESTS
torch.manual_seed(20240509)
for n_pairs, n_noise, d_model in ((1, 1, 1), (5, 3, 7), (13, 2, 11), (2, 17, 3)):
    centre, true = torch.randn(2, n_pairs, d_model)
    noise = torch.randn(n_pairs, n_noise, d_model)
    scores = torch.cat([(centre * true).sum(-1, keepdim=True), (noise @ centre.unsqueeze(-1)).squeeze(-1)], 1)
    labels = torch.zeros(n_pairs, 1 + n_noise)
    labels[:, 0] = 1
    expected = torch.nn.functional.binary_cross_entropy_with_logits(scores, labels, reduction="sum")
    got = sgns_loss(centre, true, noise)
    torch.testing.assert_close(
        torch.as_tensor(got).float().reshape(()), expected, rtol=1e-4, atol=1e-4,
        msg=f"With P={n_pairs}, K={n_noise}, D={d_model} the loss is wrong.",
    )
for score in (-300.0, 300.0):
    got = float(sgns_loss(torch.tensor([[score]]), torch.tensor([[1.0]]), torch.tensor([[[1.0]]])))
    assert abs(got - 300) < 1, "With scores of ±300 one answer is wrong by 300 nats, the other right."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 5: The gradient by hand (15 minutes, 4 points)
#
# Let s be a score.
# The derivative of −log σ(s) is σ(s) − 1, and that of −log σ(−s) is σ(s).
# The gradient of a score c · o with respect to c is o, and with respect to o it is c.
# That is all that is needed; write it without autograd.
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
to_centre, to_true, to_noise = (g.double() for g in sgns_gradients(centre, true, noise))
shapes = [tuple(g.shape) for g in (to_centre, to_true, to_noise)]
assert shapes == [(1, 2), (1, 2), (1, 2, 2)], f"Each gradient has its argument's shape, got {shapes}."
assert abs(to_true[0, 1]) < 1e-4, "The gradient for o points along c, the other factor of the score (or the three are in another order)."
assert to_true[0, 0] < 0, "These point downhill; for a true word the factor is σ(s) − 1, below 0."
assert abs(to_true[0, 0] + 1) > 1e-3, "The factor holds the score itself; it is σ(s) − 1 or σ(s)."
assert abs(to_true[0, 0] + 0.125) > 1e-3, "A factor σ(1 − σ) too many: it cancels with the logarithm's."
assert to_noise[0, 0, 0] > 0, "A drawn word's factor is σ(s); the 1 is taken off for true words alone."
assert abs(to_centre[0, 0]) > 1e-3, "The centre's gradient lacks the drawn words; every score holds c."
assert abs(to_centre[0, 0] - 0.8808) > 1e-3, "The drawn words were averaged in the centre's gradient; add up."
for got, due in zip((to_centre, to_true, to_noise), ([1.7616, 1.0], [-0.5, 0.0], [0.8808, 0.0])):
    torch.testing.assert_close(
        got.reshape(-1)[:2], torch.tensor(due).double(), atol=1e-4, rtol=0, msg=f"{due} is due, got {got}."
    )
centre, true = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[0.0, 1.0], [0.0, 0.0]])
noise = torch.tensor([[[2.0, 0.0]] * 3, [[0.0, 0.0]] * 3])
try:
    two, _, many = (g.double() for g in sgns_gradients(centre, true, noise))
except RuntimeError:
    raise AssertionError(
        "With 2 pairs and 3 drawn words the shapes do not fit: (P, D) meets (P, K, D) as centre.unsqueeze(1)."
    ) from None
shapes = tuple(two.shape), tuple(many.shape)
assert shapes == ((2, 2), (2, 3, 2)), f"With P = 2 and K = 3 the shapes are {shapes}."
assert abs(two[0, 0] - 3 * 1.7616) < 1e-3, "Gradients were averaged over pairs or drawn words; the loss is a sum."
assert abs(many[1, 2, 1] - 0.5) < 1e-4, "A drawn word's gradient points along its own pair's centre."
print("the true word moves by 0.5, the drawn one with score 2 by", round(to_noise[0, 0, 0].item(), 4))
### BEGIN HIDDEN TESTS
torch.manual_seed(20240511)
for n_pairs, n_noise, d_model in ((1, 1, 1), (5, 3, 7), (13, 2, 11), (2, 17, 3)):
    centre, true = torch.randn(n_pairs, d_model), torch.randn(n_pairs, d_model)
    noise = torch.randn(n_pairs, n_noise, d_model)
    leaves = [x.clone().requires_grad_() for x in (centre, true, noise)]
    loss = torch.nn.functional.softplus(-(leaves[0] * leaves[1]).sum(-1)).sum()
    loss = loss + torch.nn.functional.softplus((leaves[0].unsqueeze(1) * leaves[2]).sum(-1)).sum()
    loss.backward()
    for got, leaf, name in zip(sgns_gradients(centre, true, noise), leaves, ("centre", "true", "noise")):
        torch.testing.assert_close(
            got.float(), leaf.grad, rtol=1e-4, atol=1e-5,
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


def batch_loss(inputs, outputs, centres, contexts, noise):
    c = inputs[centres]
    yes = torch.nn.functional.softplus(-(c * outputs[contexts]).sum(-1)).sum()
    return yes + torch.nn.functional.softplus((c.unsqueeze(1) * outputs[noise]).sum(-1)).sum()


def moved(batch, rate, seed=1, vocab_size=11, d_model=5):
    """The tables before, after the student's step, and after the right one."""
    before, ours, theirs = (tables(seed, vocab_size, d_model) for _ in range(3))
    train_step(*ours, *batch, rate)
    leaves = [table.requires_grad_() for table in theirs]
    batch_loss(*leaves, *batch).backward()
    return before, ours, [(table - rate * table.grad).detach() for table in leaves]


single = (torch.tensor([2]), torch.tensor([3]), torch.tensor([[4, 5]]))
before, ours, right = moved(single, 0.1)
assert not torch.equal(ours[0], before[0]), (
    "The rows of `inputs` did not move; change the given tensor (`inputs = …` makes a new one)."
)
assert not torch.equal(ours[1][3], before[1][3]), "`outputs` did not move; both tables are trained."
assert not torch.equal(ours[1][4], before[1][4]), "The drawn words' rows did not move; they are pushed away."
assert batch_loss(*ours, *single) < batch_loss(*before, *single), "The loss rose; a step goes against the gradient."
assert not torch.equal(ours[1][5], before[1][5]), "Only the first drawn word moved; each of them does."
share = (ours[0][2] - before[0][2]) / (right[0][2] - before[0][2])  # of the step that is due
assert not torch.allclose(share, torch.full((5,), 10.0), rtol=1e-3), "The step has rate 1; use the rate given."
assert not torch.allclose(share, torch.full((5,), 1 / 3), rtol=1e-3), "The loss is a sum over true and drawn words, not their mean."
assert torch.allclose(ours[0], right[0], atol=1e-4), (
    "The centre's row is wrong; true and drawn words' vectors are rows of `outputs`."
)
slow = moved(single, 0.02)
assert torch.allclose(slow[1][0], slow[2][0], atol=1e-5), "With another rate the step is another; use the rate given."
assert torch.allclose(ours[1], right[1], atol=1e-4), (
    "The rows of `outputs` moved by a centre that had already moved; compute all gradients first."
)
double = (torch.tensor([2, 2]), torch.tensor([3, 3]), torch.tensor([[4, 4], [4, 6]]))
before, ours, right = moved(double, 0.1)
assert not torch.allclose(2 * (ours[0] - before[0]), right[0] - before[0], atol=1e-4), (
    "The steps of a batch were averaged; each pair takes its whole step."
)
in_turn = list(tables(1, 11, 5))
for p in range(2):
    leaves = [table.detach().requires_grad_() for table in in_turn]
    batch_loss(*leaves, *(ids[p : p + 1] for ids in double)).backward()
    in_turn = [(table - 0.1 * table.grad).detach() for table in leaves]
assert not torch.allclose(ours[0], in_turn[0], atol=1e-5), (
    "The second pair saw rows that the first had moved; compute all gradients of the batch first."
)
assert torch.allclose(ours[0], right[0], atol=1e-4) and torch.allclose(ours[1], right[1], atol=1e-4), (
    "A row that the batch names twice took one step only; `table[ids] -= …` keeps the last."
)
ours, right = list(tables(1, 11, 5)), list(tables(1, 11, 5))
for _ in range(2):
    train_step(*ours, *single, 0.1)
    right = [table.detach().requires_grad_() for table in right]
    batch_loss(*right, *single).backward()
    right = [(table - 0.1 * table.grad).detach() for table in right]
assert torch.allclose(ours[0], right[0], atol=1e-4), (
    "The second step is wrong: the first one's gradients were added again; clear `.grad`."
)
same = (torch.tensor([2]), torch.tensor([3]), torch.tensor([[3, 5]]))
_, ours, right = moved(same, 0.1)
assert torch.allclose(ours[1], right[1], atol=1e-4), (
    "Word 3 is true and drawn at once: it gets both gradients; nothing is left out here."
)
_, ours, _ = moved(double, 0.1)
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
got = analogy(vectors, 1, 2, 3)
assert torch.equal(vectors, before), "The vectors that were handed in have been changed; make new ones."
assert isinstance(got, int), "Return a Python int, the number of a row: int(scores.argmax())."
assert got != 3, (
    "The answer is c itself: leave the words of the question out. (Or their rows were taken out "
    "before argmax, and the numbers of the others have shifted.)"
)
assert got != 2, "The answer is b; all three words of the question are left out."
assert got != 7, "A long vector won by its length; divide every row by its length before comparing."
assert got != 10, "The words of the question entered with their lengths; take unit vectors there too."
assert got != 12, "The step was taken from b to a; it leads from a to b: b − a + c."
assert got != 5, "All three were added; a is subtracted."
assert got != 9, "The nearest by distance is not the nearest by angle; compare directions."
assert got == 6, f"Row 6 is due, got {got}."
last = analogy(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [0.0, -1.0]]), 0, 1, 2)
assert last == 3, "With four words the fourth is the answer, though its score is below 0: leave a, b and c out by −inf."
print("1 is to 2 as 3 is to", got)
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
