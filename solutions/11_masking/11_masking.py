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
# # Exercise 11: Masking
#
# A language model is trained to say the next word, and the next word stands in its input.
# If a single path leads from there to the answer, training finds it: the loss falls to nothing, and the model has learned to copy.
# A mask closes the paths.
# In this exercise you write the masks, hand them to torch in both of its languages, and keep a row that may see nothing from becoming NaN.
# Then you write a detector that finds a leak in any model, and a picture shows you where each model looks.
#
# Read [chapter 11](../../book/11_masking.md) first.
# There are seven tasks, 18 points, and about 85 minutes of work.
#
# **How it goes.** A cell with `raise NotImplementedError` is yours: put your code in that line's place.
# The cell below it checks your answer at once and says what it saw.
# When you hand in, the same cell runs further tests, on other sizes and other numbers.
# Before you hand in, restart the kernel and run all cells.
#
# A mask is bool, and **True means "may attend"**.
# The axes have the book's letters: B sentences in a batch, T queries, S keys, H heads, V words.

# %%
# COURSE-SETUP

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math

import torch
from torch import nn
from torch.nn import functional as F

from course_lib.grading.helpers import gradients

torch.set_num_threads(1)  # enough for these sizes


def drawn(mask):
    """Return a table of True and False as rows of ones and zeros."""
    return ["".join(str(int(bool(cell))) for cell in row) for row in mask.tolist()]


def near(got, due, by=1e-3):
    """Say whether a number, or a table, is what is due but for rounding."""
    got, due = torch.as_tensor(got).detach().double(), torch.as_tensor(due).double()
    return got.shape == due.shape and bool(((got - due).abs() < by).all())

# %% [markdown]
# ## Task 1: Looking back (8 minutes, 2 points)
#
# A causal mask lets each place look at itself and at what came before.
# A row is a place that looks (a query), a column a place that is looked at (a key).
#
# When a model writes, it keeps the keys of earlier words and works out the new ones alone.
# Then there are more keys than queries: the queries are the *last* T of S places.
# So the last query stands at the last key, whatever T and S are.
# With fewer keys than queries the first queries have no key at all.
#
# **Predict before you write:** three queries and five keys. At which keys may the first query look?

# %% nbgrader={"grade": false, "grade_id": "causal_mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
def causal_mask(n_queries: int, n_keys: int | None = None) -> torch.Tensor:
    """Let each query look at its own place and at those before it.

    mask[t, s] is True where s ≤ t + (S − T): the last query stands at the last key.
    Shapes: T = n_queries, S = n_keys, or T where it is not given; returns (T, S), bool.
    """
    ### BEGIN SOLUTION
    n_keys = n_queries if n_keys is None else n_keys
    return torch.ones(n_queries, n_keys, dtype=torch.bool).tril(n_keys - n_queries)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_causal_mask", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch

got = causal_mask(4)
assert isinstance(got, torch.Tensor), f"Expected a tensor, got {type(got).__name__}."
assert not got.isinf().any(), (
    "The mask holds 0 and −∞, to be added to the scores, as nn.Transformer makes it; here a mask is bool."
)
assert got.dtype == torch.bool, (
    "The mask holds numbers, and whether 1 hides or shows is anybody's guess; make it bool."
)
assert got.shape == (4, 4), f"Expected the shape (4, 4), got {tuple(got.shape)}."
rows = drawn(got)
assert rows != ["1111", "1111", "1111", "1111"], "Nothing is hidden: each place looks at all others, and the answer is among them."
assert rows != ["0111", "0011", "0001", "0000"], (
    "The first place may look at all that follows, and not at itself: this is True for hidden. True means may attend."
)
assert rows != ["1111", "0111", "0011", "0001"], (
    "Each place looks at itself and forward: rows are those who look, columns what they look at."
)
assert rows != ["1100", "1110", "1111", "1111"], (
    "Each place sees the next one too: the diagonal is one too far to the right, and the next word is the answer."
)
assert rows != ["0000", "1000", "1100", "1110"], (
    "Nobody looks at its own place, and the first has nothing to look at; the own word is known, and may be seen."
)
assert rows != ["1000", "1100", "0110", "0011"], (
    "Each place sees itself and one before; all that came before may be seen."
)
assert rows == ["1000", "1100", "1110", "1111"], f"Four places give 1000, 1100, 1110, 1111, got {rows}."
got = causal_mask(3, 5)
assert got.shape != (5, 3), "Three queries and five keys gave five rows; a row is a query, (T, S)."
assert got.shape != (3, 3), "The number of keys was ignored: three queries and five keys make (3, 5)."
assert got.shape != (5, 5), "There are five rows for three queries: a row for each query, a column for each key."
rows = drawn(got)
assert rows != ["10000", "11000", "11100"], (
    "The corner lies at the upper left (as with torch's is_causal): the first query stands at key 2 here, since the last stands at key 4."
)
assert rows != ["00100", "00110", "00111"], "The kept keys are hidden: earlier words are what a cache is for."
assert rows != ["11111", "11111", "11111"], (
    "With kept keys nothing is hidden: the new places still must not look at the new ones behind them."
)
assert rows != ["11110", "11111", "11111"], "With kept keys each query sees one place too many: the last query stands at key S − 1."
assert rows != ["11000", "11100", "11110"], "With kept keys no query sees its own place, and the last key is seen by nobody."
assert rows == ["11100", "11110", "11111"], f"Three queries and five keys give 11100, 11110, 11111, got {rows}."
rows = drawn(causal_mask(4, 2))
assert rows != ["10", "11", "11", "11"], (
    "With fewer keys than queries the corner moved to the upper left; the last query stands at the last key here too."
)
assert rows != ["10", "10", "10", "11"], "A query without keys was given the first one; it stands before all of them and sees none."
assert rows == ["00", "00", "10", "11"], f"Four queries and two keys give 00, 00, 10, 11, got {rows}."
print("three queries, five keys:", *drawn(causal_mask(3, 5)))
### BEGIN HIDDEN TESTS
for n_queries in (1, 2, 5, 7, 13):
    for n_keys in (None, 1, 3, 5, 11, 17):
        last = n_queries if n_keys is None else n_keys
        due = [[key + n_queries <= query + last for key in range(last)] for query in range(n_queries)]
        got = causal_mask(n_queries, n_keys)
        assert got.dtype == torch.bool and got.tolist() == due, f"Wrong with T={n_queries}, S={n_keys}."
### END HIDDEN TESTS

# %%
# The library's own version: course_lib.layers.masks
from course_lib.layers import masks

print("the same:", torch.equal(causal_mask(5, 7), masks.causal(5, 7)))

# %% [markdown]
# ## Task 2: Padding, and a prefix (15 minutes, 3 points)
#
# Sentences of a batch are filled up at the end to one length.
# The filling must not be looked at, so a padding mask hides *keys*.
# A place of the filling may still look: it has to get some vector, and what comes out there is ignored later.
#
# Heads and queries share this mask, so it has an axis of length 1 for each of them: (B, 1, 1, S).
#
# Some models read a question first and then write the answer.
# The question is known from the beginning, so *all* places may look at all of it, also its own early words at its later ones.
# Behind this prefix the mask is causal.
# Now two conditions come together: a key must be real, **and** it must lie in the prefix **or** not behind the query.
# The filling stays hidden even where a prefix is longer than its sentence.
#
# You may call your function of Task 1; a mistake in it then costs points here too.

# %% nbgrader={"grade": false, "grade_id": "padding_and_prefix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def padding_mask(lengths: torch.Tensor, n_keys: int) -> torch.Tensor:
    """Hide the keys behind each sentence's end: mask[b, 0, 0, s] is True where s < lengths[b].

    Shapes: lengths (B,), whole numbers from 0 to S = n_keys; returns (B, 1, 1, S), bool.
    """
    ### BEGIN SOLUTION
    return (torch.arange(n_keys) < lengths[:, None])[:, None, None, :]
    ### END SOLUTION


def text_mask(prefix_lens: torch.Tensor, lengths: torch.Tensor, n_places: int) -> torch.Tensor:
    """Show every place the prefix, and else what came before; never the filling.

    mask[b, 0, t, s] is True where s < lengths[b] and (s < prefix_lens[b] or s ≤ t).
    Shapes: prefix_lens and lengths (B,), from 0 to T = n_places; returns (B, 1, T, T), bool.
    """
    ### BEGIN SOLUTION
    place = torch.arange(n_places)
    behind = place > place[:, None]  # (T, T): a row for each query
    in_prefix = place < prefix_lens[:, None, None, None]  # (B, 1, 1, T)
    is_real = place < lengths[:, None, None, None]
    return is_real & (in_prefix | ~behind)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_padding_and_prefix", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

