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
# # Exercise 10: Positional encoding
#
# Attention does not know the order of its words.
# Shuffle them, and the same vectors come out, shuffled.
# There are three places at which a model can be told where a word stands: a vector that is added to the word, a number that is added to a score, and a turn of queries and keys.
# In this exercise you write all three, in the five forms that published models have.
# At the end you let a text be read in one go and then word by word, and a picture shows whether the second half knows where it stands.
#
# Read [chapter 10](../../book/10_positional.md) first.
# There are seven tasks, 20 points, and about 82 minutes of work.
#
# **How it goes.** A cell with `raise NotImplementedError` is yours: put your code in that line's place.
# The cell below it checks your answer at once and says what it saw.
# When you hand in, the same cell runs further tests, on other sizes and other numbers.
# Before you hand in, restart the kernel and run all cells.
#
# The axes have the book's letters: B texts in a batch, T places of queries, S places of keys, D numbers a vector, H heads, K numbers a head.
# Places count from 0.

# %%
# COURSE-SETUP

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math

import torch

from course_lib.grading.helpers import gradients

torch.set_num_threads(1)  # enough for these sizes


def near(got, due, by=1e-3):
    """Say whether two numbers, or two rows of numbers, are the same but for rounding."""
    pairs = zip(got, due, strict=True) if isinstance(due, list) else [(got, due)]
    return all(abs(g - d) < by for g, d in pairs)

# %% [markdown]
# First see the problem.
# A layer of attention reads *dog bites man* and *man bites dog*, without any places.
# **Predict, then run:** which words get the same vector in both?

# %%
from course_lib.layers.attention import MultiHeadAttention

torch.manual_seed(10)
dog, bites, man = torch.randn(3, 8)
attention = MultiHeadAttention(8, 2)
one = attention(torch.stack([dog, bites, man])[None])[0]
other = attention(torch.stack([man, bites, dog])[None])[0]
for word, a, b in (("dog", 0, 2), ("bites", 1, 1), ("man", 2, 0)):
    print(f"{word:6} the same in both: {torch.allclose(one[a], other[b], atol=1e-6)}")

# %% [markdown]
# All three do.
# Who bites whom is lost.
#
# ## Task 1: A vector for each place (8 minutes, 2 points)
#
# The first remedy: each place has a vector of its own, in a table that is learned like the table of words.
# Word and place are added, once, before the first block.
# The words' vectors are multiplied by √D first, as in the Transformer of 2017, so that the place does not drown the word.
#
# A model that writes reads one new word at a time, and keeps what it has of the others.
# Then the first word of a call does not stand at place 0; `start` says where.
# And a table has an end: a place without a vector is an error, and so is a place below 0.
#
# `block` stands for everything that comes next: something to call that takes and gives (B, T, D).
# A gradient reaches both tables, and their type is kept.

# %% nbgrader={"grade": false, "grade_id": "hidden_states", "locked": false, "schema_version": 3, "solution": true, "task": false}
def hidden_states(input_ids: torch.Tensor, words: torch.Tensor, places: torch.Tensor, block, start: int = 0) -> torch.Tensor:
    """Return what a block makes of words that know their places: block(x).

    x_t = √D · words[id_t] + places[start + t]
    Shapes: input_ids (B, T) whole numbers, words (V, D), places (max_len, D); returns (B, T, D).
    Raises: ValueError where one of the places start … start + T − 1 has no vector.
    """
    ### BEGIN SOLUTION
    T, D = input_ids.shape[1], words.shape[1]
    if start < 0 or start + T > len(places):
        raise ValueError(f"places 0 to {len(places) - 1} have vectors, received {start} to {start + T - 1}")
    return block(words[input_ids] * math.sqrt(D) + places[start : start + T])
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_hidden_states", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch
from torch import nn


def times_three(x):
    return 3 * x


def tables(dtype=torch.float32):
    """Give four words and five places of D = 4 numbers; the first numbers tell them apart."""
    rest = torch.arange(1.0, 4)
    of_words = [torch.cat([torch.tensor([n]), n * rest]) for n in (1.0, 2, 3, 7)]
    of_places = [torch.cat([torch.tensor([n]), n + rest]) for n in (10.0, 21, 33, 46, 60)]
    return torch.stack(of_words).to(dtype), torch.stack(of_places).to(dtype)


words, places = tables()
ids = torch.tensor([[3, 0, 1], [0, 2, 1]])
got = hidden_states(ids, words, places, times_three)
assert all(torch.equal(*both) for both in zip((words, places), tables())), (
    "A table was changed; the next call reads it too. Scale what you have looked up."
)
assert got.shape != (2, 3, 8), "Word and place were put side by side, and the vectors have become twice as wide; add them."
assert got.shape == (2, 3, 4), f"Expected the shape (2, 3, 4), got {tuple(got.shape)}."
first, second, below = got[0, 0, 0].item(), got[0, 1, 0].item(), got[1, 0, 0].item()
# √4 · 7 + 10 is 24, and the block makes 72 of it
assert first != 24, "These are the vectors that enter the block; call it."
assert first != 52, "The place was added to what leaves the block; inside it nothing knew the order. Add it before."
assert first != 82, "The place was added twice, before the block and behind it; once, before, is enough."
assert first != 51, "The word's vector was not multiplied by √D."
assert first != 102, "The sum was multiplied by √D; the root belongs to the word alone."
assert first != 40.5, "The word's vector was divided by √D; that is what scores need. Multiply."
assert first != 114, "The factor of the word is D here; it is the root of D."
assert first != 105, "The first word got the vector of place 1; places begin at 0."
assert first != 180, "The place was looked up with the word's id; it depends on where the word stands, not on which it is."
assert first != 420, "Word and place were multiplied; they are added."
assert first != 141, "Places were counted from the text's end; the first word has the first place."
assert (first, second, below) != (72, 36, 69), (
    "All words of a text got the same place, the number of the text in the batch; places run along axis 1."
)
assert (first, second, below) != (72, 36, 36), "All words got the vector of the first place; each has its own."
assert (first, second, below) == (72, 69, 36), f"72, 69 and, in the second text, 36 are due, got {first, second, below}."
try:
    got = hidden_states(ids, words, places, times_three, 2)[0, :, 0].tolist()
except ValueError:
    raise AssertionError("A text that fills the table to its last row was refused; the last word stands at start + T − 1.") from None
assert not near(got, [72, 69, 111]), "start has no effect: a continuation was read as if it were the beginning."
assert not near(got, [141, 105, 111]), "The rows were cut as places[start:T], which ends at T; T rows from start end at start + T."
assert near(got, [141, 144, 192]), f"From place 2 on 141, 144, 192 are due, got {got}."
try:
    got = hidden_states(ids, words, places, times_three, 3)[0, :, 0].tolist()
except ValueError:
    pass
except (RuntimeError, IndexError):
    raise AssertionError("A text that runs over the table's end must raise a ValueError; a slice is cut short without complaint.") from None
else:
    assert not near(got, [180, 186, 192]), "Words beyond the table all got its last row; raise a ValueError."
    assert not near(got, [180, 186, 42]), "Beyond the table the places began again at 0; raise a ValueError."
    raise AssertionError(f"Place 5 has no vector, and no ValueError came; got {got}.")
try:
    hidden_states(ids, words, places, times_three, -1)
except ValueError:
    pass
else:
    raise AssertionError("A start below 0 was accepted, and row −1 is the table's last; raise a ValueError.")
wide = hidden_states(ids, *tables(torch.float64), times_three).dtype
assert wide != torch.float32, "The tables are float64, and what enters the block is float32; keep their type."
assert wide == torch.float64, f"The tables are float64, and {wide} came out."
network = nn.Linear(4, 4, bias=False)
network.load_state_dict({"weight": 3 * torch.eye(4)})
try:
    to_words, to_places = gradients(lambda w, p: hidden_states(ids, w, p, network, 1), words, places)
except TypeError:
    raise AssertionError("No gradient comes back to the tables.") from None