lengths = torch.tensor([3, 1])
kept = lengths.clone()
got = padding_mask(lengths, 4)
assert torch.equal(lengths, kept), "The lengths were changed (−=, add_); they belong to the batch."
assert isinstance(got, torch.Tensor), f"Expected a tensor, got {type(got).__name__}."
assert got.dtype == torch.bool, "The padding mask holds numbers; it is bool, as all masks here."
assert got.shape != (2, 4), "The padding mask is (B, S), and its sentences would be taken for queries; put two axes between: (B, 1, 1, S)."
assert got.shape != (2, 1, 4, 1), "The padded places may not look, and everyone may look at them: keys are the last axis."
assert got.shape != (2, 1, 4, 4), (
    "There is a row for each query, and padded queries are cut off too; this mask hides keys alone: (B, 1, 1, S)."
)
assert got.shape != (1, 1, 2, 4), "The sentences stand on the axis of the queries; they come first: (B, 1, 1, S)."
assert got.shape != (2, 1, 1, 3), "The mask is as wide as the longest sentence; there are n_keys keys, which may be more."
assert got.shape == (2, 1, 1, 4), f"Expected the shape (2, 1, 1, 4), got {tuple(got.shape)}."
rows = drawn(got[:, 0, 0])
assert rows != ["0001", "0111"], "The filling is visible and the words are hidden; True means may attend."
assert rows != ["1111", "1100"], "Each sentence shows one place of its filling: a sentence of 3 words has the places 0, 1 and 2."
assert rows != ["1100", "0000"], "Each sentence lost its last word: a sentence of 3 words has the places 0, 1 and 2."
assert rows != ["0111", "0001"], "The filling was taken to stand in front; it stands at the end."
assert rows != ["1110", "1110"], "All sentences have the padding of one; each has its own length."
assert rows != ["1110", "1011"], "Only the first place of the filling is hidden; everything behind it is filling too."
assert rows == ["1110", "1000"], f"Lengths 3 and 1 of 4 give 1110 and 1000, got {rows}."
rows = drawn(padding_mask(torch.tensor([0, 4]), 4)[:, 0, 0])
assert rows[0] != "1000", "An empty sentence shows its first place, which is filling; it has no keys."
assert rows == ["0000", "1111"], f"Lengths 0 and 4 of 4 give 0000 and 1111, got {rows}."
prefixes, lengths = torch.tensor([2, 1, 3]), torch.tensor([4, 5, 2])
kept = prefixes.clone(), lengths.clone()
got = text_mask(prefixes, lengths, 5)
assert torch.equal(prefixes, kept[0]) and torch.equal(lengths, kept[1]), "prefix_lens or lengths were changed."
assert got.shape != (3, 5, 5), "The mask is (B, T, T), and sentences would be taken for heads: an axis of length 1 belongs behind B."
assert got.shape == (3, 1, 5, 5), f"Expected the shape (3, 1, 5, 5), got {tuple(got.shape)}."
assert got.dtype == torch.bool, f"The mask of a text is bool, got {got.dtype}."
first, second, third = (drawn(one[0]) for one in got)
assert third != ["11000", "11000", "11100", "11100", "11100"], "prefix_lens and lengths have changed places; the prefix comes first."
assert first != ["11000"] * 5, "Behind the prefix nobody sees what came before: the causal part is missing."
assert first != ["11110"] * 5, "All places see all words, as in an encoder: behind the prefix the future is hidden."
assert first != ["10000", "11000", "11100", "11110", "11110"], (
    "The prefix has no effect: its first word may look at its second."
)
assert first != ["10000", "11000", "11000", "11000", "11000"], (
    "Prefix and causal were joined by and; a key is visible by the one or the other."
)
assert first != ["11110", "11110", "11110", "11110", "11111"], (
    "The padding mask was joined by or: what is real would be visible to all. A key must be real and visible."
)
assert first != ["11000", "11000", "00100", "00110", "00110"], (
    "Only the prefix sees the prefix; what is written behind it must be able to read the question."
)
assert first != ["11110", "11110", "11100", "11110", "11110"], (
    "The words of the prefix see the answer: the prefix is about keys, and here its queries see everything."
)
assert first != ["11100", "11100", "11100", "11110", "11110"], (
    "The prefix is one too long: two words are the places 0 and 1, and place 2 is already written."
)
assert first != ["11000", "11000", "11100", "11110", "00000"], (
    "A place of the filling may see nothing: that was hidden for queries too. It hides keys; an empty row asks for trouble."
)
assert first != ["11000", "11000", "11000", "11100", "11110"], "Behind the prefix nobody sees its own word; it may be seen."
assert first != ["10110", "11110", "11110", "11110", "11110"], (
    "What follows the prefix is visible to all, and the prefix is not: it is made of the places below prefix_lens."
)
assert first != ["11000", "11000", "11100", "11110", "11111"], (
    "The filling is visible: the lengths were not used."
)
assert first == ["11000", "11000", "11100", "11110", "11110"], (
    f"A prefix of 2 and 4 words of 5 give 11000, 11000, 11100, 11110, 11110, got {first}."
)
assert second[0] != "11000", "The second sentence has the first one's prefix; each has its own."
assert second == ["10000", "11000", "11100", "11110", "11111"], f"A prefix of 1 changes nothing, got {second}."
assert third != ["11100"] * 5, (
    "A prefix longer than its sentence shows filling: `and` binds more strongly than `or`. Put brackets round the or."
)
assert third == ["11000"] * 5, f"A prefix of 3 with 2 words of 5 gives 11000 everywhere, got {third}."
print("a prefix of 2, 4 words of 5:", *first)
### BEGIN HIDDEN TESTS
for n_places in (1, 2, 5, 7, 13):
    lengths = torch.randint(0, n_places + 1, (11,))
    prefixes = torch.randint(0, n_places + 1, (11,))
    real = [[[[key < n for key in range(n_places)]]] for n in lengths.tolist()]
    assert padding_mask(lengths.clone(), n_places).tolist() == real, f"Padding is wrong with S={n_places}, lengths {lengths.tolist()}."
    due = [
        [[[s < n and (s < p or s <= t) for s in range(n_places)] for t in range(n_places)]]
        for p, n in zip(prefixes.tolist(), lengths.tolist())
    ]
    got = text_mask(prefixes.clone(), lengths.clone(), n_places)
    assert got.tolist() == due, f"Wrong with T={n_places}, prefixes {prefixes.tolist()}, lengths {lengths.tolist()}."
### END HIDDEN TESTS

# %%
# The library has them as masks of their own, to be combined
prefixes, lengths = torch.tensor([2, 0]), torch.tensor([5, 3])
theirs = masks.combine(masks.prefix(prefixes, 7), masks.padding(lengths, 7))
print("the same:", torch.equal(text_mask(prefixes, lengths, 7), theirs))

# %% [markdown]
# ## Task 3: The same mask in torch's two languages (9 minutes, 2 points)
#
# torch has two doors to attention, and they read a mask in opposite ways.
#
# | | `F.scaled_dot_product_attention` | `nn.MultiheadAttention` |
# | --- | --- | --- |
# | True means | may attend | is hidden |
# | shape of `attn_mask` | broadcasts to (B, H, T, S) | (T, S), or (B · H, T, S) |
# | order of its first axis | | sentence 0 with all its heads, then sentence 1: row b · H + h |
#
# A mask that went through the wrong door raises no error.
# The model sees exactly what it should not, and its loss looks wonderful.
#
# Make both masks from one of ours.
# All heads may share it, and then its second axis is 1; or each head has its own.

# %% nbgrader={"grade": false, "grade_id": "torch_masks", "locked": false, "schema_version": 3, "solution": true, "task": false}
def torch_masks(may_attend: torch.Tensor, n_heads: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mask for F.scaled_dot_product_attention, and the one for nn.MultiheadAttention.

    Shapes: may_attend (B, 1, T, S) or (B, H, T, S), bool, with H = n_heads; returns two bool masks,
    one that broadcasts to (B, H, T, S), and one (B · H, T, S).
    """
    ### BEGIN SOLUTION
    n_sentences, _, n_queries, n_keys = may_attend.shape
    each = may_attend.expand(n_sentences, n_heads, n_queries, n_keys)
    return may_attend, ~each.flatten(0, 1)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_torch_masks", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch

ours = torch.tensor([[[[True, False, False], [True, True, False]]], [[[True, True, False], [True, True, True]]]])
kept = ours.clone()
found = torch_masks(ours, 5)
assert torch.equal(ours, kept), "The mask was turned around in place, and the next layer gets it inverted; use ~."
assert isinstance(found, tuple | list) and len(found) == 2, "Return two masks."
for_function, for_module = found
assert for_function.shape != (10, 2, 3) or for_module.shape == (10, 2, 3), (
    "The masks have changed places: first the one for F.scaled_dot_product_attention."
)
assert not for_module.is_floating_point() or not for_module.isinf().any(), (
    "The module's mask holds 0 and −∞. torch adds such a mask; here both are bool."
)
assert not for_module.is_floating_point(), (
    "The module's mask holds 0 and 1 as numbers: torch would add them to the scores, and hide nothing."
)
assert for_function.dtype == torch.bool == for_module.dtype, "Both masks are bool."
assert for_module.shape != (2, 2, 3), "nn.MultiheadAttention wants a row for each head of each sentence, (B · H, T, S); here is one a sentence."
assert for_module.shape != (2, 3), "Only the first sentence's mask is left; nn.MultiheadAttention takes (B · H, T, S)."
assert for_module.shape != (2, 5, 2, 3), "nn.MultiheadAttention takes three axes: sentences and heads are one, (B · H, T, S)."
assert for_module.shape != (10, 3, 2), "Queries and keys have changed places in the module's mask."
assert for_module.shape == (10, 2, 3), f"Expected the shape (10, 2, 3) for the module, got {tuple(for_module.shape)}."
assert for_function.shape != (2, 2, 3), (
    "The function's mask lost the axis of the heads: its sentences would be matched with heads. Leave it, of length 1."
)
shared = for_function.expand(2, 5, 2, 3)
first, second = drawn(shared[0, 0]), drawn(for_module[0])
assert first != ["011", "001"] or second != ["100", "110"], (
    "Each mask speaks the other's language: the function got True for hidden, and the module True for may attend."
)
assert first != ["011", "001"], (
    "The function's mask is inverted: with F.scaled_dot_product_attention the model would look at what is hidden, and at nothing else."
)
assert second != ["100", "110"], (
    "The module's mask was not turned around: in nn.MultiheadAttention True means is hidden."
)
assert first == ["100", "110"], f"For the function the first sentence's mask is 100, 110, got {first}."
assert second == ["011", "001"], f"For the module the first sentence's mask is 011, 001, got {second}."
assert drawn(for_module[1]) != ["001", "000"], (
    "Row 1 of the module's mask belongs to sentence 1: sentences take turns (repeat). All heads of sentence 0 come first."
)
for row in range(10):
    due = ["011", "001"] if row < 5 else ["001", "000"]
    assert drawn(for_module[row]) == due, f"Row {row} of the module's mask is {due}, got {drawn(for_module[row])}."
heads = torch.tensor([[[[True, False]], [[False, True]], [[True, True]]]])  # three heads, each with a mask of its own
try:
    for_function, for_module = torch_masks(heads, 3)
except RuntimeError:
    raise AssertionError("A mask with an axis for heads stopped the function; it has 1 there or H.") from None
assert for_module.shape != (9, 1, 2), "Each head's mask was repeated for each head, though there was one a head already."
assert for_module.shape == (3, 1, 2), f"With one sentence and three heads (3, 1, 2) is due, got {tuple(for_module.shape)}."
rows = [drawn(one)[0] for one in for_module]
assert rows != ["01", "01", "01"], "All heads got the first one's mask; each may have its own."
assert rows != ["00", "00", "00"], "What one head may see was shown to all heads; each may have its own."
assert rows == ["01", "10", "00"], f"For three heads with masks of their own 01, 10, 00 are due, got {rows}."
assert drawn(for_function.expand(1, 3, 1, 2)[0, :, 0]) == ["10", "01", "11"], "The function's mask lost the heads' own masks."
print("for the module:", *drawn(torch_masks(ours, 5)[1][0]))
### BEGIN HIDDEN TESTS
from torch import nn
from torch.nn import functional as F

from course_lib.layers.attention import MultiHeadAttention

torch.manual_seed(20261103)
for n_b, n_heads, n_t, n_s in ((1, 1, 1, 1), (2, 3, 5, 5), (3, 2, 7, 5), (5, 3, 2, 7)):
    for n_masks in {1, n_heads}:
        may = torch.rand(n_b, n_masks, n_t, n_s) < 0.5
        may[..., 0] = True  # a row without keys is NaN in the module
        where = f"with B={n_b}, H={n_heads}, T={n_t}, S={n_s}, {n_masks} masks a sentence"
        for_function, for_module = torch_masks(may.clone(), n_heads)
        module = nn.MultiheadAttention(4 * n_heads, n_heads, batch_first=True, dtype=torch.float64).eval()
        x, memory = torch.randn(n_b, n_t, 4 * n_heads).double(), torch.randn(n_b, n_s, 4 * n_heads).double()
        due = MultiHeadAttention.from_torch(module)(x, memory, may)
        got = module(x, memory, memory, attn_mask=for_module)[0]
        torch.testing.assert_close(got, due, msg=f"nn.MultiheadAttention gives other numbers {where}.")
        scores, spots = torch.randn(n_b, n_heads, n_t, n_s).double(), torch.eye(n_s).double()
        got = F.scaled_dot_product_attention(scores, spots, spots, for_function, scale=1.0)
        due = scores.masked_fill(~may, -1e30).softmax(dim=-1)
        torch.testing.assert_close(got, due, msg=f"F.scaled_dot_product_attention gives other numbers {where}.")
### END HIDDEN TESTS

# %% [markdown]
# ## Task 4: A row that may see nothing (14 minutes, 3 points)
#
# A batch may hold an empty sentence, and a query may stand before all its keys: a row of the mask can be all False.
# The formula is silent about it, since a share of nothing is 0 / 0.
# Here such a row gets zeros, and passes zeros on in the gradient.
#
# The rest is what masks are for: in each row the shares of the visible keys sum to 1, and a hidden key has the share 0, however high its score.
# Scores may be of any size, and of any type of float; float16 holds no number below −65,504.
# A softmax knows differences alone, so a million more on all scores changes nothing.
#
# **Predict before you write:** what is the softmax of a row in which all scores are −1,000,000,000?

# %% nbgrader={"grade": false, "grade_id": "masked_softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
def masked_softmax(scores: torch.Tensor, may_attend: torch.Tensor) -> torch.Tensor:
    """Return each query's shares: e^score / Σ e^score over the visible keys, and 0 for hidden ones.

    A row without a visible key is all zeros, and so is its gradient. The type is that of scores.
    Shapes: scores (…, T, S); may_attend bool, broadcasts to (…, T, S); returns (…, T, S).
    """
    ### BEGIN SOLUTION
    hidden = ~may_attend
    # the lowest number, not −∞: a row without keys is a mean then, which the second fill takes away
    shares = scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(dim=-1)
    return shares.masked_fill(hidden, 0.0)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_masked_softmax", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

scores = torch.tensor([[1.0, 2, 5], [4, 1, 1], [2, 3, 5]]).log()  # the odds of three keys, for three queries
back = torch.ones(3, 3, dtype=torch.bool).tril()
kept = scores.clone(), back.clone()
got = masked_softmax(scores, back)
assert torch.equal(scores, kept[0]), "The scores were changed (masked_fill_ or an index); they belong to the caller."
assert torch.equal(back, kept[1]), "The mask was changed; the next layer needs it as it was."
assert got.shape == (3, 3), f"Expected the shape (3, 3), got {tuple(got.shape)}."
plain = [[1 / 8, 2 / 8, 5 / 8], [4 / 6, 1 / 6, 1 / 6], [2 / 10, 3 / 10, 5 / 10]]
assert not near(got, plain), "The mask has no effect."
assert not near(got[1], [0, 0, 1]), "Only what is hidden was looked at; True means may attend."
assert not near(got[0], [1 / 8, 0, 0]), (
    "The mask came after the softmax: the first query's only visible key has 1/8, and the rest is lost. Mask the scores."
)
assert not near(got[2], [0, 0, 1]), "The third query sees the third key alone: the mask was transposed."
assert not near(got[1], [4 / 7, 1 / 4, 0]), "The shares of a key sum to 1 over the queries; those of a query sum to 1 over the keys."
assert not near(got[0], [1 / 3, 1 / 3, 1 / 3]), (
    "Hidden keys got the score 0, and e⁰ is 1: a score of 0 is no score at all only after the softmax."
)
assert not near(got[0], [1 / 3, 0, 0]), (
    "Hidden keys got the score 0, and their shares were taken away afterwards; the first query is left with 1/3."
)
assert not near(got[0], [0.2797, 0.2058, 0.5145]), "The mask was added as 0 and 1: that hides nothing."
assert not near(got[0], [1 / 16, 0, 0]), "All shares together sum to 1, and each row should."
assert near(got, [[1, 0, 0], [0.8, 0.2, 0], [0.2, 0.3, 0.5]]), (
    f"Looking back gives 1; 4/5, 1/5; 2/10, 3/10, 5/10, got {got.tolist()}."
)
padded = torch.tensor([[True, True, False]])
due = [[1 / 3, 2 / 3, 0], [0.8, 0.2, 0], [0.4, 0.6, 0]]
try:
    got = masked_softmax(scores, padded)
except (IndexError, RuntimeError):
    raise AssertionError("A mask of one row for all queries failed; masks broadcast, so use masked_fill or where.") from None
assert near(got, due), f"Without the third key 1/3, 2/3; 4/5, 1/5; 2/5, 3/5 are due, got {got.tolist()}."
loud = scores.clone()
loud[:, 2] = 300.0  # hidden, and fits better than all others
got = masked_softmax(loud, padded)
assert not near(got[0], [0, 0, 1]), "A hidden key with a high score was looked at: its score was lowered, and not by enough."
assert not got.isnan().any(), (
    "A hidden key with a high score made NaN: it took the whole softmax, and 0 / 0 was left to share out. Hide it before."
)
assert got.any(), (
    "Beside a hidden key with a high score all shares are 0: it was taken for the row's highest. Look for that among the visible ones."
)
assert near(got, due), f"A hidden key must not count, however high its score; got {got.tolist()}."
low = scores - 50
got = masked_softmax(low, padded)
assert got.sum() > 2, "Scores of −50 gave shares that do not sum to 1: something was added below the fraction."
assert near(got, due), f"Scores 50 lower give the same shares, got {got.tolist()}."
got = masked_softmax(scores + 300, padded)
assert not got.isnan().any(), "Visible scores of 300 gave no number: exp overflows. Subtract the row's highest, or use softmax."
assert near(got, due), f"Scores 300 higher give the same shares, got {got.tolist()}."
got = masked_softmax(scores.double() - 1e6, padded)
assert not near(got[0], [0, 0, 0]), (
    "With scores of −1,000,000 the hidden key won, and its share was taken away: −10,000 is not below every score."
)
assert near(got, due), f"A million less on all scores gives the same shares, got {got.tolist()}."
holes = torch.tensor([[True, True, False], [False, False, False], [True, True, True]])
got = masked_softmax(scores, holes)
assert not got[1].isnan().any(), "A row without keys became NaN, which is 0 / 0: all its scores are −∞. It gets zeros."
assert not near(got[1], [1 / 3, 1 / 3, 1 / 3]), (
    "A row without keys shares its weight out evenly among the hidden: all its scores are equally low. It gets zeros."
)
assert not near(got[1], plain[1]), "A row without keys was treated as if nothing were hidden; it gets zeros."
assert not near(got[1], [0, 1, 0]), "A row without keys looks at itself; it gets zeros."
assert not near(got[1], [1, 0, 0]), "A row without keys looks at the first key; it gets zeros."
assert not got[1].any(), f"A row without keys is all zeros, got {got[1].tolist()}."
assert got.any(), "One row without keys silenced all others; they keep their shares."
assert near(got[[0, 2]], [due[0], plain[2]]), f"Beside a row without keys the others are wrong: {got.tolist()}."
try:
    got = masked_softmax(scores.half(), holes)
except RuntimeError as error:
    assert "overflow" not in str(error), "−1,000,000,000 does not exist in float16; ask torch.finfo(scores.dtype).min."
    raise
assert got.dtype != torch.float32, "float16 came in and float32 went out; keep the type of the scores."
assert got.dtype == torch.float16, f"float16 came in and {got.dtype} went out; keep the type of the scores."
assert near(got, [due[0], [0, 0, 0], plain[2]], 2e-3), f"float16 gives other shares: {got.tolist()}."
up = torch.tensor([[1.0, 0, 0], [1, 2, 3], [0, 0, 1]])
try:
    to_scores, _ = gradients(masked_softmax, scores, holes, upstream=up)
except TypeError:
    raise AssertionError("No gradient leaves the softmax, and nobody learns where to look; no_grad, numpy and tolist cut it off.") from None
assert not to_scores.isnan().any(), (
    "The shares are right and the gradient is NaN: nan_to_num mends what comes out, not the way back."
)
assert not near(to_scores[0], [1 / 3, 0, 0]), "The sum below the fraction was taken for a constant; it depends on all scores."
assert near(to_scores, [[2 / 9, -2 / 9, 0], [0, 0, 0], [-0.1, -0.15, 0.25]]), f"The gradient is wrong: {to_scores.tolist()}."
print("looking back:", [[round(w, 3) for w in row] for row in masked_softmax(scores, back).tolist()])
### BEGIN HIDDEN TESTS
def reference_shares(s, mask):
    """The same by another road: powers that are 0 where nothing may be seen."""
    powers = torch.where(mask, s.exp(), torch.zeros((), dtype=s.dtype))
    total = powers.sum(-1, keepdim=True)
    return powers / torch.where(total > 0, total, torch.ones((), dtype=s.dtype))


torch.manual_seed(20261107)
shapes = (((5, 7), (5, 7)), ((5, 7), (1, 7)), ((2, 3, 5, 7), (2, 1, 1, 7)), ((2, 3, 7, 5), (7, 5)), ((2, 3, 5, 7), (2, 3, 5, 7)), ((1, 1), (1, 1)), ((2, 3, 5), (2, 1, 5)))
for shape, of_mask in shapes:
    for share in (0.0, 0.3, 0.7, 1.0):
        s, mask = 2 * torch.randn(shape), torch.rand(of_mask) < share
        where = f"for scores {shape} and a mask {of_mask}, {int(mask.sum())} visible"
        due = reference_shares(s.double(), mask)
        got = masked_softmax(s.clone(), mask.clone())
        torch.testing.assert_close(got, due.float(), msg=f"Wrong {where}.", rtol=1e-4, atol=1e-6)
        up = torch.randn(shape).double()
        own = gradients(masked_softmax, s.double(), mask, upstream=up)[0]
        theirs = gradients(reference_shares, s.double(), mask, upstream=up)[0]
        torch.testing.assert_close(own, theirs, msg=f"The gradient is wrong {where}.", rtol=1e-5, atol=1e-7)
        got = masked_softmax(s.bfloat16(), mask)
        assert got.dtype == torch.bfloat16, "bfloat16 came in and another type went out."
        due = reference_shares(s.bfloat16().double(), mask)
        torch.testing.assert_close(got.double(), due, msg=f"Wrong in bfloat16 {where}.", rtol=0.05, atol=0.01)
### END HIDDEN TESTS

# %% [markdown]
# What does torch do with such a row?
# It depends on the door, and on the mode.
# The same attention, one query, two keys, both hidden.
# **Predict, then run:** which of the five lines hold a NaN?

# %%
torch.manual_seed(0)
x, nothing = torch.randn(1, 1, 4), torch.zeros(1, 2, dtype=torch.bool)
memory = torch.randn(1, 2, 4)
lowest = torch.zeros(1, 2).masked_fill(~nothing, torch.finfo(torch.float32).min)
module = nn.MultiheadAttention(4, 1, batch_first=True)
nn.init.constant_(module.out_proj.bias, 0.5)
seen = {
    "function, bool mask": F.scaled_dot_product_attention(x, memory, memory, nothing),
    "function, finfo.min": F.scaled_dot_product_attention(x, memory, memory, lowest),
    "mean of the values": memory.mean(dim=1),
    "module, with weights": module(x, memory, memory, attn_mask=~nothing)[0],
    "module, no weights": module(x, memory, memory, attn_mask=~nothing, need_weights=False)[0],
}
for name, vector in seen.items():
    print(f"{name:22}", [round(v, 2) for v in vector.flatten().tolist()])

# %% [markdown]
# The function gives zeros for a bool mask, and the mean of what is hidden for a mask of very low numbers.
# The module gives NaN where it also returns weights; where it does not, what comes out is its bias, 0.5.
# (Where a text looks at itself, the mode is eval, gradients are off and the number of heads is even, the module takes a faster way, and gives NaN again.)
#
# ## Task 5: The next word (14 minutes, 3 points)
#
# A language model is asked the same at every place: which word comes next?
# So the input is each sentence without its last word, and the target the same sentence without its first: `targets[b, t]` follows `inputs[b, t]`.
#
# The loss is the mean of −ln p over all *real* targets of the batch, where p is what the softmax of the logits gives the right word.
# The filling, `pad_id`, is no word, and guessing it right is no merit: it counts neither above nor below the fraction.
# All real targets count alike, whichever sentence they are in.
# Where there is none at all, the loss is 0, and so are its gradients: `backward` still works.
#
# The loss gets targets that are ready: whoever shifts, shifts once.

# %% nbgrader={"grade": false, "grade_id": "next_words", "locked": false, "schema_version": 3, "solution": true, "task": false}
def next_words(ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return inputs and targets: targets[b, t] is the word after inputs[b, t].

    Shapes: ids (B, T + 1); returns two tensors (B, T).
    """
    ### BEGIN SOLUTION
    return ids[:, :-1], ids[:, 1:]
    ### END SOLUTION


def next_word_loss(logits: torch.Tensor, targets: torch.Tensor, pad_id: int) -> torch.Tensor:
    """Return the mean of −ln p(target) over the targets that are not pad_id; 0 where there is none.

    p is the softmax of logits over the V words.
    Shapes: logits (B, T, V), targets (B, T); returns a single number, in nats a word.
    """
    ### BEGIN SOLUTION
    real = targets != pad_id
    log_probs = logits[real].log_softmax(dim=-1)  # (real targets, V)
    right = log_probs.gather(-1, targets[real][:, None])
    return -right.sum() / max(1, len(right))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_next_words", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import math

import torch

ids = torch.tensor([[5, 6, 7, 8], [5, 9, 0, 0]])
kept = ids.clone()
found = next_words(ids)
assert isinstance(found, tuple | list) and len(found) == 2, "Return two tensors: inputs, targets."
inputs, targets = found
assert torch.equal(ids, kept), "The ids were changed; they belong to the data."
rows = inputs.tolist(), targets.tolist()
assert rows != (ids.tolist(), ids.tolist()), "Inputs and targets are the same: nothing was shifted, and the model learns to copy."
assert rows[0] != rows[1] or inputs.shape != (2, 3), (
    "The last word was cut off both: each target is the word that stands at its own place, and not the next."
)
assert inputs.shape != (1, 4), "Each sentence follows the one before it: the shift went over the batch, not along the words."
assert rows[1] != [[6, 7, 8, 5], [9, 0, 0, 5]], (
    "roll brought the first word back at the end: nothing follows the last word, so cut it off."
)
assert rows[1] != [[6, 7, 8, 0], [9, 0, 0, 0]], (
    "The targets were filled up with 0, which may be a word; leave the last word of the input away instead."
)
assert rows[0] != [[0, 5, 6, 7], [0, 5, 9, 0]], (
    "A 0 was put in front of the inputs, as T5 does it in its decoder; here the inputs begin with the first word."
)
assert targets.shape != (2, 2), "Each target is the word after the next: the shift was made twice."
assert targets.shape != (2,) and targets.shape != (2, 1), "There is one target a sentence, its last word; every place has one."
assert rows[1] != [[5, 6, 7], [5, 9, 0]], "Inputs and targets have changed places: the model has to say the word before."
assert inputs.shape == targets.shape == (2, 3), (
    f"Four words make three pairs, shapes (2, 3), got {tuple(inputs.shape)} and {tuple(targets.shape)}."
)
assert rows[0] == [[5, 6, 7], [5, 9, 0]], f"The inputs are 5, 6, 7 and 5, 9, 0, got {rows[0]}."
assert rows[1] == [[6, 7, 8], [9, 0, 0]], f"The targets are 6, 7, 8 and 9, 0, 0, got {rows[1]}."


def logits_with(halvings, targets, n_words=7):
    """Return logits whose softmax gives each target (1/2) ** halvings; the others share the rest."""
    p = 0.5 ** torch.as_tensor(halvings, dtype=torch.float64)
    rest = ((1 - p) / (n_words - 1))[..., None].expand(*p.shape, n_words)
    return rest.scatter(-1, targets[..., None], p[..., None]).log() + 3  # 3 more on all: a softmax does not see it


targets = torch.tensor([[1, 2, 3], [1, 0, 0]])
logits = logits_with([[1, 2, 6], [4, 8, 9]], targets)
try:
    loss = next_word_loss(logits, targets, 0)
except RuntimeError as error:
    assert "size" not in str(error) and "shape" not in str(error), (
        "F.cross_entropy takes axis 1 for the words, and here it is the last: flatten sentences and places first."
    )
    raise
value = float(loss) / math.log(2)
assert not near(float(loss), 3.25), "The loss is in bits, by the logarithm to base 2; ln gives nats."
assert not near(value, 5), "The filling counts: its targets were averaged with the words."
assert not near(value, 13 / 6), (
    "The filling adds nothing to the sum, and its places are counted below the fraction: divide by the number of real targets."
)
assert not near(value, 3.5), "The mean of the sentences' means: a word of a short sentence counts more. All real targets count alike."
assert not near(value, 13), "This is the sum; the mean over the real targets is due."
assert not near(value, 6.5), "The sum was divided by the number of sentences; divide by the number of real targets."
assert not near(value, 6), "The last place of each sentence counts alone; every place is asked for its next word."
assert not near(value, -3.25), "The sign is missing: a logarithm of a probability is negative, and a loss is not."
assert not near(float(loss), 2**3.25), "This is the perplexity; the loss is its logarithm."
assert not near(value, 3.25 / 7), "The mean was taken over all words of the vocabulary too; the right word counts alone."
assert not near(float(loss), 3.25 * math.log(2) - 3), "The logits were taken for logarithms of probabilities; they still need a softmax."
assert not near(float(loss), 1.8854), "There were two softmaxes: cross_entropy takes logits and has its own."
assert not near(float(loss), -0.2070), "The logarithm is missing: this is the mean probability."
assert not near(float(loss), 2.1505), "The logits of the filling were set to 0, and its places still count, with ln V each; leave them out."
assert not near(float(loss), 2.2822), (
    "The loss shifts the targets once more: they are the next words already, and now each place has to say the one after."
)
assert not near(float(loss), 1.4125), "The softmax ran over the places; it runs over the words, the last axis."
assert not near(float(loss), 2.1388), (
    "The axes were exchanged by reshape, which moves no numbers: places got logits of other places. Use transpose, or flatten."
)
assert near(value, 3.25), f"Here −ln p is 1, 2, 6 and 4 times ln 2; the mean is {3.25 * math.log(2):.4f}, got {float(loss):.4f}."
other = torch.tensor([[5, 0, 2], [0, 3, 5]])
value = float(next_word_loss(logits_with([[9, 1, 2], [4, 5, 8]], other), other, 5)) / math.log(2)
assert not near(value, (9 + 2 + 5 + 8) / 4), "Word 0 was taken for the filling; the filling is pad_id."
assert not near(value, (9 + 1 + 2 + 4 + 5 + 8) / 6), "A filling other than 0 was not seen; compare with pad_id."
assert not math.isnan(value) and not near(value, 0), "Words below pad_id were left out as well; only pad_id itself is filling."
assert near(value, 3), f"With pad_id 5 the mean of 1, 2, 4 and 5 is 3 times ln 2, got {value:.4f}."
nothing = torch.zeros(2, 3, dtype=torch.long)
try:
    value = float(next_word_loss(logits, nothing, 0))
except ZeroDivisionError:
    raise AssertionError("Without a real target the loss stops at 0 / 0; it is 0.") from None
assert not math.isnan(value), "Without a real target the loss became NaN, and with it all weights: a mean of nothing is 0 / 0. It is 0."
assert near(value, 0), f"Without a real target the loss is 0, got {value}."
try:
    to_logits = gradients(next_word_loss, logits, targets, 0)[0]
except TypeError:
    raise AssertionError("No gradient leaves the loss, and nothing is trained; item, float and numpy cut it off.") from None
assert to_logits is not None and not to_logits[targets == 0].any(), "A gradient reaches the logits of the filling; it does not count."
assert near(to_logits[0, 0, 1], -1 / 8), f"The gradient at the first target's logit is (1/2 − 1) / 4, got {to_logits[0, 0, 1]:.4f}."
try:
    empty = gradients(next_word_loss, logits, nothing, 0)[0]
except TypeError:
    raise AssertionError("Without a real target the loss is a 0 that hangs on nothing, and backward stops there; let it come from the logits.") from None
assert empty is None or not (empty != 0).any(), "Without a real target the gradient is 0."
print("nats a word:", round(float(loss), 4))
### BEGIN HIDDEN TESTS
torch.manual_seed(20261109)
for n_b, n_t, n_words in ((1, 1, 2), (2, 5, 7), (5, 3, 11), (3, 7, 5), (1, 13, 3)):
    ids = torch.randint(0, n_words, (n_b, n_t + 1))
    inputs, targets = next_words(ids.clone())
    assert inputs.tolist() == [row[:n_t] for row in ids.tolist()], f"Wrong inputs with B={n_b}, T={n_t}."
    assert targets.tolist() == [row[1:] for row in ids.tolist()], f"Wrong targets with B={n_b}, T={n_t}."
    targets = ids[:, 1:]
    logits = 3 * torch.randn(n_b, n_t, n_words).double()
    for pad_id in range(min(3, n_words)):
        real = targets != pad_id
        each = logits.logsumexp(-1) - logits.gather(-1, targets[..., None])[..., 0]
        due = (each * real).sum() / real.sum().clamp(min=1)
        where = f"with B={n_b}, T={n_t}, V={n_words}, pad_id={pad_id}"
        got = torch.as_tensor(next_word_loss(logits.clone(), targets.clone(), pad_id)).double()
        torch.testing.assert_close(got.reshape(()), due, msg=f"Wrong {where}.", rtol=1e-5, atol=1e-7)
        slope = (logits.softmax(-1) - torch.eye(n_words).double()[targets]) * real[..., None] / real.sum().clamp(min=1)
        own = gradients(next_word_loss, logits, targets, pad_id)[0]
        own = torch.zeros_like(logits) if own is None else own
        torch.testing.assert_close(own, slope, msg=f"The gradient is wrong {where}.", rtol=1e-5, atol=1e-7)
### END HIDDEN TESTS

# %% [markdown]
# Now a lie.
# Two small models train on *random* words, with your pairs and your loss.
# Nobody can know the next of 11 words that were drawn: the best loss there is is ln 11 = 2.40.
# **Predict, then run:** one of the two has no causal mask. What is its loss?

# %%
def loss_on_random_words(masked: bool, n_steps: int = 300) -> float:
    """Train a small model on random words, with or without a causal mask; return its last loss."""
    from course_lib.models.causal_lm import CausalLm, CausalLmConfig

    torch.manual_seed(0)
    sizes = {"vocab_size": 11, "d_model": 32, "n_heads": 2, "n_layers": 1, "d_ff": 64}
    network = CausalLm(CausalLmConfig(**sizes, masked=masked))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(n_steps):
        inputs, targets = next_words(torch.randint(0, 11, (32, 9)))
        loss = next_word_loss(network(inputs), targets, pad_id=-1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


print("with the mask:   ", round(loss_on_random_words(masked=True), 2))
print("without the mask:", round(loss_on_random_words(masked=False), 2))

# %% [markdown]
# Seven of the eight answers stand in the input of the model that sees everything, and it reads them off.
# The eighth does not, and costs ln 11: an eighth of that is 0.30, and towards that the loss goes.
# Nothing in its training looks wrong.
# It would write as badly as it began, since then there is no future to read.
# So ask the model, not the loss.
#
# ## Task 6: Who moves when a word changes (15 minutes, 3 points)
#
# A model is a function: it takes ids (B, T), one sentence or many at once, and gives logits (B, T, V).
# Change one word of a sentence, and see which places give other logits.
# This needs no look inside, and so it finds every path: a mask that is wrong, a norm over the text, a position that counts from the end.
#
# Make a table of it.
# `table[t, s]` says how far the logits of place t move when the word at place s changes: the largest move of any of its V logits, whatever other word comes to stand there.
# All other places keep their words.
# Some paths open for a single word, so try them all.

# %% nbgrader={"grade": false, "grade_id": "influence", "locked": false, "schema_version": 3, "solution": true, "task": false}
def influence(model, ids: torch.Tensor, n_words: int) -> torch.Tensor:
    """Return how far the logits of each place move when one word changes.

    table[t, s] = max over words w and logits v of |model(ids with w at place s) − model(ids)| at t, v
    model: takes whole numbers (B, T), gives (B, T, V).
    Shapes: ids (T,), one sentence of words 0 … n_words − 1; returns (T, T).
    """
    ### BEGIN SOLUTION
    before = model(ids[None])[0]  # (T, V)
    columns = []
    for place in range(len(ids)):
        changed = ids.repeat(n_words, 1)  # a sentence for each word, the old one among them
        changed[:, place] = torch.arange(n_words)
        columns.append((model(changed) - before).abs().amax(dim=(0, 2)))
    return torch.stack(columns, dim=1)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_influence", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

vectors = torch.tensor([[0.0, 0, 0], [1, -4, 0], [2, 1, 0]])  # of three words
reads = torch.tensor([[1.0, 0, 0.5, 0], [2, 3, 0, 0], [4, 1, 2, 0], [1, 2, 3, 4]])  # who reads whom, how strongly
asked = []


def reader(ids):
    """Give each place the sum of the vectors of all places, each as strongly as it is read."""
    asked.append(ids)
    if ids.dim() != 2 or ids.shape[1] != 4:
        raise ValueError(f"A model takes ids (B, T) with whole sentences, and got {tuple(ids.shape)}.")
    return torch.einsum("ts,bsv->btv", reads, vectors[ids])


ids = torch.tensor([0, 1, 2, 1])
kept = ids.clone()
try:
    table = influence(reader, ids, 3)
except (IndexError, ValueError):
    outside = asked and (asked[-1].max() > 2 or asked[-1].min() < 0)
    assert not outside, "A word was put in that does not exist: the words are 0 … n_words − 1."
    shape = tuple(asked[-1].shape) if asked else ()
    assert shape != (1, 3), "The word was taken out of the sentence, and all places behind it moved up; put another in its place."
    assert shape != (4,), "The model takes a batch, (B, T); give it ids[None]."
    raise
assert torch.equal(ids, kept), "The sentence was changed and not restored; change a copy."
table = torch.as_tensor(table).detach().double()
assert table.shape == (4, 4), f"Expected the shape (4, 4), got {tuple(table.shape)}."
far = torch.tensor([4.0, 5, 5, 5])  # how far the vectors of the other words lie at most, at each place
assert not near(table, (reads * far).T), "Rows and columns have changed places: a row is the place that moves, a column the place whose word changes."
assert not near(table, (reads * far).tril()), "What lies above the diagonal was taken to be 0; that is what the table is to find out."
assert not near(table, (reads * far).triu()), "What lies below the diagonal is missing: the table shows also what may be seen."
assert not near(table, (reads * far).fill_diagonal_(0)), "The diagonal is missing: a place moves with its own word too."
assert not near(table, (reads != 0).double()), "The table says whether a place moves; it is to say how far."
assert not near(table, reads * torch.tensor([4.0, 5, 2, 5])), "One other word was tried, the next one; a path may open for any."
assert not near(table, reads * torch.tensor([0.0, 4, 2, 4])), "Only word 0 was put in; a path may open for any word, and where 0 stands nothing changed."
assert not near(table, reads * torch.tensor([2.0, 5, 0, 5])), (
    "The moves were compared with their signs, and a logit that falls was not seen; take the absolute value."
)
assert not near(table, reads * torch.tensor([6.0, 9, 7, 9])), "The moves of all words were added up; the largest is due."
assert not near(table, reads * torch.tensor([2.0, 3, 7 / 3, 3])), "The moves were averaged over the words; the largest is due."
assert not near(table, reads * torch.tensor([3.0, 4.5, 3.5, 4.5])), "The moves were averaged over the other words; the largest is due."
assert not near(table, reads * torch.tensor([5 / 3, 2, 2, 2])), "The moves were averaged over the logits; the largest is due."
assert not near(table, reads * torch.tensor([5.0, 6, 6, 6])), "The moves of a place's logits were added up; the largest is due."
root = torch.tensor([17.0, 26, 26, 26]).sqrt()
assert not near(table, reads * root), "This is the length of the move of all logits together; the largest single move is due."
assert not near(table, reads * torch.tensor([2.0, 1, 2, 1])), "Only the first logit was compared; any of the V may move."
assert not near(table, reads * far * torch.tensor([1.0, 1, 1, 0])), (
    "The last column is missing: the word at the last place was not changed."
)
assert not near(table, reads * torch.tensor([4.0, 4, 5, 4])), "The highest word was not tried: the words are 0 … n_words − 1."
assert not near(table, reads * far / (reads @ vectors[kept]).abs().amax(1, keepdim=True)), (
    "The moves were divided by the size of the logits; they are wanted as they are."
)
assert table.max() > 1, "All moves are below 1: probabilities were compared. Where a model is certain they hide what its logits show."
at_once = max(int((given != kept).sum(dim=1).max()) for given in asked)
assert at_once == 1 or not near(table[:, 0], [4, 8, 16, 4]), (
    "A word that was changed stayed, while the next place was tried: begin each time with the sentence as it was."
)
assert at_once == 1, "Several places got other words at once; all places but one keep theirs."
assert near(table[:, 0], [4, 8, 16, 4]), f"When word 0 changes the places move by 4, 8, 16 and 4, got {table[:, 0].tolist()}."
assert near(table, reads * far), f"The table should be {(reads * far).tolist()}, got {table.tolist()}."
print("who moves when a word changes:", *table.tolist(), sep="\n")
### BEGIN HIDDEN TESTS
def reference_influence(model, ids, n_words):
    """The same, one sentence after the other."""
    before, found = model(ids[None])[0], torch.zeros(len(ids), len(ids))
    for s in range(len(ids)):
        for w in range(n_words):
            other = [w if at == s else word for at, word in enumerate(ids.tolist())]
            found[:, s] = torch.maximum(found[:, s], (model(torch.tensor([other]))[0] - before).abs().amax(-1))
    return found


def crooked(n_places, n_words, width, reach):
    """Make a model that is not linear and reads what `reach` shows."""
    table, out = torch.randn(n_words, width), torch.randn(width, n_words)
    return lambda ids: ((reach * torch.randn(n_places, n_places, generator=torch.Generator().manual_seed(5))) @ table[ids]).tanh() @ out


torch.manual_seed(20261113)
for n_places, n_words, width in ((1, 2, 3), (2, 7, 5), (5, 3, 2), (7, 5, 3)):
    for reach in (torch.ones(n_places, n_places), torch.ones(n_places, n_places).tril(), torch.rand(n_places, n_places)):
        model, ids = crooked(n_places, n_words, width, reach), torch.randint(0, n_words, (n_places,))
        due = reference_influence(model, ids.clone(), n_words)
        got = torch.as_tensor(influence(model, ids.clone(), n_words)).detach().float()
        where = f"with T={n_places}, V={n_words}"
        torch.testing.assert_close(got, due, msg=f"Wrong {where}.", rtol=1e-4, atol=1e-5)


def spelled(ids):
    """Place 0 moves if word 5 comes to stand at place 6, and for no other word."""
    own = F.one_hot(ids, 7).float()
    return own + 3 * (ids[:, 6:] == 5)[..., None] * (torch.arange(7) == 0)[:, None]


got = torch.as_tensor(influence(spelled, torch.tensor([1, 2, 3, 4, 5, 6, 0]), 7))
assert near(got[0, 6], 3), "A path that opens for one word alone was not found."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 7: The first leak (10 minutes, 2 points)
#
# A causal model's table is 0 above the diagonal: no place moves when a later word changes.
# With real numbers, "0" needs a word: the same sum in another order differs by a rounding, about 10⁻⁷ of the numbers that were added.
# So a place *leaks* if a later word moves one of its logits by more than 10⁻⁶ of the largest logit that stands there (in absolute value, for the sentence as it was given).
# A faint leak is a leak: training finds it, and turns it up.
#
# Return the smallest place that leaks, in any of the sentences, each by itself.
# A model that gives NaN is not causal and not leaky but broken: NaN is not greater than anything, and hides every leak.
# Then raise ValueError, whether the NaN comes at once or after a change.
#
# You may call your function of Task 6; a mistake in it then costs points here too.

# %% nbgrader={"grade": false, "grade_id": "first_leak", "locked": false, "schema_version": 3, "solution": true, "task": false}
def first_leak(model, sentences: torch.Tensor, n_words: int) -> int | None:
    """Return the smallest place that moves when a later word changes; None for a causal model.

    Place t of a sentence leaks if table[t, s] > 10⁻⁶ · max_v |logits[t, v]| for an s > t.
    model: takes whole numbers (B, T), gives (B, T, V).
    Shapes: sentences (B, T), of words 0 … n_words − 1.
    Raises: ValueError where the model gives NaN.
    """
    ### BEGIN SOLUTION
    leaks = set()
    for ids in sentences:
        before = model(ids[None])[0]
        limit = 1e-6 * before.abs().amax(dim=1)
        for later in range(len(ids)):
            others = ids.repeat(n_words, 1)
            others[:, later] = torch.arange(n_words)
            moved = (model(others) - before).abs().amax(dim=(0, 2))
            if moved.isnan().any():
                raise ValueError("the model gives NaN, which hides every leak")
            leaks.update((moved > limit)[:later].nonzero().flatten().tolist())
    return min(leaks, default=None)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_first_leak", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch


def model_of(*leaks, size=1.0, strength=1.0):
    """Return a causal model of 5 words, but that place t also reads place s, for each (t, s)."""

    def leaky(ids):
        n_places = ids.shape[1]
        reach = torch.ones(n_places, n_places).tril()
        for t, s in leaks:
            reach[t, s] = strength
        return size * (reach @ (1 + 3 * torch.eye(5)[ids]))

    return leaky


def leak_of(model, given):
    """Return what is found; a tensor or an array of one number counts as this number."""
    found = first_leak(model, given, 5)
    return found.item() if hasattr(found, "item") else found


sentences = torch.tensor([[0, 1, 2, 3, 4, 0, 1], [4, 4, 1, 0, 2, 3, 3]])
kept = sentences.clone()
found = leak_of(model_of(), sentences)
assert torch.equal(sentences, kept), "The sentences were changed; they belong to the data."
assert found is None or found != 0 or isinstance(found, bool), (
    "A causal model was accused at place 0: a place may move with its own word."
)
assert found is None or found != 1 or isinstance(found, bool), (
    "A causal model was accused at place 1, which moves with the word before it; only later words count."
)
assert found != -1, "A causal model gave −1, which is a place in Python: the last. Return None."
assert found is not False, "A causal model gave False, which equals 0, the first place. Return None."
assert found is None, f"A causal model has no leak: None, got {found}."
found = leak_of(model_of((2, 5)), sentences)
assert found is not True, "A leak was found, and not said where: return the place that moved."
assert found != 5, "That is the place whose word changed; the place that moved is asked for, place 2."
assert found != 3, "Places count from 0, as everything in Python; place 2 moved."
assert found != (2, 5) and found != [2], "Return the place alone, a number."
assert found is not None or leak_of(model_of((2, 3)), sentences) is None, (
    "A leak from three places ahead was not found, and one from the next place is: look at all later places."
)
assert found is not None or leak_of(model_of((2, 6)), sentences) is None, (
    "Only the last word was changed; any later word may leak."
)
assert found == 2, f"Place 2 reads place 5: the first leak is at 2, got {found}."
found = leak_of(model_of((4, 5), (1, 6), (5, 6)), sentences)
assert found != 5, "Places 1, 4 and 5 leak, and the last of them was named; the smallest is asked for."
assert found != 4, "Places 1, 4 and 5 leak, and 4 was named: it leaks to the earliest word. The smallest place is asked for."
assert found == 1, f"Places 1, 4 and 5 leak: the first is 1, got {found}."
found = leak_of(model_of((0, 3)), sentences)
assert found is not None, "A leak at place 0 was lost: 0 counts as False in Python, so ask `is None`."
assert found == 0, f"The leak is at place 0, got {found}."
found = leak_of(model_of((1, 6), strength=1e-4), sentences)
assert found is not None, "A faint leak, a ten-thousandth, was not found; the limit is 10⁻⁶ of the largest logit at that place."
assert found == 1, f"A faint leak at place 1 was given as {found}."


def rounded(logits):
    """Return a model that gives these logits everywhere, moved by a rounding where the last word is odd."""
    return lambda ids: logits + (ids[:, -1] % 2)[:, None, None] * 2e-7 * logits.abs().max() * torch.ones(7, 5)


flat, with_zero = torch.tensor([1.0, 0.5, 0.7, 0.5, 1.0]), torch.tensor([1.0, 0.0, 0.7, 0.5, 1.0])
assert leak_of(rounded(flat), sentences) is None, (
    "A rounding, two ten-millionths, was taken for a leak: sums of floats in another order are not equal."
)
assert leak_of(rounded(with_zero), sentences) is None, (
    "A rounding beside a logit of 0 was taken for a leak: it is measured against the largest logit of the place, not against its own."
)
assert leak_of(rounded(10_000 * flat), sentences) is None, (
    "With logits of 10,000 a rounding is 0.002, and was taken for a leak: the limit grows with the logits of the place."
)


def uneven(ids):
    """Place 1 has small logits and leaks; place 5 has large ones."""
    return model_of((1, 3), strength=1e-3)(ids) * torch.tensor([1, 1e-3, 1, 1, 1, 1e3, 1])[:, None]


found = leak_of(uneven, sentences)
assert found is not None, (
    "A leak at a place with small logits was lost beside a place with large ones: measure each place by its own largest logit."
)
assert found == 1, f"The leak at a place with small logits was given as {found}."


def picky(ids):
    """Place 3 reads place 4, in sentences that begin with word 4."""
    return model_of()(ids) + (ids[:, :1] == 4)[..., None] * model_of((3, 4))(ids)


found = leak_of(picky, sentences)
assert found is not None, "Only the first sentence was looked at; here the second leaks."
assert found == 3, f"The second sentence leaks at place 3, got {found}."


def two_leaks(ids):
    """Place 5 leaks in the first sentence, place 2 in the second."""
    begins = (ids[:, :1] == 4)[..., None]
    return torch.where(begins, model_of((2, 4))(ids), model_of((5, 6))(ids))


found = leak_of(two_leaks, sentences)
assert found != 5, "The first sentence that leaks was given: at 5. The smallest place of all sentences is asked for, 2 in the second."
assert found == 2, f"The sentences leak at 5 and at 2; the smallest is 2, got {found}."


def single(ids):
    """Place 1 reads a little if word 3 comes to stand at the last place."""
    return model_of()(ids) + 1e-3 * (ids[:, -1:] == 3)[..., None] * (torch.arange(7) == 1)[:, None]


found = leak_of(single, sentences[:1])
assert found is not None, "A leak that opens for a single word was not found: try them all."
assert found == 1, f"A leak that opens for a single word is at place 1, got {found}."


def broken(ids):
    """A model in which every row has met a NaN."""
    return model_of()(ids) * float("nan")


def breaks(ids):
    """A model that gives NaN where a word 3 stands at the last place."""
    return model_of()(ids).masked_fill((ids[:, -1:] == 3)[..., None], float("nan"))


def refused(model, given):
    """Say whether the model was refused with a ValueError."""
    try:
        leak_of(model, given)
    except ValueError:
        return True
    return False


assert refused(broken, sentences), "A model that gives NaN was found causal: NaN hides every leak. Raise ValueError."
assert refused(breaks, sentences[:1]), "NaN that comes only after a change went by unseen; raise ValueError for it too."
print("place 2 reads place 5:", leak_of(model_of((2, 5)), sentences))
### BEGIN HIDDEN TESTS
from course_lib.models.causal_lm import CausalLm, CausalLmConfig


def hidden_logit(ids):
    """One logit of place 4 is moved by the last word."""
    return model_of()(ids) + 0.01 * (ids[:, -1] == 2)[:, None, None] * ((torch.arange(7) == 4)[:, None] & (torch.arange(5) == 3))


def over_time(ids):
    """A norm over the places: each is divided by the largest of the text."""
    return model_of()(ids) / model_of()(ids).amax(1, keepdim=True)


def from_the_end(ids):
    """Word 0 is filling, and the last place of the rest is known to all from place 3 on."""
    return model_of()(ids) + 1e-2 * (ids != 0).sum(1)[:, None, None] * (torch.arange(7) >= 3)[:, None]


assert leak_of(hidden_logit, sentences) == 4, "A leak in a single logit was not found."
assert leak_of(over_time, sentences) == 0, "A norm over the places leaks at place 0."
assert leak_of(from_the_end, sentences) == 3, "A leak through the number of real words was not found."
torch.manual_seed(20261117)
for n_b, n_places in ((1, 2), (3, 5), (2, 11)):
    given = torch.randint(0, 5, (n_b, n_places))
    assert leak_of(model_of(), given.clone()) is None, f"A causal model was accused with B={n_b}, T={n_places}."
    for t in range(0, n_places - 1, 1 if n_places < 11 else 4):
        later = n_places - 1 if n_places == 11 else int(torch.randint(t + 1, n_places, ()))
        got = leak_of(model_of((t, later), size=0.01, strength=1e-4), given.clone())
        assert got == t, f"Place {t} reads place {later} faintly, with B={n_b}, T={n_places}; got {got}."


def transformer_of(masked, positions):
    """Return a Transformer in float64 as a function, without gradients."""
    config = CausalLmConfig(vocab_size=5, d_model=8, n_heads=2, n_layers=2, d_ff=16, masked=masked, positions=positions)
    network = CausalLm(config).double().eval()

    def transformer(ids):
        with torch.no_grad():
            return network(ids)

    return transformer


for masked in (True, False):
    for positions in ("learned", "rotary"):
        got = leak_of(transformer_of(masked, positions), torch.tensor([[1, 2, 3, 4, 0]]))
        assert got == (None if masked else 0), f"A Transformer with masked={masked} and {positions} positions gave {got}."
### END HIDDEN TESTS

# %% [markdown]
# ### The picture
#
# Eight models with one attention each, under your masks.
# The last two have the right mask, and a way round it: one divides by the size of the whole text, the other mixes in a ten-thousandth of another place.
# Rows are the places that move, columns the places whose word changes; the darker, the farther, in powers of ten.
# What lies right of the diagonal is the future.
#
# **Predict, then run:** which of the eight tables are empty there, and which row is the first that is not?

# %%
from course_lib import viz

torch.manual_seed(3)
n_places, n_words = 9, 7
words, places = torch.randn(n_words, 16), torch.randn(n_places, 16)


def little_model(mask, after=lambda x: x):
    """Return a model with one attention under this mask."""

    def model(ids):
        x = words[ids] + places
        return after(x + masked_softmax(x @ x.mT / 4, mask) @ x) @ words.T

    return model


causal = causal_mask(n_places)
box = {
    "no mask": little_model(torch.ones_like(causal)),
    "causal": little_model(causal),
    "one too far": little_model(causal_mask(n_places, n_places + 1)[:, :-1]),
    "inverted": little_model(~causal),
    "prefix of 3": little_model(text_mask(torch.tensor([3]), torch.tensor([n_places]), n_places)[0]),
    "6 words": little_model(text_mask(torch.tensor([0]), torch.tensor([6]), n_places)[0]),
    "norm over time": little_model(causal, lambda x: x / x.square().mean(dim=(1, 2), keepdim=True).sqrt()),
    "faint, far": little_model(causal, lambda x: x + 1e-4 * x.roll(3, dims=1)),
}
ids = torch.randint(0, n_words, (n_places,))
fig, panels = viz.figure(2, 4, width=8.4, height=4.8)
verdicts = {}
for panel, (name, model) in zip(panels, box.items()):
    verdicts[name] = first_leak(model, ids[None], n_words)
    moves = influence(model, ids, n_words)
    panel.imshow(moves.clamp(min=1e-9).log10(), cmap="Blues", vmin=-6, vmax=2)
    panel.set(title=f"{name}: {verdicts[name]}", xlabel="changes", ylabel="moves")
    panel.set(xticks=range(0, n_places, 2), yticks=range(0, n_places, 2))
viz.show(fig, alt="Eight tables of which place moves when which word changes; the causal one is a lower triangle")

# %%
assert verdicts["causal"] is None and verdicts["6 words"] is None, "Two of the models hide the future."
assert all(verdicts[name] == 0 for name in box if name not in ("causal", "6 words")), "Six leak from place 0 on."
print("The picture is what it should be.")

# %% [markdown]
# Behind the six words the columns are empty, but for a place's own word, which the attention does not bring: padding hides keys.
# So is the last row under the inverted mask, with the same exception.
# That place may see nothing, and yet there is no NaN.
#
# A prefix leaks by intention: what is known from the beginning may be seen, as long as no loss is asked for there.
# The norm over the text moves every place a little.
# No mask prevents that, since it is not the attention that reads the future.
# And the faint leak of the last model would not show in a table of round numbers; your detector names it all the same.
#
# `course_lib.layers.masks.assert_causal` does this for any model of yours; put one line with it among your tests.
# Whose models leaked, and what good results they had, stands in [chapter 11](../../book/11_masking.md).