assert to_places is not None, "The places get no gradient (detach, .data), and a learned table stays what it was drawn as."
assert to_words is not None and near(to_words[:, 0].tolist(), [12, 12, 6, 6]), "The gradient of the words is wrong."
assert near(to_places[:, 0].tolist(), [0, 6, 6, 6, 0]), f"The gradient of the places is wrong: {to_places[:, 0].tolist()}."
print("the first numbers:", hidden_states(ids, words, places, times_three)[0, :, 0].tolist())
### BEGIN HIDDEN TESTS
torch.manual_seed(20261003)
for b, t, d, n_words, n_places, at in ((1, 1, 3, 2, 1, 0), (2, 5, 7, 11, 13, 0), (3, 7, 5, 13, 11, 4), (5, 3, 2, 7, 17, 11)):
    w, p = torch.randn(n_words, d), torch.randn(n_places, d)
    given = torch.randint(0, n_words, (b, t))
    due = torch.stack([torch.stack([w[i] * d**0.5 + p[at + j] for j, i in enumerate(row)]) for row in given.tolist()])
    got = hidden_states(given, w, p, torch.sin, at)
    torch.testing.assert_close(got, due.sin(), rtol=1e-4, atol=1e-5, msg=f"Wrong with B, T, D = {b, t, d} from place {at}.")
    for beyond in (n_places - t + 1, n_places, n_places + 3, -1, -t):
        try:
            hidden_states(given, w, p, times_three, beyond)
        except ValueError:
            continue
        raise AssertionError(f"{t} words from place {beyond} on, {n_places} places in the table: raise a ValueError.")
### END HIDDEN TESTS

# %%
# The library's table: course_lib.layers.positional.LearnedPositions
from course_lib.layers import positional

layer, table = positional.LearnedPositions(11, 8), torch.randn(5, 8)
ids = torch.tensor([[0, 4, 2]])
theirs = attention(layer(table[ids] * 8**0.5, start=3))
ours = hidden_states(ids, table, layer.weight, attention, 3)
print("the same numbers:", torch.allclose(ours, theirs, atol=1e-6))

# %% [markdown]
# ## Task 2: Sines and cosines (15 minutes, 4 points)
#
# A learned table ends, and tells nothing of places that training never saw.
# The Transformer of 2017 has a table that is computed: D / 2 hands of a clock, the first fast, each slower than the one before.
# Of each hand the table holds the two coordinates of its tip, first the sine, then the cosine.
#
# Places go up to some thousands, and the angles with them: compute these in 32 bits or more.
# The table comes out as float32, as the words' vectors are.
#
# Why both, sine and cosine?
# Because then a shift by n places is a *rotation* of each pair, the same wherever it starts.
# One matrix takes every place to the place n further on, and a model can learn that matrix: "three words back" has one meaning.
#
# **Predict before you write:** in the rotation of a pair (sin, cos), where does the minus stand?
# Use sin(a + b) = sin a cos b + cos a sin b and cos(a + b) = cos a cos b − sin a sin b.

# %% nbgrader={"grade": false, "grade_id": "sinusoids", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sinusoids(max_len: int, d_model: int) -> torch.Tensor:
    """Return the table of places 0 … max_len − 1.

    table[p, 2i] = sin(p ω_i),   table[p, 2i + 1] = cos(p ω_i);   ω_i = 10000^(−2i / D),   i = 0 … D/2 − 1
    Shapes: returns (max_len, D), float32.
    Raises: ValueError for an odd d_model, whose last sine would have no cosine.
    """
    ### BEGIN SOLUTION
    if d_model % 2:
        raise ValueError(f"d_model must be even, received {d_model}")
    speeds = 10_000.0 ** (-torch.arange(0, d_model, 2).double() / d_model)
    angles = torch.arange(max_len).double()[:, None] * speeds  # (max_len, D / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float()
    ### END SOLUTION


def shift_matrix(shift: int, d_model: int) -> torch.Tensor:
    """Return the matrix R with table[p + shift] = R @ table[p] for every place p.

    shift: any whole number; below 0 it goes back. d_model: even.
    Shapes: returns (D, D).
    """
    ### BEGIN SOLUTION
    matrix = torch.zeros(d_model, d_model)
    for i in range(0, d_model, 2):
        angle = shift * 10_000.0 ** (-i / d_model)
        cos, sin = math.cos(angle), math.sin(angle)
        matrix[i : i + 2, i : i + 2] = torch.tensor([[cos, sin], [-sin, cos]])
    return matrix
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_sinusoids", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
import math

import torch

table = sinusoids(7, 6)
assert table.shape != (6, 7), "There is a row for each number; a row for each place is due, (max_len, D)."
assert table.shape == (7, 6), f"Expected the shape (7, 6), got {tuple(table.shape)}."
assert table.dtype != torch.float64, "The table is float64; compute in it if you like, and give float32, as words' vectors are."
assert table.dtype == torch.float32, f"Expected float32, got {table.dtype}."
row = [round(v, 4) for v in table[2].tolist()]  # speeds 1, 0.0464 and 0.00215
assert not near(row[:3], [0.9093, 0.0927, 0.0043]), "All sines stand before all cosines; they take turns, a pair for each speed."
assert not near(row[:3], [-0.4161, 0.9093, 0.9957]), "Each pair begins with the cosine; the sine comes first."
assert not near(row[:3], [0.9093, 0.9086, 0.0927], 2e-4), (
    "A sine and its cosine have two speeds; the pair shares one, so that it is a point on a circle."
)
assert not near(row[:3], [0.9093, 0.9093, 0.0927], 2e-4), "Both numbers of a pair are sines; the second is the cosine."
assert not near(row[:3], [0.9093, -0.4161, 0.4177]), "The exponent is i / D here; it is 2i / D, from 0 to nearly 1."
assert not near(row[:3], [0.9093, -0.4161, 0.0043]), "The exponent was doubled twice: arange(0, D, 2) counts 2i already."
assert not near(row[:3], [0.9093, -0.4161, 0.0200]), (
    "The speeds end at exactly 1 / 10,000, as in the authors' code, which divides by D / 2 − 1; the paper's formula divides by D / 2."
)
assert not near(row[:3], [0.9093, -0.4161, -0.7793]), "The second pair is faster than the first; the exponent is negative."
assert not near(row[:3], [0.9093, -0.4161, 0.1987]), "The base is 1000 here; it is 10,000."
assert not near(row[:3], [0.9093, -0.4161, 0.9905]), "The speeds are powers of e; the factor ln 10000 is missing in the exponent."
assert not near(row[:3], [0.9093, -0.4161, 0.5031]), (
    "exp(4) is 55; the logarithm that belongs to exp is the natural one, ln 10000 = 9.21."
)
assert not near(row[:3], [0, 1, 0.0001], 2e-4), "2i / D was multiplied; it is an exponent of 10,000, and the first speed is 1."
assert not near(row[:3], [0.0927, 0.9957, 0.0043]), "The fastest pair is missing: i begins at 0, where the speed is 1."
assert not near(row[:3], [0.0349, 0.9994, 0.0016], 2e-4), "The angles were taken for degrees; sin and cos take radians."
assert not near(row[:3], [0, 1, 0.5508]), (
    "The angles were multiplied by 2π, and the first hand is at 0 at every place; the angle is p · ω."
)
assert not near(row[:3], [0.1411, -0.9900, 0.1388]), "The table begins with place 1; place 0 is 0, 1, 0, 1 and so on."
assert not near(row[:3], [0.2817, 0.9595, 0.0133]), "The places were divided by max_len; a row may not depend on the table's length."
assert near(row, [0.9093, -0.4161, 0.0927, 0.9957, 0.0043, 1]), (
    f"Place 2 is 0.9093, −0.4161, 0.0927, 0.9957, 0.0043, 1.0000, got {row}."
)
far = sinusoids(2050, 6)[2048:].tolist()
assert not near(far[0], far[1]), (
    "Far places come in pairs: 16 bits cannot count beyond 2048. Compute the angles in 32 bits or more."
)
try:
    sinusoids(3, 5)
except ValueError:
    pass
else:
    raise AssertionError("An odd d_model was accepted; its last sine would have no cosine. Raise a ValueError.")
turn = shift_matrix(3, 4)  # three places turn the pairs by 3 and 0.03
assert turn.shape != (2, 2, 2), "These are the blocks in a stack; they belong on the diagonal of a D × D matrix."
assert turn.shape == (4, 4), f"Expected the shape (4, 4), got {tuple(turn.shape)}."
turn = turn.double()
c, s = math.cos(3), math.sin(3)
fast, slow = turn[:2].flatten().tolist(), turn[2:].flatten().tolist()
assert not near(fast, [c, -s, 0, 0, s, c, 0, 0]), (
    "This matrix goes back by shift; for a pair (sin, cos) the minus stands at the other sine."
)
assert not near(turn[0].tolist(), [c, 0, s, 0]), (
    "The blocks turn numbers i and i + D / 2; in this table the pairs stand side by side."
)
assert not near(turn[0].tolist(), [0, 1, 0, 0]), "The numbers of a vector were moved along; a shift turns each pair where it stands."
assert not near(fast, [c, s, 0, 0, s, c, 0, 0]), "There is no minus in the blocks, and lengths change; a rotation has one."
assert not near(fast, [s, c, 0, 0, c, -s, 0, 0]), (
    "Sines stand on the diagonal, and a shift by 0 would change everything; cosines do."
)
assert not near(slow, [0, 0, c, s, 0, 0, -s, c]), "All pairs were turned by the same angle; each has its own speed."


def place(p):
    return [math.sin(p), math.cos(p), math.sin(p / 100), math.cos(p / 100)]


def moved(p):
    return (turn @ torch.tensor(place(p), dtype=torch.float64)).tolist()


assert not near(moved(0), place(3)) or near(moved(5), place(8)), (
    "The shift is right from place 0 alone; the same matrix has to work from every place."
)
assert near(moved(0), place(3)) and near(moved(5), place(8)), f"From place 5 the shift should lead to place 8, got {moved(5)}."
back = shift_matrix(-3, 4).double()
assert not near(back.flatten().tolist(), turn.flatten().tolist()), "A negative shift went forward; it goes back."
assert near(back.flatten().tolist(), turn.T.flatten().tolist()), "A shift by −3 undoes a shift by 3: its matrix is the transposed one."
print("place 2:", row)
### BEGIN HIDDEN TESTS
def reference_row(p, d):
    """The same by another road: number by number, in Python."""
    angles = [p / 10_000 ** (2 * (j // 2) / d) for j in range(d)]
    return [math.cos(a) if j % 2 else math.sin(a) for j, a in enumerate(angles)]


for n, d in ((1, 2), (5, 4), (13, 10), (11, 26), (101, 6), (5003, 14)):
    got = sinusoids(n, d)
    assert got.shape == (n, d) and got.dtype == torch.float32, f"Expected float32 of the shape {n, d}."
    for p in {0, 1, n // 2, n - 1} - {n}:
        assert near(got[p].tolist(), reference_row(p, d), 3e-3), f"Place {p} is wrong with max_len={n}, D={d}."
for d in (1, 7):
    try:
        sinusoids(2, d)
    except ValueError:
        continue
    raise AssertionError(f"d_model={d} must raise a ValueError.")
for d in (2, 6, 10, 26):
    for shift in (0, 1, -1, 7, -13, 113):
        matrix = shift_matrix(shift, d).double()
        assert matrix.shape == (d, d), f"Expected the shape {d, d}."
        for p in (0, 3, 29, 211):
            due = torch.tensor(reference_row(p + shift, d), dtype=torch.float64)
            got = matrix @ torch.tensor(reference_row(p, d), dtype=torch.float64)
            torch.testing.assert_close(got, due, rtol=0, atol=1e-4, msg=f"A shift by {shift} from place {p} is wrong with D={d}.")
        eye = torch.eye(d, dtype=torch.float64)
        torch.testing.assert_close(matrix @ matrix.T, eye, rtol=0, atol=1e-4, msg="A rotation keeps lengths.")
### END HIDDEN TESTS

# %%
# The library's table: course_lib.layers.positional.sinusoidal
print("the same numbers:", torch.allclose(sinusoids(101, 14), positional.sinusoidal(101, 14), atol=1e-5))
table = sinusoids(101, 14)
for p in (0, 5, 50):
    print(f"place {p:2} · place {p + 3:2} = {table[p] @ table[p + 3]:.4f}")

# %% [markdown]
# The product of two rows depends on their distance alone, since both are turned alike.
#
# ## Task 3: T5's buckets (13 minutes, 3 points)
#
# A second remedy leaves the words' vectors alone.
# Who looks at whom is decided by scores, so a number that depends on the *distance* is added to each score.
# T5 learns these numbers, one a head and *bucket*.
# Near distances have a bucket each; the farther away, the more distances share one.
#
# What comes in is the place of the key minus the place of the query: −2 is a key two words back.
# With `bidirectional` each side has N = n_buckets // 2 buckets, and keys ahead have the upper half: N is added to theirs.
# Without it N = n_buckets, and all keys ahead are in bucket 0, as distance 0 is.
#
# Of the N buckets the first E = N // 2 hold one distance each.
# From E on it goes by the logarithm, up to max_distance, and the last bucket takes all that is farther.

# %% nbgrader={"grade": false, "grade_id": "relative_buckets", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relative_buckets(
    relative_position: torch.Tensor, bidirectional: bool = True, n_buckets: int = 32, max_distance: int = 128
) -> torch.Tensor:
    """Return the bucket of each distance.

    d < E: bucket d.   d ≥ E: bucket E + ⌊ ln(d / E) / ln(max_distance / E) · (N − E) ⌋, at most N − 1.
    relative_position: key place minus query place; whole numbers of any shape.
    bidirectional: N = n_buckets // 2, d = |r|, and N more for keys ahead (r > 0).
        Without it N = n_buckets, and d = 0 for keys ahead.
    Shapes: returns the same shape, int64, to be used as an index.
    """
    ### BEGIN SOLUTION
    per_side = n_buckets // 2 if bidirectional else n_buckets
    n_exact = per_side // 2
    if bidirectional:
        first, distance = (relative_position > 0).long() * per_side, relative_position.abs()
    else:
        first, distance = 0, (-relative_position).clamp(min=0)
    # the logarithm of 0 is −∞, and no index can be made of it: where d < E anything will do
    steps = torch.log(distance.clamp(min=1) / n_exact) / math.log(max_distance / n_exact)
    far = (n_exact + (steps * (per_side - n_exact)).long()).clamp(max=per_side - 1)
    return first + torch.where(distance < n_exact, distance, far)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_relative_buckets", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

behind = torch.tensor([0, -1, -3, -4, -5, -6, -9, -20, -40, -60, -999, 2, 9])
kept = behind.clone()
found = relative_buckets(behind, False, 8, 50)
assert torch.equal(behind, kept), (
    "The relative positions were changed, and the next layer needs them; abs_ and clamp_ write into their tensor."
)
assert found.shape == (13,), f"Expected the shape (13,), got {tuple(found.shape)}."
got = [round(n) for n in found.tolist()]  # N = 8, E = 4; the far buckets begin at 4, 7.5, 14.1 and 26.6
assert got != [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 5], (
    "Keys ahead and keys behind are exchanged: a relative position is the key's place minus the query's, negative for keys behind."
)
assert got != [0, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 6, 6], (
    "bidirectional=False has no effect: half of the buckets were kept for keys ahead."
)
assert got != [0, 1, 3, 4, 4, 4, 5, 6, 7, 7, 7, 2, 5], (
    "Without bidirectional keys ahead got the buckets of keys behind; all of them are in bucket 0."
)
assert got != [0, 1, 3, 4, 5, 6, 9, 17, 23, 26, 31, 0, 0], "n_buckets and max_distance have no effect: the numbers of T5 were used."
assert got != [0, 1, 3, 4, 5, 6, 7, 7, 7, 7, 7, 0, 0], (
    "Every bucket holds one distance; only the first half of a side's does, and max_distance has to matter."
)
assert got != [0, 1, 3, 4, 4, 4, 4, 5, 7, 7, 7, 0, 0], "The far buckets are equally wide; the logarithm makes each wider than the last."
assert got != [0, 1, 3, 4, 4, 5, 7, 7, 7, 7, 7, 0, 0], (
    "The logarithm was not divided by ln(max_distance / n_exact), so that max_distance has no effect."
)
assert got != [0, 1, 3, 4, 4, 4, 4, 5, 6, 6, 7, 0, 0], (
    "The logarithm was divided by ln(max_distance); what is above n_exact counts, ln(max_distance / n_exact)."
)
assert got != [0, 1, 3, 6, 6, 6, 7, 7, 7, 7, 7, 0, 0], (
    "The logarithm of the whole distance was taken; it is that of distance / n_exact, 0 where the far buckets begin."
)
assert got != [0, 1, 3, 4, 4, 4, 5, 7, 7, 7, 7, 0, 0], (
    "Above the line stands a logarithm to base 2 and below it a natural one; take the same for both."
)
assert got != [0, 1, 3, 4, 4, 4, 5, 6, 7, 8, 12, 0, 0], (
    "Distances beyond max_distance ran out of the table; all of them are in the last bucket."
)
assert got != [0, 1, 3, 4, 4, 4, 5, 6, 7, 8, 8, 0, 0], "The farthest distances are in bucket N; a side has the buckets 0 to N − 1."
assert got != [0, 1, 3, 4, 4, 5, 5, 7, 7, 7, 7, 0, 0], "The step was rounded to the nearest; it is rounded down."
assert got != [0, 1, 3, 4, 5, 5, 6, 7, 7, 7, 7, 0, 0], "The step was rounded up; it is rounded down."
assert got != [0, 1, 3, 0, 0, 0, 1, 2, 3, 4, 7, 0, 0], "The far buckets begin again at 0; they come after the exact ones."
assert got != [0, 1, 3, 0, 0, 0, 1, 2, 3, 3, 3, 0, 0], "The far buckets lie on the exact ones, from 0 to N − E − 1; E has to be added."
assert got != [0, 1, 3, 4, 4, 5, 6, 7, 7, 7, 7, 0, 0], (
    "The logarithm was stretched over all N buckets of a side; N − n_exact are left for it."
)
assert got == [0, 1, 3, 4, 4, 4, 5, 6, 7, 7, 7, 0, 0], f"In one direction 0, 1, 3, 4, 4, 4, 5, 6, 7, 7, 7, 0, 0 are due, got {got}."
assert not found.is_floating_point(), "The buckets are floats; they are to be indices, int64."
assert found.dtype == torch.int64, f"The buckets are indices, int64, got {found.dtype}."
sides = torch.tensor([0, -2, -9, -99, 2, 9, 99])
got = relative_buckets(sides, True, 16, 50).tolist()  # N = 8 again
assert got != [0, 10, 13, 15, 2, 5, 7], "In both directions the keys behind got the upper half of the buckets; it belongs to keys ahead."
assert got != [8, 2, 5, 7, 10, 13, 15], "Distance 0 went to the upper half; it is in bucket 0, and only keys ahead go up."
assert got != [0, 2, 5, 7, 2, 5, 7], "Keys ahead and behind share their buckets; with bidirectional the upper half is for keys ahead."
assert got != [0, 2, 8, 15, 18, 24, 31], "With bidirectional each side has half of the buckets; here each has all, and the ids run over."
assert got != [0, 2, 7, 7, 10, 15, 15], "With bidirectional the exact buckets are half of all; they are half of one side's."
assert got == [0, 2, 5, 7, 10, 13, 15], f"In both directions 0, 2, 5, 7, 10, 13, 15 are due, got {got}."
try:
    got = relative_buckets(torch.arange(3) - torch.arange(2)[:, None], True, 16, 50)
except (RuntimeError, ValueError, TypeError):
    raise AssertionError("A row of positions passes and a table of them stops the function; it takes any shape.") from None
assert got.tolist() == [[0, 9, 10], [1, 0, 9]], f"For two queries and three keys [[0, 9, 10], [1, 0, 9]] is due, got {got.tolist()}."
print("one direction: ", relative_buckets(behind, False, 8, 50).tolist())
print("both:          ", relative_buckets(sides, True, 16, 50).tolist())
### BEGIN HIDDEN TESTS
def reference_bucket(r, both, n, farthest):
    """The same by another road: one number, and None where rounding decides."""
    side = n // 2 if both else n
    exact, d = side // 2, abs(r) if both else max(-r, 0)
    if d >= exact:
        step = (side - exact) * math.log(d / exact) / math.log(farthest / exact)
        if d != exact and abs(step - round(step)) < 1e-4 and round(step) < side - exact:
            return None
        d = min(exact + math.floor(step), side - 1)
    return d + side * (both and r > 0)


for n, farthest in ((32, 128), (8, 50), (22, 97), (64, 1009), (4, 7), (10, 31)):
    for both in (True, False):
        given = [*range(-61, 62), -97, -128, 130, -1009, 2003, -100_003]
        due = [reference_bucket(r, both, n, farthest) for r in given]
        got = relative_buckets(torch.tensor(given), both, n, farthest).tolist()
        wrong = [r for r, g, d in zip(given, got, due, strict=True) if d is not None and g != d]
        assert not wrong, f"{n} buckets up to {farthest}, bidirectional={both}: wrong at {wrong[:5]}."
shape = torch.randint(-50, 50, (2, 3, 5))
assert relative_buckets(shape).shape == (2, 3, 5), "The shape of what comes in is kept."
assert relative_buckets(torch.tensor([-20, 20])).tolist() == [10, 26], "By default it is 32 buckets, 128 places, both directions."
### END HIDDEN TESTS

# %%
# The library's buckets, which are those of transformers: course_lib.layers.positional
distances = torch.arange(-300, 300)
same = relative_buckets(distances) == positional.relative_buckets(distances)
print("the same buckets:", int(same.sum()), "of", len(same), "(a border may fall to the other side by rounding)")

# %% [markdown]
# ## Task 4: Turn queries and keys (12 minutes, 3 points)
#
# In task 2 a shift was a rotation.
# The third remedy takes that at its word: it adds nothing, and *turns* each query and each key by the angle of its place.
# The product of two vectors that are turned by p and by s depends on p − s alone.
# Llama, Qwen, Gemma and most models of today do it so.
#
# A head's K numbers make K / 2 pairs, and there are two customs about which belong together.
# The paper pairs neighbours, and so do Llama's own files; GPT-NeoX, and Llama as transformers keeps it, pair number i with number i + K / 2.
# Take the second, halves.
#
# `positions` says where the T vectors stand, and need not begin at 0.
# The result has the type of x.
# Angles are another matter: bfloat16 has no odd numbers above 256, so compute them in 32 bits or more, whatever x is.
# Gradients pass.

# %% nbgrader={"grade": false, "grade_id": "rotary", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rotary(x: torch.Tensor, positions: torch.Tensor, base: float = 10_000.0) -> torch.Tensor:
    """Turn pair i of the vector at place p by the angle p ω_i,   ω_i = base^(−2i / K),   i = 0 … K/2 − 1.

    y_i = x_i cos(p ω_i) − x_{i+K/2} sin(p ω_i),   y_{i+K/2} = x_{i+K/2} cos(p ω_i) + x_i sin(p ω_i)
    Shapes: x (…, T, K) with any leading axes or none, K even; positions (T,) whole numbers; returns a
    new (…, T, K).
    """
    ### BEGIN SOLUTION
    speeds = base ** (-torch.arange(0, x.shape[-1], 2).float() / x.shape[-1])
    angles = positions[:, None].float() * speeds  # (T, K / 2)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_rotary", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

x = torch.tensor([[1.0, 2, 3, 5]])
two = x.repeat(2, 1)
turned = rotary(two, torch.tensor([5, 6]), 16.0)
assert torch.equal(two, x.repeat(2, 1)), "x was changed; it belongs to the caller. Make a new tensor."
assert turned.shape == (2, 4), f"Expected the shape (2, 4), got {tuple(turned.shape)}."
due = [-1.9841, 0.7008, 2.4624, 5.3394]  # pair (1, 3) turned by 1, pair (2, 5) by 1/4
assert not near(turned[1].tolist(), due), "positions has no effect: the rows were counted from 0, and a continuation starts anew."
zero = rotary(x, torch.tensor([0]), 16.0)[0].tolist()
assert not near(zero, due), "Place 0 was turned, and places are one too far; it turns by nothing."
assert not near(zero, [1, 2, 4, 6]), "Sines and cosines were added; here pairs are turned, by products."
assert near(zero, [1, 2, 3, 5]), f"Place 0 turns by nothing: 1, 2, 3, 5 stays as it is, got {zero}."
got = rotary(x, torch.tensor([1]), 16.0)[0].tolist()
assert not near(got, [-1.1426, 1.9221, 1.6697, 5.5868]), (
    "Neighbours were turned, the paper's layout; here number i belongs to i + K/2."
)
assert not near(got, [-1.9841, -3.1267, 3.1541, 5.3394]), (
    "The pairs are halves and the angles are laid out for neighbours (repeat_interleave): each number of a pair turns by another angle."
)
assert not near(got, [-1.1426, 2.1852, -2.5864, 5.5868]), (
    "The angles are laid out for halves, and neighbours were paired: a pair has to share its angle."
)
assert not near(got, [3.0647, 3.1748, 0.7794, 4.3498]), "Everything turned the other way: the minus belongs to the first number of a pair."
assert not near(got, [-1.9841, -0.6420, 2.4624, 5.3468]), "The exponent is −i / K here; it is −2i / K."
assert not near(got, [-1.9841, 1.6838, 2.4624, 5.1152]), "The exponent was doubled once too often: arange(0, K, 2) is 2i already."
assert not near(got, [-1.9841, 1.9499, 2.4624, 5.0197]), "base has no effect: 10,000 was used."
assert not near(got, [0.2267, -3.1267, 3.1541, 4.3845]), "The slowest pair came first; pair 0 has the speed 1."
assert not near(got, [-1.9841, -3.1267, 2.4624, 4.3845]), "All pairs turned by the same angle; each pair has its own speed."
assert not near(got, [3.0647, 3.1748, 2.4624, 5.3394]), "There is no minus: that is no rotation, and the length of a vector changes."
assert not near(got, [-1.9841, 0.7008, -0.0487, 5.0179]), (
    "The second number was computed from the first one's new value; both need the old ones."
)
assert not near(got, [-1.9841, 2, 2.4624, 5]), "Only a part of the pairs was turned; all of them turn."
assert not near(got, [0.5403, 1.9378, 1.6209, 4.8446]), "Each number was multiplied by its cosine, and the partner has no part in it."
assert not near(got, [0.9475, 1.9782, 3.0170, 5.0087]), "The angles were taken for degrees, and cos and sin take radians."
longer = rotary(two, torch.tensor([1, 3]), 16.0)[0].tolist()
assert not near(got, [-0.5607, 1.3610, 3.1122, 5.2103]) or near(longer, got), (
    "A place turned by its share of the text; it turns by p times the speed, whatever the length."
)
assert near(got, due), f"At place 1, with base 16, 1, 2, 3, 5 becomes −1.9841, 0.7008, 2.4624, 5.3394, got {got}."
got = rotary(x.expand(2, 3, 4), torch.arange(3), 16.0)
assert got.shape == (2, 3, 4), f"Expected the shape (2, 3, 4), got {tuple(got.shape)}."
assert not (near(got[0, 1].tolist(), [1, 2, 3, 5]) and near(got[1, 0].tolist(), due)), (
    "With more axes the first one was taken for the places; they run along the last axis but one."
)
assert near(got[0, 1].tolist(), due) and near(got[1, 0].tolist(), [1, 2, 3, 5]), "With three axes the numbers are wrong."
half = rotary(torch.ones(2, 4, dtype=torch.bfloat16), torch.tensor([256, 257]))
assert not torch.equal(half[0], half[1]), (
    "In bfloat16 places 256 and 257 are the same number; compute the angles in float32, and cast cos and sin."
)
assert half.dtype not in (torch.float32, torch.float64), "bfloat16 came in and a wider type went out; the result has x's type."
assert half.dtype == torch.bfloat16, f"bfloat16 came in and {half.dtype} went out."
wide = rotary(x.double(), torch.tensor([1])).dtype
assert wide != torch.float32, "float64 came in and float32 went out; keep the type of x."
assert wide == torch.float64, f"float64 came in and {wide} went out."
try:
    (to_x,) = gradients(lambda x: rotary(x, torch.tensor([1]), 16.0), x, upstream=torch.tensor([[1.0, 0, 0, 0]]))
except TypeError:
    raise AssertionError("No gradient passes the rotation, and the projections before it cannot learn; no_grad, numpy and tolist cut it off.") from None
assert near(to_x[0].tolist(), [0.5403, 0, -0.8415, 0]), f"The gradient is wrong: {to_x[0].tolist()}."
print("1, 2, 3, 5 at place 1:", [round(v, 4) for v in rotary(x, torch.tensor([1]), 16.0)[0].tolist()])
### BEGIN HIDDEN TESTS
def reference_turn(x, at, base):
    """The same by another road: a pair is a complex number."""
    k = x.shape[-1]
    i = torch.arange(k // 2, dtype=torch.float64)
    angle = at.double()[:, None] * (float(base) ** (-2 * i / k))
    pair = torch.complex(x[..., : k // 2].double(), x[..., k // 2 :].double()) * torch.polar(torch.ones_like(angle), angle)
    return torch.cat([pair.real, pair.imag], dim=-1)


torch.manual_seed(20261009)
for shape, base in (((1, 2), 10_000.0), ((5, 6), 10_000.0), ((3, 7, 10), 500.0), ((2, 3, 5, 14), 10_000.0), ((2, 1, 3, 2, 6), 7.0)):
    for low, high in ((0, 30), (900, 1000)):
        x, at = torch.randn(shape), torch.randint(low, high, (shape[-2],))
        due, close = reference_turn(x, at, base), {"rtol": 1e-3, "atol": 2e-3 if high > 100 else 1e-4}
        got = rotary(x.clone(), at, base)
        torch.testing.assert_close(got.double(), due, msg=f"Wrong for {shape}, base {base}, places {at.tolist()}.", **close)
        up = torch.randn(shape, dtype=torch.float64)
        (ours,) = gradients(lambda x, at=at, base=base: rotary(x, at, base), x.double(), upstream=up)
        (theirs,) = gradients(lambda x, at=at, base=base: reference_turn(x, at, base), x.double(), upstream=up)
        torch.testing.assert_close(ours, theirs, msg=f"A wrong gradient for {shape}.", **close)
x = torch.randn(3, 6)
torch.testing.assert_close(
    rotary(x, torch.tensor([2, 2, 9])).double(), reference_turn(x, torch.tensor([2, 2, 9]), 1e4), rtol=1e-3, atol=1e-4,
    msg="Without an argument base is 10,000.",
)  # fmt: skip
### END HIDDEN TESTS

# %%
# The library's: course_lib.layers.positional.rotary
query, key, at = torch.randn(7, 16), torch.randn(7, 16), torch.arange(7)
print("the same numbers:", torch.allclose(rotary(query, at), positional.rotary(query, at), atol=1e-5))
here = rotary(query, at) @ rotary(key, at).T
there = rotary(query, at + 100) @ rotary(key, at + 100).T
print("a hundred places further on, the same scores:", torch.allclose(here, there, atol=1e-3))

# %% [markdown]
# ## Task 5: From one layout to the other (8 minutes, 2 points)
#
# Files of the same model exist in both layouts: Llama's own and GGUF's are made for neighbours, those of transformers for halves.
# Whoever loads one made for neighbours into code for halves gets no error: all shapes fit, and the model writes nonsense.
#
# But the numbers of a head come out of a projection, and the order of its *rows* is the order of the numbers.
# So the rows are brought into another order, once, and nothing else changes.
# In each head the first numbers of all pairs come first, in their order, and then the second ones.
# A projection's bias, with one axis, is reordered in the same way.

# %% nbgrader={"grade": false, "grade_id": "rows_for_halves", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rows_for_halves(weight: torch.Tensor, n_heads: int) -> torch.Tensor:
    """Bring the rows of a query's or key's projection from the layout of neighbours into that of halves.

    Rows h·K … h·K + K − 1 make the K numbers of head h. In a head
    pair i: rows 2i and 2i + 1 (neighbours)  →  rows i and i + K/2 (halves).
    Shapes: weight (H·K, D), or (H·K,) for a bias, K even; returns the same shape, a new tensor.
    """
    ### BEGIN SOLUTION
    pairs = weight.unflatten(0, (n_heads, -1, 2))  # (H, K / 2, 2, D)
    return pairs.transpose(1, 2).flatten(0, 2)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_rows_for_halves", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch

weight = (100 * torch.arange(18)[:, None] + torch.arange(6)).float()  # row 7 begins with 700, 701
kept = weight.clone()
got = rows_for_halves(weight, 3)
assert torch.equal(weight, kept), "The weight was changed in place; return a new tensor."
assert got.shape != (6, 18), "The matrix came out transposed; only the order of its rows changes."
assert got.shape == (18, 6), f"Expected the shape (18, 6), got {tuple(got.shape)}."
assert [round(v) for v in got[0].tolist()] != [0, 2, 4, 1, 3, 5], "The columns were reordered; each row makes one number of a head."
rows = [round(v / 100) for v in got[:, 0].tolist()]
assert rows != list(range(18)), "Nothing was moved; row 1 and row 2 stand where they stood."
assert rows != [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11, 12, 15, 13, 16, 14, 17], (
    "That is the way back, from halves to neighbours; the rows of the first numbers come first."
)
assert rows != [*range(0, 18, 2), *range(1, 18, 2)], (
    "The heads were taken for one: each head's rows are reordered among themselves."
)
assert rows[:6] != [1, 3, 5, 0, 2, 4], "The second numbers of the pairs came first; row 2i goes to place i, row 2i + 1 to i + K/2."
assert rows[:6] != [1, 0, 3, 2, 5, 4], "The rows of each pair were exchanged; they move apart."
assert rows != [0, 1, 2, 6, 7, 8, 12, 13, 14, 3, 4, 5, 9, 10, 11, 15, 16, 17], (
    "Heads and their numbers were exchanged: the rows of a head lie side by side, h · K to h · K + K − 1."
)
assert rows[:6] != [0, 2, 1, 3, 5, 4], "n_heads was taken for the number of rows in a head; a head has len(weight) / n_heads."
assert rows[:6] != [0, 2, 4, 5, 3, 1], "The second half is in reverse; row 2i + 1 goes to i + K/2."
assert rows[:6] != [0, 2, 4, -1, -3, -5], "A half of the rows was negated; the minus is the rotation's business, rows are only moved."
assert rows != [0, 2, 4, 1, 3, 5, *range(6, 18)], "Only the first head's rows were reordered; the others have the same order within their own."
assert rows != [0, 2, 4, 1, 3, 5] * 3, "Every head got the first head's rows; head h begins at row h · K."
assert rows == [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11, 12, 14, 16, 13, 15, 17], f"The rows came in the order {rows}."
assert torch.equal(got[1], weight[2]), "The rows are moved as they are; their numbers have changed."
try:
    bias = rows_for_halves(torch.arange(6.0), 1)
except (IndexError, RuntimeError, ValueError):
    raise AssertionError("A matrix passes and a bias, with one axis, stops the function; it has the same order of numbers.") from None
assert bias.tolist() == [0, 2, 4, 1, 3, 5], f"The bias came out as {bias.tolist()}."
print("the rows:", rows)
### BEGIN HIDDEN TESTS
torch.manual_seed(20261011)
for n_heads, k, d in ((1, 2, 3), (1, 10, 7), (3, 2, 5), (5, 6, 11), (7, 4, 2), (2, 14, 13)):
    for shape, dtype in (((n_heads * k, d), torch.float32), ((n_heads * k,), torch.float64)):
        weight = torch.randn(shape, dtype=dtype)
        got = rows_for_halves(weight.clone(), n_heads)
        assert got.shape == weight.shape and got.dtype == dtype, f"Shape and type stay as they are, {shape}, {dtype}."
        for h in range(n_heads):
            for i in range(k // 2):
                for part in (0, 1):
                    new, old = h * k + part * (k // 2) + i, h * k + 2 * i + part
                    assert torch.equal(got[new], weight[old]), f"H={n_heads}, K={k}: row {old} should be row {new}."
### END HIDDEN TESTS

# %%
# Does it work? The same scores from both layouts, with the library's rotary:
x, at = torch.randn(5, 8), torch.arange(5)
of_queries, of_keys = torch.randn(2, 12, 8)


def scores_of(query_weight, key_weight, interleaved):
    heads = [(x @ w.T).unflatten(-1, (2, 6)).transpose(0, 1) for w in (query_weight, key_weight)]
    q, k = (positional.rotary(h, at, interleaved=interleaved) for h in heads)
    return q @ k.mT


neighbours = scores_of(of_queries, of_keys, True)
halves = scores_of(rows_for_halves(of_queries, 2), rows_for_halves(of_keys, 2), False)
print("rows reordered:    ", torch.allclose(neighbours, halves, atol=1e-4))
print("rows as they were: ", torch.allclose(neighbours, scores_of(of_queries, of_keys, False), atol=1e-4))

# %% [markdown]
# ## Task 6: Far keys lose (12 minutes, 3 points)
#
# ALiBi has nothing to learn and nothing to turn.
# Each score loses in proportion to the distance between query and key, and each head has a *slope* of its own: some see near, some see far.
# A step costs the same in a text of any length: its authors wanted models that read on where their training texts ended.
#
# Where H is a power of two the slopes are 2^(−8/H), 2^(−16/H), … down to 2^(−8).
# For other numbers the authors' code takes all slopes of the next lower power n, and behind them every second one of the 2n slopes of the next higher power, beginning with its first, until there are H.
#
# With a cache there are fewer queries than keys.
# The last query stands at the last key.
# Keys ahead lose as much as keys as far behind; to hide them is a mask's business.

# %% nbgrader={"grade": false, "grade_id": "alibi_slopes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def alibi_slopes(n_heads: int) -> torch.Tensor:
    """Return how much a step costs in each head.

    H = 2^m: slopes 2^(−8/H), 2^(−2·8/H), …, 2^(−8). Other H, with n < H < 2n and n = 2^m: the n slopes of n,
    then slopes number 0, 2, 4, … of 2n, H − n of them.
    Shapes: returns (H,), floats.
    """
    ### BEGIN SOLUTION
    lower = 2 ** (n_heads.bit_length() - 1)
    slopes = [2.0 ** (-8 * (i + 1) / lower) for i in range(lower)]
    between = [2.0 ** (-4 * (i + 1) / lower) for i in range(0, 2 * lower, 2)]
    return torch.tensor(slopes + between[: n_heads - lower])
    ### END SOLUTION


def with_alibi(scores: torch.Tensor) -> torch.Tensor:
    """Return score − slope of the head · |place of the query − place of the key|.

    Key s stands at place s, query t at place S − T + t. Scores keep their type, and a gradient reaches them.
    Shapes: scores (…, H, T, S), with an axis for the batch or none, T ≤ S; returns a new (…, H, T, S).
    """
    ### BEGIN SOLUTION
    H, T, S = scores.shape[-3:]
    distance = (torch.arange(S) - torch.arange(S - T, S)[:, None]).abs()  # (T, S)
    bias = alibi_slopes(H)[:, None, None] * distance  # (H, T, S)
    return scores - bias.to(scores.dtype)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_alibi_slopes", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

four = alibi_slopes(4).tolist()
fine = 1e-4
assert len(four) == 4, f"Four heads have four slopes, got {len(four)}."
assert not near(four, [1, 1 / 4, 1 / 16, 1 / 64], fine), (
    "The first slope is 1; the exponents begin at −8/H, one step down, and end at −8."
)
assert not near(four, [1 / 2, 1 / 4, 1 / 8, 1 / 16], fine), (
    "Each slope is half of the last, whatever H is; H steps lead down to 2^(−8)."
)
assert not near(four, [0.13534, 0.01832, 0.00248, 0.00034], fine), "The slopes are powers of e; they are powers of 2."
assert not near(four, [1 / 256, 1 / 64, 1 / 16, 1 / 4], fine), "The gentlest slope came first; the first head has the steepest."
assert not near(four, [-1 / 4, -1 / 16, -1 / 64, -1 / 256], fine), (
    "The slopes are negative; they are positive, and the minus stands before slope times distance."
)
assert not near(four, [1 / 4] * 4, fine), "All heads have the same slope; the exponents are multiples of −8/H."
assert not near(four, [0.70711, 0.5, 0.35355, 0.25], fine), "The step is H/8 here; it is 8/H, so that H steps lead to 2^(−8)."
assert near(four, [1 / 4, 1 / 16, 1 / 64, 1 / 256], fine), f"Four heads have the slopes 1/4, 1/16, 1/64, 1/256, got {four}."
six = alibi_slopes(6).tolist()
assert len(six) == 6, f"Six heads have six slopes, got {len(six)}."
assert not near(six[:3], [0.39685, 0.15749, 0.0625], fine), (
    "The formula for powers of two was used for 6 heads; the authors' rule is another one there."
)
assert not near(six, [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64], fine), (
    "The slopes are the first of the next higher power's; those of the lower power come first, all of them."
)
assert not near(six, [*four, 1 / 4, 1 / 16], fine), (
    "The extra heads repeat slopes that are there; every second one of the higher power lies between them."
)
assert not near(six, [*four, 1 / 2, 1 / 4], fine), (
    "The extra slopes were taken one after the other; take every second one, the rest is there already."
)
assert not near(six, [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64, 1 / 256], fine), (
    "All slopes are there and sorted; the extra ones stand behind the others."
)
assert not near(six, [1 / 2, 1 / 8, *four], fine), "The extra slopes stand in front; they come behind those of the lower power."
assert near(six, [*four, 1 / 2, 1 / 8], fine), f"Six heads have those of four, then 1/2 and 1/8, got {six}."
scores = torch.full((1, 4, 2, 3), 5.0)
got = with_alibi(scores)
assert torch.equal(scores, torch.full((1, 4, 2, 3), 5.0)), "The scores were changed; they belong to the caller. Make a new tensor."
assert got.shape == (1, 4, 2, 3), f"Expected the shape (1, 4, 2, 3), got {tuple(got.shape)}."
near_head, next_head = got[0, 0].flatten().tolist(), got[0, 1].flatten().tolist()  # slopes 1/4 and 1/16
assert not near(near_head, [5.25, 5, 5.25, 5.5, 5.25, 5]), "The bias has the wrong sign: far keys gained; they have to lose."
assert not near(near_head, [-1.25, 0, -1.25, -2.5, -1.25, 0]), "The scores were multiplied by the bias; it is added."
assert not near(near_head, [4.75, 5, 5.25, 4.5, 4.75, 5]), "Keys ahead gained by their distance; they lose like those behind."
assert not near(near_head, [5.25, 5, 4.75, 5.5, 5.25, 5]), "Keys behind gained by their distance, and those ahead lost; both lose."
assert not near(near_head, [4.75, 5, 5, 4.5, 4.75, 5]), "Keys ahead lost nothing; they lose as much as those as far behind."
assert not near(near_head, [5, 4.75, 4.5, 4.75, 5, 4.75]), (
    "With fewer queries than keys the first query was put at key 0; the last one stands at the last key."
)
assert not near(near_head, [5, 5.25, 5.5, 5, 5.25, 5.5]), (
    "The bias grows with the key's place; a causal softmax sees no difference, others do. Take the distance."
)
assert not near(near_head, [4.75, 5, 4.75, 4, 4.75, 5]), "The distance was squared; the penalty grows in proportion to it."
assert not near(near_head, [4.5, 4.75, 4.5, 4.25, 4.5, 4.75]), "Each key lost one step too much; a place is at distance 0 from itself."
assert not near(near_head, [4.9167, 5, 4.9167, 4.8333, 4.9167, 5]), (
    "The distance was divided by the length; a step costs the same in every text."
)
assert not (near(near_head, [4.75, 5, 4.75, 4.5, 4.75, 5]) and near(next_head, near_head)), (
    "All heads got the first head's slope; each has its own."
)
assert near(near_head, [4.75, 5, 4.75, 4.5, 4.75, 5]), f"In the first head 4.75, 5, 4.75 and 4.5, 4.75, 5 are due, got {near_head}."
assert near(next_head, [4.9375, 5, 4.9375, 4.875, 4.9375, 5]), f"In the second head a step costs 1/16, got {next_head}."
try:
    alone = with_alibi(scores[0])
    alone = tuple(alone.shape) == (4, 2, 3) and torch.allclose(alone, got[0])
except (RuntimeError, IndexError):
    alone = False
assert alone, "A batch passes, and scores without one do not: the heads are the third axis from the end."
half = with_alibi(scores.bfloat16()).dtype
assert half not in (torch.float32, torch.float64), "bfloat16 scores came back in a wider type; give the bias the scores' type."
assert half == torch.bfloat16 and with_alibi(scores.double()).dtype == torch.float64, "The result has the type of the scores."
try:
    (to_scores,) = gradients(with_alibi, scores)
except TypeError:
    raise AssertionError("No gradient leaves with_alibi, and queries and keys cannot learn; no_grad, numpy and tolist cut it off.") from None
assert torch.equal(to_scores, torch.ones(1, 4, 2, 3)), "What is added to a score leaves its gradient as it is, 1."
print("4 heads:", four, " 6 heads:", six)
### BEGIN HIDDEN TESTS
def reference_slopes(n):
    """The same by another road, the authors' recursion."""
    if math.log2(n).is_integer():
        return [2 ** (-8 * (i + 1) / n) for i in range(n)]
    low = 2 ** math.floor(math.log2(n))
    return reference_slopes(low) + reference_slopes(2 * low)[::2][: n - low]


for n in (1, 2, 3, 5, 7, 8, 11, 12, 13, 16, 25, 40, 71):
    got = alibi_slopes(n)
    assert got.shape == (n,), f"{n} heads have {n} slopes."
    assert near(got.tolist(), reference_slopes(n), 1e-6), f"The slopes of {n} heads are wrong."
torch.manual_seed(20261013)
for lead, n, t, s in (((), 1, 1, 1), ((2,), 3, 5, 7), ((3,), 7, 1, 13), ((), 5, 11, 11), ((2, 3), 12, 2, 5)):
    scores = torch.randn(*lead, n, t, s, dtype=torch.float64)
    due = scores.clone()
    for h, slope in enumerate(reference_slopes(n)):
        for i in range(t):
            for j in range(s):
                due[..., h, i, j] -= slope * abs(s - t + i - j)
    got = with_alibi(scores.clone())
    torch.testing.assert_close(got, due, rtol=1e-5, atol=1e-5, msg=f"Wrong with H, T, S = {n, t, s}, in front {lead}.")
### END HIDDEN TESTS

# %%
# The library's: course_lib.layers.positional.alibi
for n in (8, 12):
    print(f"{n} heads, the same bias:", torch.allclose(with_alibi(torch.zeros(n, 5, 7)), positional.alibi(n, 5, 7)))

# %% [markdown]
# ## Task 7: Read on, word by word (11 minutes, 3 points)
#
# A model that writes keeps the keys and values of what it has read, the *cache*, and each call brings a few new words.
# So there are T queries and S ≥ T keys, and the last query stands at the last key.
#
# Here is one head of it, with rotary.
# The cache holds keys that are not turned yet.
# Turn queries and keys by their places, and the values not at all; each query sees its own place and those before it.
# The turn is given: `turn` is the library's rotary, with halves as yours has, so that no earlier slip comes back.
#
# **Predict before you write:** what is wrong with the text that a model writes if the new words are turned as if they stood at place 0?

# %% nbgrader={"grade": false, "grade_id": "the_turn", "locked": true, "schema_version": 3, "solution": false, "task": false}
from course_lib.layers.positional import rotary as turn

# %% nbgrader={"grade": false, "grade_id": "attend_onward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attend_onward(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, base: float = 10_000.0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what the last T of S places find when they look back, and their weights.

    Key s stands at place s, query t at place p = S − T + t.
    weights_ts = softmax over s ≤ p of turn(query)_t · turn(key)_s / √K, and 0 for s > p;   result = weights @ value
    Shapes: query (…, T, K), key (…, S, K), value (…, S, Z), with the same leading axes or none; returns
    (…, T, Z) and (…, T, S), of the type of query. Gradients reach all three.
    """
    ### BEGIN SOLUTION
    T, S = query.shape[-2], key.shape[-2]
    places = torch.arange(S)
    here = places[S - T :]
    scores = turn(query, here, base) @ turn(key, places, base).mT / math.sqrt(query.shape[-1])
    weights = scores.masked_fill(places > here[:, None], -math.inf).softmax(dim=-1)
    return weights @ value, weights
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_attend_onward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

query = torch.tensor([[2.0, 0], [2, 0]])  # two new words, at places 1 and 2
key = torch.tensor([[0, 1.0], [0, 2], [0, 3]])  # query p and key s: 2 s-th length · sin(p − s)
value = torch.eye(3, 4)  # so that the result shows the weights
found = attend_onward(query, key, value)
assert isinstance(found, tuple | list) and len(found) == 2, "Two things are due: the result and the weights."
assert tuple(map(tuple, (part.shape for part in found))) != ((2, 3), (2, 4)), (
    "The weights came first; the average comes first, then the weights."
)
assert found[0].shape == (2, 4) and found[1].shape == (2, 3), (
    f"Expected the shapes (2, 4) and (2, 3), got {tuple(found[0].shape)} and {tuple(found[1].shape)}."
)
got, first, second = found[0][0].tolist(), found[1][0].tolist(), found[1][1].tolist()
own, _ = attend_onward(query[:1], key[:1], value[:1])
assert not own.isnan().any(), "A query does not see its own key, and the first one sees nothing; the own place is allowed."
assert not near(first + second, [0.9153, 0.0847, 0, 0.7617, 0.2317, 0.0065]), (
    "The queries began again at place 0, and the cache forgot where they stand: the first is at S − T."
)
assert not near(second, [0.0245, 0.2627, 0.7128]), "The queries stand one place too far: the last one is at S − 1, with the last key."
assert not near(second, [0.0565, 0.2043, 0.7392]), "Only the queries were turned; the distance needs both."
assert not near(second, [0.8979, 0.0831, 0.0190]), "Only the keys were turned; the distance needs both."
assert not near(second, [0.7027, 0.2895, 0.0078]), (
    "Query and key were turned against each other, and the sum of their places counts; turn both forward."
)
assert not near(second, [0.2019, 0.0676, 0.7305]), "Both were turned back, and the distance has the wrong sign."
assert not (near(second, [1 / 3] * 3) and near(got, [0.2702, 0.5, 0.4207, 0.005])), (
    "The result was turned, and the scores know nothing of places; turn queries and keys before the product."
)
assert not near(first + second, [1, 0, 0, 0.2508, 0.7492, 0]), (
    "The mask begins at the upper left: with a cache the first query sees S − T keys before it."
)
assert not near(first + second, [0.7617, 0.2317, 0.0065, 0.2346, 0.7006, 0.0648]), (
    "A query looks at keys ahead of it; each sees its own place and what lies before."
)
assert not near(first, [0, 0.9726, 0.0274]), "Keys behind were hidden, and keys ahead were seen."
assert not near(first, [0.8433, 0.1567, 0]), "The scores were not divided by √K."
assert not near(first, [0.6988, 0.3012, 0]), "The scores were divided by K; by its root they should be."
assert not near(first, [0.4760, 0.0847, 0]), "The weights of a key sum to 1; those of a query should."
assert not near(first, [0.7617, 0.2317, 0]), (
    "Weights were set to 0 after the softmax, and the rest does not sum to 1; hide the scores."
)
assert not near(second, [0.4050, 0.4261, 0.1689]), (
    "The places were divided by the length; the same distance has to give the same score in every text."
)
assert not near(second, [1.2859, 2.3800, 0]), "The second thing that came are scores; the weights are due."
assert near(first + second, [0.7667, 0.2333, 0, 0.2346, 0.7006, 0.0648]), (
    f"The weights are 0.7667, 0.2333, 0 and 0.2346, 0.7006, 0.0648; got {first} and {second}."
)
assert not near(got, [0.7667, 0.2332, 0, 0.0023]), "The values were turned as well; only queries and keys are."
assert near(got, [0.7667, 0.2333, 0, 0]), f"The result of the first query is 0.7667, 0.2333, 0, 0; got {got}."
four = torch.tensor([[0.0, 2, 0, 0]]), torch.tensor([[0, 0, 0, 1.0], [0, 0, 0, 1]])
got = attend_onward(*four, torch.eye(2), 4.0)[1][0].tolist()  # the second pair has the speed 1/2
assert not near(got, [0.5025, 0.4975]), "base was not handed on: 10,000 was used."
assert near(got, [0.6176, 0.3824]), f"With base 4 the weights are 0.6176 and 0.3824, got {got}."
try:
    many = attend_onward(query.expand(3, 5, 2, 2), key.expand(3, 5, 3, 2), value.expand(3, 5, 3, 4))[1]
    many = near(many[1, 2].flatten().tolist(), first + second)
except (RuntimeError, IndexError):
    many = False
assert many, "With axes in front the number of texts was taken for that of the places; count axes from the end."
wide = attend_onward(query.double(), key.double(), value.double())
assert wide[0].dtype == wide[1].dtype == torch.float64, "float64 came in, and the result has another type."
try:
    reached = gradients(lambda q, k, v: attend_onward(q, k, v)[0], query, key, value, upstream=value[:2])
except TypeError:
    reached = [None] * 3
assert reached[2] is not None, "No gradient comes back to the values."
assert reached[0] is not None and reached[1] is not None, "Queries and keys get no gradient: the weights were cut off (detach, no_grad)."
print("weights of the two new words:", [[round(w, 4) for w in row] for row in (first, second)])
### BEGIN HIDDEN TESTS
def reference_onward(q, k, v, base):
    """The same by another road: pairs are complex numbers, one query at a time."""
    t, s, width = q.shape[-2], k.shape[-2], q.shape[-1] // 2
    speeds = float(base) ** (-torch.arange(width, dtype=torch.float64) / width)
    rows = []
    for i in range(t):
        p = s - t + i
        angles = (p - torch.arange(p + 1, dtype=torch.float64))[:, None] * speeds  # by distance alone
        a = torch.complex(q[..., i : i + 1, :width], q[..., i : i + 1, width:])
        b = torch.complex(k[..., : p + 1, :width], k[..., : p + 1, width:])
        scores = (a * b.conj() * torch.polar(torch.ones_like(angles), angles)).real.sum(-1) / (2 * width) ** 0.5
        rows.append(torch.nn.functional.pad((scores - scores.logsumexp(-1, keepdim=True)).exp(), (0, s - p - 1)))
    weights = torch.stack(rows, dim=-2)
    return torch.einsum("...ts,...sz->...tz", weights, v), weights


torch.manual_seed(20261017)
for lead, t, s, k, z, base in (((), 1, 1, 2, 3, 1e4), ((), 5, 5, 6, 2, 1e4), ((2,), 1, 7, 10, 4, 50.0), ((3, 2), 3, 11, 6, 6, 1e4), ((5, 1), 2, 3, 14, 1, 7.0)):
    q, key, v = (torch.randn(*lead, n, m) for n, m in ((t, k), (s, k), (s, z)))
    due = reference_onward(q.double(), key.double(), v.double(), base)
    where = f"with T={t}, S={s}, K={k}, base {base}, in front {lead}"
    for own, expected in zip(attend_onward(q, key, v, base), due, strict=True):
        torch.testing.assert_close(own.double(), expected, rtol=1e-3, atol=1e-4, msg=f"Wrong {where}.")
    up = torch.randn(*lead, t, z, dtype=torch.float64)
    given = q.double(), key.double(), v.double()
    ours = gradients(lambda q, k, v, base=base: attend_onward(q, k, v, base)[0], *given, upstream=up)
    theirs = gradients(lambda q, k, v, base=base: reference_onward(q, k, v, base)[0], *given, upstream=up)
    for own, expected in zip(ours, theirs, strict=True):
        assert own is not None, f"A gradient is missing {where}."
        torch.testing.assert_close(own, expected, rtol=1e-3, atol=1e-4, msg=f"A gradient is wrong {where}.")
### END HIDDEN TESTS

# %% [markdown]
# ## The picture (3 minutes)
#
# A text of 48 words, all of them the same word: every query is the same vector, and so is every key.
# Whatever differs then comes from the places.
# The first 32 words are read at once, the other 16 one at a time, from the cache.
#
# **Predict, then run.**
# Each row of the map is a word that looks back; drawn is the score of each key, measured from that of the word's own place.
# Which lines do you expect to see, and what would show at row 32 if the cache forgot where the words stand?

# %%
from course_lib import viz

torch.manual_seed(4)
n_words, n_read, width = 48, 32, 16
query = 1.5 * torch.randn(1, width).expand(n_words, width)
key = (query + 0.5 * torch.randn(1, width))[:1].expand(n_words, width)
value = torch.zeros(n_words, 1)
rows = list(attend_onward(query[:n_read], key[:n_read], value[:n_read])[1])  # the text, at once
for at in range(n_read, n_words):  # then word by word
    rows.append(attend_onward(query[at : at + 1], key[: at + 1], value[: at + 1])[1][0])
scores = torch.full((n_words, n_words), math.nan)
for at, row in enumerate(rows):
    scores[at, : at + 1] = row[: at + 1].log() - row[at].log()

# %%
fig, (left, right) = viz.figure(columns=2, width=8.4, height=3.8)
left.imshow(scores, cmap="viridis")
left.axhline(n_read - 0.5, linestyle=":", color="#808080")
left.set(xlabel="is looked at", ylabel="looks")
for at, look in ((20, "-"), (31, "--"), (47, ":")):
    right.plot(range(at + 1), scores[at, : at + 1].flip(0), look, label=f"word {at}")
right.set(xlabel="words back", ylabel="score, from that of its own place")
right.set_ylim(bottom=-4.8)
right.legend(loc="lower left")
viz.show(fig, alt="Stripes along the diagonals, without a break at row 32; three curves lie on one another")

# %%
for back in range(1, n_words):
    diagonal = scores.diagonal(-back)
    assert (diagonal - diagonal[0]).abs().max() < 0.01, f"{back} words back, the score should be the same for every word."
print("The picture is what it should be: the score depends on the distance alone.")

# %% [markdown]
# The stripes run along the diagonals: from every word, the key five words back has the same score.
# The dotted line is where the cache takes over, and no seam is to be seen there.
# The curves of three words lie on one another, as far as each of them goes.
#
# In your function, turn each new query as if it stood at place 0, leave the mask as it is, and run the last cells again: at the line the diagonals break off, and below it lies a grid.
# There a key has the same score whoever looks, and the distance plays no part.
# Nothing fails in such a model.
# There is no error and no NaN, and every distance is wrong.
#
# Which of the five encodings still works beyond the length that a model was trained with is another question, and not one of formulas.
# It is measured in [chapter 10](../../book/10_positional.md).
