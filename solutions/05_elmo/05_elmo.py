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
# # Exercise 5: ELMo
#
# A word's vector should depend on the sentence that it stands in.
# ELMo gets there in five steps: it spells the word, decides how much of the spelling to keep, reads the sentence from both ends, and mixes what its layers found.
# In this exercise you write each of these steps.
# At the end you put them together, and they have to give the vectors of a language model that was trained on real documentation.
#
# Read [chapter 5](../../book/05_elmo.md) first.
# There are six tasks, 16 points, and about 70 minutes of work.
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

from course_lib.grading.helpers import gradients

torch.set_num_threads(1)  # enough for these sizes

# %% [markdown]
# ## Task 1: Spell a word (10 minutes, 2 points)
#
# ELMo has no vocabulary: it reads the bytes of a word.
# A byte is a number from 0 to 255, and UTF-8 writes "a" as one byte and "é" as two.
# Three more numbers are needed: 258 begins a word, 259 ends it, and 260 fills it up to 50.
#
# All of them are raised by 1 at the end, so that 0 stays free for "there is no word here".

# %% nbgrader={"grade": false, "grade_id": "character_ids", "locked": false, "schema_version": 3, "solution": true, "task": false}
def character_ids(word: str, max_characters: int = 50) -> list[int]:
    """Return exactly max_characters ids: 258, the word's bytes in UTF-8, 259, and 260s; each plus 1.

    Of a long word the first max_characters − 2 bytes stay, so that both marks always have room.
    """
    ### BEGIN SOLUTION
    content = list(word.encode("utf-8"))[: max_characters - 2]
    ids = [258, *content, 259]
    ids += [260] * (max_characters - len(ids))
    return [i + 1 for i in ids]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_character_ids", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
got = character_ids("ab", 6)
assert isinstance(got, list), "Return a list of whole numbers."
assert got != [258, 97, 98, 259, 260, 260], (
    "The ids were not raised by 1; 0 must stay free for places without a word."
)
assert got[:3] != [98, 99, 260], "The mark 258 that begins a word is missing."
assert got != [259, 98, 99, 261, 261, 260], (
    "The mark 259 comes straight after the word's last byte; the filling comes behind it."
)
assert got not in ([259, 98, 99, 260, 0, 0], [259, 98, 99, 260, 1, 1]), (
    "The word is filled up with zeros; 260 fills words up, and 0 means that there is no word."
)
assert len(got) == 6, f"Six ids were asked for and {len(got)} came."
assert got == [259, 98, 99, 260, 261, 261], f"'ab' with 6 ids became {got}."
got = character_ids("Ab", 6)
assert got[1] != 98, "Capital letters are bytes of their own; do not change the word."
assert got == [259, 66, 99, 260, 261, 261], f"'Ab' with 6 ids became {got}."
got = character_ids("ő", 6)
assert got[1] != 338, "These are code points; UTF-8 writes 'ő' as the two bytes 197 and 145."
composed = [got, character_ids("e\u0301", 6), character_ids("ﬁ", 6)]  # e and an accent; f and i in one sign
assert (
    composed[0] != [259, 112, 205, 140, 260, 261]
    and composed[1] != [259, 196, 170, 260, 261, 261]
    and composed[2] != [259, 103, 106, 260, 261, 261]
), "The word was written with other signs that look alike (unicodedata.normalize); spell what is there."
assert got == [259, 198, 146, 260, 261, 261], f"'ő' with 6 ids became {got}."
assert composed[2] == [259, 240, 173, 130, 260, 261], f"'ﬁ' with 6 ids became {composed[2]}."
got = character_ids("abcdefgh", 6)
assert got[:6] != [259, 98, 99, 100, 101, 102] or len(got) > 6, (
    "The word was cut after its marks were set: the mark that ends it is lost."
)
assert got != [259, 98, 99, 100, 101, 102, 103, 104, 105, 260], (
    "A long word must be cut, or the words of a batch have different lengths."
)
assert got == [259, 98, 99, 100, 101, 260], f"'abcdefgh' with 6 ids became {got}."
got = character_ids("éé", 5)
assert got[:5] not in ([259, 196, 170, 196, 170], [259, 196, 170, 260, 261]), (
    "The cut counts bytes, not letters; of the second é one byte stays."
)
assert got == [259, 196, 170, 196, 260], f"'éé' with 5 ids became {got}."
print("kernel ->", character_ids("kernel", 10))
### BEGIN HIDDEN TESTS
import random

draw = random.Random(20250311)
letters = "abcxyzéßж한국語😀 "
for length in (3, 5, 11, 50):
    for n in (0, 1, 2, 7, 13, 61):
        word = "".join(draw.choice(letters) for _ in range(n))
        kept = word.encode()[: length - 2]
        expected = [259, *(byte + 1 for byte in kept), 260]
        expected += [261] * (length - len(expected))
        got = list(character_ids(word, length))
        assert len(got) == length, f"A word of {n} letters with {length} ids gave {len(got)}."
        assert got == expected, f"A word of {n} letters with {length} ids was spelled wrong."
assert len(character_ids("kernel")) == 50, "Without a length there are 50 ids."
### END HIDDEN TESTS

# %%
# The library's own version: course_lib.models.elmo_characters
from course_lib.models import elmo_characters

words = ["kernel", "naïve", "한국어", "x" * 60]
print("the same ids:", [character_ids(w) == elmo_characters.character_ids(w) for w in words])

# %% [markdown]
# ## Task 2: A gate that decides what to keep (9 minutes, 2 points)
#
# The filters of the character CNN give one vector a word.
# A highway layer then computes something new from it and *mixes* the two: a gate between 0 and 1 says, for each number by itself, what share of it is replaced.
#
# The layer is learned, and so is what lies below it: a gradient has to reach x, the weights and the biases, so stay in tensors.

# %% nbgrader={"grade": false, "grade_id": "highway", "locked": false, "schema_version": 3, "solution": true, "task": false}
def highway(
    x: torch.Tensor,
    new_weight: torch.Tensor,
    new_bias: torch.Tensor,
    gate_weight: torch.Tensor,
    gate_bias: torch.Tensor,
) -> torch.Tensor:
    """Replace a share g of x by something new.

    n = relu(x W_nᵀ + b_n);   g = σ(x W_gᵀ + b_g);   y = g · n + (1 − g) · x
    Shapes: x (N, D); weights (D, D), as in nn.Linear; biases (D,); returns (N, D).
    """
    ### BEGIN SOLUTION
    new = torch.relu(x @ new_weight.T + new_bias)
    gate = torch.sigmoid(x @ gate_weight.T + gate_bias)
    return gate * new + (1 - gate) * x
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_highway", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch

x = torch.tensor([[2.0, -4.0]])
eye, none = torch.eye(2), torch.zeros(2)
far = torch.tensor([100.0, 60.0])


def numbers(*given):
    """Give what comes out for the one word, as a list of two numbers."""
    return [round(number, 4) for number in highway(*given)[0].tolist()]


got = highway(x, eye, none, 0 * eye, none)
assert x.tolist() == [[2, -4]], "x was changed; it is needed for both parts. Make new tensors."
assert got.shape == (1, 2), f"Expected the shape (1, 2), got {tuple(got.shape)}."
assert got.dtype == x.dtype, f"The result became {got.dtype}, and the next layer expects float32, as x is."
half = numbers(x, eye, none, 0 * eye, none)  # the gate is σ(0) = 1/2
closed = numbers(x, eye, none, 0 * eye, -far)
opened = numbers(x, 3 * eye, none, 0 * eye, far)
assert closed[1] != -244, "With a bias of −60 the answer explodes; the gate is σ(…), between 0 and 1."
assert closed != [2, -2] or opened != [4, -2], "The gate's bias changes nothing; g is σ(x W_gᵀ + b_g)."
assert opened != [2, -4] or closed != [2, 0], (
    "An open gate copied the input; g is the share that is replaced."
)
assert opened[0] != 8 or closed != [2, -4], (
    "The new part was added to the whole input; only (1 − g) of x stays."
)
assert closed != [2, 0] or half != [2, 0], "A closed gate must copy the input; −4 became 0."
assert closed == [2, -4], f"A closed gate must copy the input, 2 and −4; got {closed}."
assert opened[0] != 1, "The new part is squeezed below 1; it is relu(…), not tanh."
assert opened[1] != -12, "The new part lacks its relu: it is negative here."
assert opened == [6, 0], f"An open gate gives relu(3 x), 6 and 0; got {opened}."
assert half == [2, -2], f"Half of relu(x) and half of x: 2 and −2 were expected, got {half}."
swap = torch.tensor([[0.0, 1.0], [0.0, 0.0]])
turned = numbers(torch.tensor([[5.0, 7.0]]), swap, none, 0 * eye, far)
assert turned != [0, 5], "The weights must be transposed: each row holds what one output reads."
assert turned == [7, 0], f"The first output reads the second number: 7 and 0, got {turned}."
raised = numbers(x, eye, torch.tensor([1.0, 5.0]), 0 * eye, far)
assert raised != [2, 0], "The new part's bias is missing: relu(x W_nᵀ + b_n) is (3, 1) here."
assert raised == [3, 1], f"relu(x W_nᵀ + b_n) is (3, 1) here, got {raised}."
got = numbers(x, 3 * eye, none, eye, none)  # 6 · g + 2 · (1 − g) and −4 · (1 − g)
gate = (got[0] - 2) / 4, 1 + got[1] / 4
assert abs(gate[0] - gate[1]) > 1e-4, "All numbers of a word have one gate; each number has its own."
assert abs(gate[1]) > 1e-4, (
    "The gate is cut off at 0, as a hard sigmoid is; σ comes near 0 and never gets there."
)
assert abs(gate[0] - 0.9975) > 1e-4 or abs(gate[1] - 0.5) > 1e-4, (
    "The gate reads x itself, not what was made of it."
)
assert abs(gate[0] - 0.8808) < 1e-4 and abs(gate[1] - 0.0180) < 1e-4, (
    f"The gate is σ(2) = 0.8808 and σ(−4) = 0.0180 here, got {gate[0]:.4f} and {gate[1]:.4f}."
)
turned = numbers(torch.tensor([[5.0, 7.0]]), 0 * eye, none, 100 * swap, none)
assert turned == [0, 3.5], f"The first gate reads the second number and opens: 0 and 3.5, got {turned}."
try:
    got = gradients(highway, x, eye, none, 0 * eye, none)
except TypeError:
    raise AssertionError("No gradient leaves the layer, and nothing below it can learn; no_grad, numpy and tolist cut it off.") from None
due = [[[1, 0.5]], [[1, -2], [0, 0]], [0.5, 0], [[0, 0], [2, -4]], [0, 1]]
parts = zip(("x", "new_weight", "new_bias", "gate_weight", "gate_bias"), got, due)
wrong = [name for name, g, d in parts if g is None or not torch.allclose(g, torch.tensor(d, dtype=g.dtype))]
assert not wrong, f"A part of the layer is cut out of the gradient (detach, .data): {', '.join(wrong)} gets a wrong one."
print("half replaced:", half)
### BEGIN HIDDEN TESTS
torch.manual_seed(20250313)
for n_words, width in ((1, 1), (5, 3), (2, 13)):
    x = torch.randn(n_words, width)
    w_n, w_g = torch.randn(2, width, width)
    b_n, b_g = torch.randn(2, width)
    expected = torch.nn.functional.linear(x, w_n, b_n).clamp(min=0)
    share = torch.nn.functional.linear(x, w_g, b_g).sigmoid()
    got = highway(x, w_n, b_n, w_g, b_g)
    torch.testing.assert_close(
        got, x + share * (expected - x), msg=f"Wrong numbers with N={n_words}, D={width}."
    )
### END HIDDEN TESTS

# %%
# The library's layer: course_lib.layers.highway
from course_lib.layers.highway import Highway

layer, x = Highway(5), torch.randn(3, 5)
ours = highway(
    x,
    layer.transform_proj.weight,
    layer.transform_proj.bias,
    layer.gate_proj.weight,
    layer.gate_proj.bias,
)
print("the same numbers:", torch.allclose(ours, layer(x)))

# %% [markdown]
# ## Task 3: One step of the LSTM (15 minutes, 4 points)
#
# ELMo's cell is the LSTM of chapter 5, with two changes.
# Its memory `c` is large, and what it hands on, `h`, is *projected* to fewer numbers.
# And both are kept within bounds: the memory is clipped before it is used, the output after it was projected.
# A gradient has to pass through both of them, from each step to the one before it, and to all weights.
#
# The four gates come out of one product, in the order input, forget, candidate, output.

# %% nbgrader={"grade": false, "grade_id": "lstm_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_step(
    x: torch.Tensor,
    h: torch.Tensor,
    c: torch.Tensor,
    input_weight: torch.Tensor,
    state_weight: torch.Tensor,
    bias: torch.Tensor,
    projection: torch.Tensor,
    cell_clip: float | None,
    output_clip: float | None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Read one token: return the new h and the new c.

    (i, f, g, o) = the four quarters of x Wᵀ + h Uᵀ + b;   W = input_weight, U = state_weight
    c = clip(σ(i) · tanh(g) + σ(f) · c_old, cell_clip)
    h = clip((σ(o) · tanh(c)) Rᵀ, output_clip);   R = projection
    clip(z, m) keeps z between −m and m, and returns z itself where m is None.
    Shapes: x (B, D), h (B, P), c (B, H), W (4H, D), U (4H, P), b (4H,), R (P, H).
    """
    ### BEGIN SOLUTION
    def clip(z, bound):
        return z if bound is None else z.clamp(-bound, bound)

    i, f, g, o = (x @ input_weight.T + h @ state_weight.T + bias).chunk(4, dim=1)
    c = clip(torch.sigmoid(i) * torch.tanh(g) + torch.sigmoid(f) * c, cell_clip)
    h = clip((torch.sigmoid(o) * torch.tanh(c)) @ projection.T, output_clip)
    return h, c
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_lstm_step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
import torch


def one_step(gates, c_old, cell_clip=None, output_clip=None, r=1.0, x=0.0, h_old=0.0):
    """A cell of one number: its four gates are set by the bias, and all weights are 1."""
    c_before = torch.full((1, 1), c_old)
    h_new, c_new = lstm_step(
        torch.full((1, 1), x),
        torch.full((1, 1), h_old),
        c_before,
        torch.ones(4, 1),
        torch.ones(4, 1),
        torch.tensor(gates),
        torch.full((1, 1), r),
        cell_clip,
        output_clip,
    )
    assert c_before.item() == c_old, "The old memory was changed; it is the caller's. Make a new tensor."
    return h_new.item(), c_new.item()


def near(got, due):
    return abs(got - due) < 1e-5


torch.manual_seed(5)
some = (
    torch.randn(3, 7), torch.randn(3, 2), torch.randn(3, 5), torch.randn(20, 7),
    torch.randn(20, 2), torch.randn(20), torch.randn(2, 5),
)  # fmt: skip
got = lstm_step(*some, None, None)
assert not (got[0].shape == (3, 5) and got[1].shape == (3, 2)), "Return h first, then c."
assert got[0].shape != (3, 5), "h was not projected: it must have as many numbers as R has rows."
assert got[0].shape == (3, 2) and got[1].shape == (3, 5), "h has the shape (B, P), c has (B, H)."
assert got[0].dtype == got[1].dtype == torch.float32, (
    f"h and c became {got[0].dtype} and {got[1].dtype}; the next step expects float32, as x is."
)
large = 100.0
_, kept = one_step([-large, large, -large, large], 3.0)
_, lost = one_step([-large, -large, large, large], 3.0)
_, both = one_step([large, -large, large, large], 3.0)
assert not (near(kept, 0) and near(lost, 3)), (
    "The second quarter is the forget gate, the third the candidate; TensorFlow has them swapped."
)
assert not (near(lost, 3) and near(both, 4)), "The memory was kept although the forget gate is closed."
assert near(kept, 3), f"Nothing comes in and nothing is forgotten: c stays 3, got {kept}."
assert near(lost, 0), f"All is forgotten and nothing comes in: c is 0, got {lost}."
assert near(both, 1), f"All is forgotten and tanh(100) comes in: c is 1, got {both}."
h_new, _ = one_step([-large, large, large, large], 3.0)
assert not near(h_new, 3), "h holds the memory itself; it passes through tanh on its way out."
assert near(h_new, math.tanh(3)), f"h is tanh(3) = 0.99505 here, got {h_new}."
h_new, _ = one_step([-large, large, large, -large], 3.0)
assert not near(h_new, math.tanh(3)), "The output gate is closed and h is not 0; it decides what leaves."
assert near(h_new, 0), f"The output gate is closed: h is 0, got {h_new}."
_, c_new = one_step([large, -large, -0.5, large], 3.0)
assert abs(c_new - 0.37754) > 1e-4, "The candidate is positive for a negative number; it goes through tanh, not σ."
assert abs(c_new + 0.46212) < 1e-4, f"The candidate is tanh(−0.5) = −0.46212 here, got {c_new}."
h_new, c_new = one_step([large, large, large, large], 3.0, cell_clip=2.0)
assert not near(c_new, 4), "c is 1 + 3 = 4 and must be clipped to cell_clip, 2."
assert not near(c_new, 3), "The old memory was clipped, and 1 was added to it after that; clip the sum."
assert near(c_new, 2), f"c is 1 + 3, clipped to 2; got {c_new}."
assert not near(h_new, math.tanh(4)), "h was computed from the memory before it was clipped."
assert near(h_new, math.tanh(2)), f"h is tanh(2) = 0.96403 here, got {h_new}."
_, c_new = one_step([large, large, -large, large], -3.0, cell_clip=2.0)
assert not near(c_new, -4), "c is −4 and must be clipped to −2: both sides have a bound."
assert near(c_new, -2), f"c is −4, clipped to −2; got {c_new}."
h_new, _ = one_step([large, large, large, large], 3.0, output_clip=0.5, r=3.0)
assert not near(h_new, 1.5), "The output is larger than its bound; clip it after the projection."
assert not near(h_new, 3 * math.tanh(4)), "The output was not clipped to output_clip, 0.5."
assert near(h_new, 0.5), f"3 · tanh(4) is clipped to 0.5, got {h_new}."
_, c_new = one_step([large, large, large, large], 3.0, cell_clip=0.0)
h_new, _ = one_step([large, large, large, large], 3.0, output_clip=0.0)
assert not near(c_new, 4) and not near(h_new, math.tanh(4)), (
    "A bound of 0 is a bound, and `if` takes it for None; ask `is None`."
)
assert c_new == h_new == 0, f"Clipped to 0 both are 0, got c = {c_new} and h = {h_new}."
_, c_new = one_step([0.0, 0.0, 0.0, 0.0], 3.0, h_old=large)
assert not near(c_new, 1.5), (
    "The gates did not see h: with h = 100 all of them open, and c is 1 + 3; add h Uᵀ."
)
assert near(c_new, 4), f"With h = 100 all gates are open, and c is 1 + 3; got {c_new}."
_, c_new = one_step([0.0, 0.0, 0.0, 0.0], 3.0, x=large)
assert near(c_new, 4), f"With x = 100 all gates are open, and c is 1 + 3; got {c_new}."
try:
    got = gradients(lambda *given: torch.cat(lstm_step(*given, None, None), dim=1), *some)
except TypeError:
    raise AssertionError("No gradient leaves the step, and no LSTM can be trained; no_grad, numpy and tolist cut it off.") from None
names = ("x", "h", "c", "input_weight", "state_weight", "bias", "projection")
unreached = [name for name, g in zip(names, got) if g is None or not g.any()]
assert not unreached, f"No gradient reaches {', '.join(unreached)}: the past is cut off where it is detached."
print("h and c of one step:", one_step([0.0, 0.0, 1.0, 0.0], 1.0))
### BEGIN HIDDEN TESTS
import warnings


def reference(x, h, c, w_x, w_h, bias, r, cell_clip, output_clip):
    """The same step, h and c side by side."""
    n = c.shape[1]
    z = torch.nn.functional.linear(torch.cat([x, h], 1), torch.cat([w_x, w_h], 1), bias)
    c = c * z[:, n : 2 * n].sigmoid() + z[:, :n].sigmoid() * z[:, 2 * n : 3 * n].tanh()
    c = c if cell_clip is None else torch.clamp(c, -cell_clip, cell_clip)
    h = torch.einsum("bn,pn->bp", c.tanh() * z[:, 3 * n :].sigmoid(), r)
    return torch.cat([h if output_clip is None else torch.clamp(h, -output_clip, output_clip), c], 1)


warnings.filterwarnings("ignore", message="LSTM with projections")  # slower, says torch
torch.manual_seed(20250317)
for b, d, p, n in ((1, 1, 1, 2), (3, 7, 2, 5), (2, 3, 11, 13)):
    cell = torch.nn.LSTM(d, n, proj_size=p, batch_first=True)
    x, h, c = torch.randn(b, d), torch.randn(b, p), torch.randn(b, n)
    w = {name.removesuffix("_l0"): value.detach() * 3 for name, value in cell.named_parameters()}
    cell.load_state_dict({f"{name}_l0": value for name, value in w.items()})
    bias = w["bias_ih"] + w["bias_hh"]
    with torch.no_grad():
        _, (their_h, their_c) = cell(x[:, None], (h[None], c[None]))
    given = (x, h, c, w["weight_ih"], w["weight_hh"], bias, w["weight_hr"])
    got_h, got_c = lstm_step(*given, None, None)
    close = {"rtol": 1e-4, "atol": 1e-5}
    torch.testing.assert_close(got_c, their_c[0], msg="c differs from torch's LSTM.", **close)
    torch.testing.assert_close(got_h, their_h[0], msg="h differs from torch's LSTM.", **close)
    clips = (0.3, 0.1)
    expected_h, expected_c = reference(*given, *clips).split([p, n], 1)
    got_h, got_c = lstm_step(*given, *clips)
    torch.testing.assert_close(got_c, expected_c, msg="The clipped c is wrong.", **close)
    torch.testing.assert_close(got_h, expected_h, msg="The clipped h is wrong.", **close)
    theirs = gradients(reference, *given, *clips)
    ours = gradients(lambda *given: torch.cat(lstm_step(*given), dim=1), *given, *clips)
    for own, expected in list(zip(ours, theirs))[:7]:
        assert own is not None, "No gradient comes through where h and c are clipped."
        torch.testing.assert_close(own, expected, msg="The gradient of a clipped step is wrong.", **close)
### END HIDDEN TESTS

# %% [markdown]
# ## Task 4: Read from the other end (8 minutes, 2 points)
#
# The backward direction is the same LSTM on sentences that are turned around.
# A batch is a rectangle, and its short rows are filled up at the end.
# If whole rows were turned around, the filling would come first, and the LSTM would read it before the sentence.
# So each row is turned around within its own length, and the filling stays where it is.
# The filling may be any numbers, and a gradient goes through them as through the others.

# %% nbgrader={"grade": false, "grade_id": "reverse_each", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reverse_each(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Turn each row around within its own length.

    out[b, t] = x[b, n_b − 1 − t] where t < n_b, and x[b, t] behind that;   n_b = lengths[b]
    Shapes: x (B, T, D), lengths (B,), from 0 to T; returns a new tensor (B, T, D).
    """
    ### BEGIN SOLUTION
    out = x.clone()
    for row, n in enumerate(lengths.tolist()):
        out[row, :n] = x[row, :n].flip(0)
    return out
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_reverse_each", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch

x = torch.tensor([[1.0, 2, 3, 0, 0, 0], [4, 5, 6, 7, 8, 0]])[..., None] * torch.tensor([1.0, 10.0])
before = x.clone()
got = reverse_each(x, torch.tensor([3, 5]))
assert torch.equal(x, before), "The argument was changed; work on a copy."
assert got.shape == (2, 6, 2), f"Expected the shape (2, 6, 2), got {tuple(got.shape)}."
assert got.dtype == x.dtype, f"The result became {got.dtype}, and the LSTM expects float32, as x is."
rows = [row[:, 0].int().tolist() for row in got]
assert rows[0][0] != 10, "The numbers of a token were turned around; turn the order of the tokens."
assert rows[0] != [4, 5, 6, 7, 8, 0], "The rows changed places; turn the tokens within each row."
assert rows != [[0, 0, 0, 3, 2, 1], [0, 8, 7, 6, 5, 4]], (
    "The filling came to the front; a row is turned around within its own length."
)
assert rows != [[2, 1, 3, 0, 0, 0], [7, 6, 5, 4, 8, 0]], (
    "The last token stayed behind: the first place gets token n − 1, with places from 0."
)
assert rows != [[3, 2, 1, 0, 0, 0], [6, 5, 4, 7, 8, 0]], (
    "Each row has its own length; the row of five tokens was not turned around within five."
)
assert rows[0] == [3, 2, 1, 0, 0, 0], f"1, 2, 3 and three places of filling became {rows[0]}."
assert rows[1] == [8, 7, 6, 5, 4, 0], f"4 to 8 and one place of filling became {rows[1]}."
x = torch.tensor([[1.0, 2, 3, 9, 8]])[..., None]
got = reverse_each(x, torch.tensor([3]))[0, :, 0].int().tolist()
assert got != [3, 2, 1, 0, 0], "What lies behind the row's end must stay as it was."
assert got != [8, 9, 3, 2, 1], (
    "The length was guessed from the numbers, and what lies behind the end need not be 0; it is given."
)
assert got == [3, 2, 1, 9, 8], f"1, 2, 3 and a filling of 9, 8 became {got}."
try:
    got, _ = gradients(reverse_each, x, torch.tensor([3]), upstream=torch.arange(1.0, 6).view(1, 5, 1))
except TypeError:
    raise AssertionError("No gradient passes the turned rows, and no layer before them can learn; no_grad, numpy and tolist cut it off.") from None
got = got[0, :, 0].tolist()
assert 0 not in got, (
    f"A part of the row is cut out of the gradient (detach, .data): of 1 to 5, {got} reached x."
)
assert got == [3, 2, 1, 4, 5], f"With 1 to 5 arriving, 3, 2, 1, 4, 5 are due at x, got {got}."
print("1 2 3 . . ->", [int(v) for v in reverse_each(x, torch.tensor([3]))[0, :, 0]])
### BEGIN HIDDEN TESTS
torch.manual_seed(20250319)
for b, t, d in ((1, 1, 1), (5, 7, 3), (3, 13, 2)):
    x = torch.randn(b, t, d)
    lengths = torch.randint(t + 1, (b,))
    lengths[0] = 0 if b > 1 else 1
    got = reverse_each(x.clone(), lengths)
    assert lengths[0] > 0 or not torch.equal(got[0], x[0].flip(0)), (
        "In a row of length 0 there is nothing to turn around."
    )
    for row, n in enumerate(lengths.tolist()):
        assert torch.equal(got[row, :n], x[row, :n].flip(0)), f"A row of {n} of {t} is wrong."
        assert torch.equal(got[row, n:], x[row, n:]), f"Behind a row of {n} of {t} it is wrong."
    assert torch.equal(reverse_each(got.clone(), lengths), x), "Twice must give the same again."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 5: Mix the layers (8 minutes, 3 points)
#
# ELMo hands out several vectors a token: one before any context and one from each LSTM layer.
# A task that uses them learns how much of each it wants: a gradient has to reach the scores, so stay in tensors.
# The shares are a softmax, so they are positive and sum to 1, and one more number scales the result.

# %% nbgrader={"grade": false, "grade_id": "scalar_mix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scalar_mix(layers: torch.Tensor, scores: torch.Tensor, gamma: float) -> torch.Tensor:
    """Average layers with learned shares.

    mix[b, t] = gamma · Σ_l s_l · layers[l, b, t],   s = softmax(scores)
    Shapes: layers (L, B, T, D), scores (L,); returns (B, T, D).
    """
    ### BEGIN SOLUTION
    shares = torch.softmax(scores, dim=0)
    return gamma * (shares[:, None, None, None] * layers).sum(dim=0)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_scalar_mix", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import math

import torch

layers = torch.tensor([4.0, 10.0]).view(2, 1, 1, 1) * torch.tensor([1.0, -1.0, 2.0])
scores = torch.tensor([-math.log(2), math.log(1.5)])  # shares 1/4 and 3/4
before = layers.clone()
got = scalar_mix(layers, scores, 1.0)
assert torch.equal(layers, before), "The layers were changed; make a new tensor."
assert got.shape == (1, 1, 3), f"The layers are summed: expected (1, 1, 3), got {tuple(got.shape)}."
value = got[0, 0, 0].item()


def near(got, due):
    return abs(got - due) < 1e-3


assert not near(value, 1.2821), "The scores were used as shares; softmax comes first."
assert not near(value, -4.4565), (
    "The scores were divided by their sum; shares are a softmax, positive for any scores."
)
assert not near(value, 7), "This is the plain mean; the scores decide how much a layer counts."
assert not near(value, 5.5), "The softmax has the layers swapped: the higher score, the larger share."
assert not near(value, 7.3333), (
    "Each score went through a sigmoid by itself, and the shares do not sum to 1; use softmax."
)
assert not near(value, 4.25), "The sum was divided by the number of layers; the shares do that."
assert near(value, 8.5), f"The shares are 1/4 and 3/4: 4/4 + 3 · 10/4 = 8.5, got {value}."
assert got.dtype == layers.dtype, f"The mix became {got.dtype}; keep to float32, as the layers are."
torch.testing.assert_close(got[0, 0], torch.tensor([8.5, -8.5, 17.0]), msg="All numbers of a layer have its share.")
turned = scalar_mix(layers, scores, -2.0)[0, 0, 0].item()
assert not near(turned, 8.5), "gamma has no effect; it scales the whole mix."
assert not near(turned, 4.6), (
    "gamma stands outside: it multiplies the mix, not the scores before the softmax."
)
assert near(turned, -17), f"With gamma = −2 the mix is −17, got {turned}."
high = scalar_mix(layers, torch.tensor([100.0, 200.0]), 1.0)[0, 0, 0].item()
assert high == high, "Scores of 100 and 200 gave no number: exp overflows; use torch.softmax."
assert not near(high, 7), "Scores of 100 and 200 got equal shares: they were clamped. Softmax takes any scores."
assert near(high, 10), f"Of scores 100 and 200 the second takes it all: 10, got {high}."
try:
    to_layers, to_scores, _ = gradients(scalar_mix, layers, scores, 1.0)
except TypeError:
    to_layers = to_scores = None
assert to_scores is not None, (
    "No gradient reaches the scores; they could never be learned (no tolist, item, numpy or detach)."
)
assert torch.allclose(to_scores, torch.tensor([-2.25, 2.25]), atol=1e-4), (
    f"The gradient misses a part of the softmax: −2.25 and 2.25 are due at the scores, got {to_scores.tolist()}."
)
assert to_layers is not None and torch.allclose(to_layers[:, 0, 0, 0], torch.tensor([0.25, 0.75])), (
    "The layers are learned too; their gradients are the shares, 1/4 and 3/4."
)
print("shares 1/4 and 3/4 of 4 and 10:", value)
### BEGIN HIDDEN TESTS
torch.manual_seed(20250323)
for n, b, t, d in ((1, 2, 3, 5), (3, 2, 5, 7), (5, 5, 5, 5)):
    layers, scores = torch.randn(n, b, t, d), 3 * torch.randn(n)
    e = scores.exp() / scores.exp().sum()
    expected = -1.5 * sum(e[i] * layers[i] for i in range(n))
    got = scalar_mix(layers, scores, -1.5)
    assert got.shape == (b, t, d), f"With L={n}, B={b}, T={t}, D={d} the shape is wrong."
    torch.testing.assert_close(got, expected, msg=f"Wrong numbers with L={n}.")
### END HIDDEN TESTS

# %%
# The library's version: course_lib.layers.scalar_mix
from course_lib.layers.scalar_mix import ScalarMix

layers = torch.randn(3, 2, 5, 7)
theirs = ScalarMix(3, initial=[0.5, -1.0, 2.0])
ours = scalar_mix(layers, torch.tensor([0.5, -1.0, 2.0]), 1.0)
print("the same numbers:", torch.allclose(ours, theirs(layers)))

# %% [markdown]
# ## Task 6: Who is nearest? (10 minutes, 3 points)
#
# Vectors in hand, we ask each place of a word which *other* place is nearest to it, and what that one is labelled.
# If the label of the nearest place is mostly the own one, the vectors tell the senses apart.
# "Near" is the cosine, as in exercise 2.

# %% nbgrader={"grade": false, "grade_id": "nearest_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def nearest_labels(vectors: torch.Tensor, labels: list[str]) -> list[str]:
    """Return, for each row, the label of the other row with the largest cosine.

    Shapes: vectors (N, D) with N ≥ 2 and no row of zeros; N labels.
    """
    ### BEGIN SOLUTION
    directions = vectors / vectors.norm(dim=1, keepdim=True)
    cosine = directions @ directions.T
    cosine.fill_diagonal_(-2)  # below every cosine: a row is not its own neighbour
    return [labels[i] for i in cosine.argmax(dim=1).tolist()]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_nearest_labels", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

vectors = torch.tensor([[1.0, 0.0], [0.9, 0.3], [10.0, 9.0], [0.1, 0.2], [-1.0, 0.1]])
labels = ["a", "b", "c", "d", "e"]
before = vectors.clone()
got = list(nearest_labels(vectors, labels))
assert torch.equal(vectors, before), "The vectors were changed; make new ones."
assert len(got) == 5, f"One answer for each row: five were expected, {len(got)} came."
assert got != labels, "Every row found itself; its nearest neighbour is another row."
assert got != [1, 0, 3, 2, 3], "These are places; return the label that stands there."
assert got != ["e", "e", "e", "e", "a"], (
    "The row that points the other way was taken; the largest cosine is nearest."
)
assert got != ["e", "a", "d", "c", "a"], (
    "A row that points the other way counts as near here: the cosine's sign was lost."
)
assert got[:2] != ["c", "c"], "The longest vector won; divide by the lengths, near means the direction."
assert got != ["b", "a", "b", "b", "d"], "That is the distance of the ends; compare directions."
assert got != ["b", "a", "d", "c", "e"], (
    "All cosines of a row may be negative; leave out the row itself in any case."
)
assert got == ["b", "a", "d", "c", "d"], f"Expected b, a, d, c, d, got {got}."
equal = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
got = list(nearest_labels(equal, ["a", "b", "c"]))[:2]
assert got != ["c", "c"], (
    "Two rows are equal, and each is the other's nearest; leave out the row itself, and nothing else."
)
assert got[0] != "a" and got[1] != "b", (
    "Of two equal rows one found itself: the second best may be the row itself. Leave it out by its place."
)
assert got == ["b", "a"], f"Two equal rows are each other's nearest: b, a, got {got}."
opposite = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
got = list(nearest_labels(opposite, ["a", "b"]))
assert "a" not in got[:1] and "b" not in got[1:], "A cosine may be −1; start below it."
assert got == ["b", "a"], f"Of two rows each is the other's nearest: b, a, got {got}."
got = list(nearest_labels(torch.tensor([[5.0, 1.0], [4.0, 1.0], [1.0, 5.0]]), ["a", "a", "b"]))
assert got[:2] != ["b", "b"], "The row beside it has the same label; leave out the row itself, not its label."
assert got == ["a", "a", "a"], f"Expected a, a, a, got {got}."
print("nearest labels:", nearest_labels(vectors, labels))
### BEGIN HIDDEN TESTS
torch.manual_seed(20250327)
for n, d in ((2, 3), (13, 5), (31, 7)):
    vectors = torch.randn(n, d) * torch.rand(n, 1).mul(4).exp()
    names = [f"n{i}" for i in range(n)]
    cosine = torch.nn.functional.cosine_similarity(vectors[:, None], vectors[None], dim=-1)
    expected = []
    for i in range(n):
        others = [j for j in range(n) if j != i]
        expected.append(names[max(others, key=lambda j: cosine[i, j].item())])
    assert list(nearest_labels(vectors.clone(), names)) == expected, f"Wrong with N={n}, D={d}."
    kinds = {name: "xyz"[i % 3] for i, name in enumerate(names)}
    got = list(nearest_labels(vectors.clone(), list(kinds.values())))
    assert got == [kinds[name] for name in expected], "Rows may share a label."
twins = torch.tensor([[1.0, 0.0], [2.0, 0.0], [0.9, 0.5]])
assert list(nearest_labels(twins, ["a", "b", "c"]))[0] == "b", (
    "Another row of the same direction is a neighbour, whatever its length."
)
vectors = -torch.rand(5, 3) - torch.tensor([[0.0, 0, 9]])
one = torch.cat([vectors, torch.tensor([[0.0, 0, 5]])])
assert list(nearest_labels(one, list("xxxxxy")))[5] == "x", "A row that points away found itself."
### END HIDDEN TESTS

# %% [markdown]
# ## On real text: "to call" and "a call" (10 minutes)
#
# The lecture asks whether a model could learn the difference between *to rule* and *a rule*.
# Documentation is full of such words: one calls a function, and there is a call.
# We take every word of a list that stands after "to" as well as after "a", "an" or "the" in the passages of the library task, equally often.
# The word itself is the same in both, so its spelling cannot tell them apart.
#
# First a small language model, trained on these passages by the library's code (about ten seconds of processor time).

# %%
from collections import Counter

from torch.nn import functional as F

from course_lib.data import library_task
from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.models.elmo_lm import ElmoLanguageModel
from course_lib.text.sentences import sentences

task = library_task.load()
rows = sorted((s[:40] for text in task.train.texts for s in sentences(text)), key=len)
counts = Counter(token for row in rows for token in row)
words = sorted(counts)
named = {word: i for i, (word, _) in enumerate(counts.most_common(997), start=3)}

torch.manual_seed(0)
config = ElmoConfig(
    char_dim=8, filters=((1, 8), (2, 16), (3, 24)), n_highway=1, projection_dim=24, lstm_dim=48
)
elmo = Elmo(config)
model = ElmoLanguageModel(elmo, words, [0, 1, *(named.get(word, 2) for word in words)], 1000)
place = {word: i for i, word in enumerate(words, start=3)}
ids = [torch.tensor([1, *(place[token] for token in row), 2]) for row in rows]
batches = [torch.nn.utils.rnn.pad_sequence(ids[k : k + 64], True) for k in range(0, len(ids), 64)]
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
losses = []
for k in torch.randperm(len(batches)).tolist():
    loss = F.cross_entropy(model(batches[k]), model.targets(batches[k]))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
elmo.eval().requires_grad_(False)
first, last = sum(losses[:5]) / 5, sum(losses[-5:]) / 5
print(f"{len(words)} words, {len(batches)} batches; loss {first:.2f} -> {last:.2f} nats a word")

# %% [markdown]
# Now the model's first layer, read by *your* functions: `lstm_step` from the front, and the same on what `reverse_each` turned around.

# %%
def read_layer(batch: list[list[str]]) -> list[torch.Tensor]:
    """Return what the first LSTM layer says of each token, (tokens, 2 P) a row."""
    token_vectors = elmo.token_layer([["<S>", *row, "</S>"] for row in batch])
    x = torch.nn.utils.rnn.pad_sequence(token_vectors, batch_first=True)
    lengths = torch.tensor([len(v) for v in token_vectors])
    ways = []
    for backward, (cell, *_) in enumerate(elmo.cells()):
        turned = reverse_each(x, lengths) if backward else x
        h, c = torch.zeros(len(batch), 24), torch.zeros(len(batch), 48)
        outputs = []
        for t in range(x.shape[1]):
            h, c = lstm_step(
                turned[:, t], h, c, cell.input_proj.weight, cell.state_proj.weight,
                cell.state_proj.bias, cell.output_proj.weight, 3.0, 3.0,
            )  # fmt: skip
            outputs.append(h)
        outputs = torch.stack(outputs, dim=1)
        ways.append(reverse_each(outputs, lengths) if backward else outputs)
    both = torch.cat(ways, dim=-1)
    return [both[b, 1 : 1 + len(row)] for b, row in enumerate(batch)]


some = [rows[-1], ["to", "call", "a", "function"], rows[0]]
for ours, theirs in zip(read_layer(some), elmo.layer_activations(some)):
    assert torch.allclose(ours, theirs[0], atol=1e-5), "Your layer differs from the library's."
print("Your LSTM gives the language model's vectors, on rows of", [len(row) for row in some])

# %% [markdown]
# **Predict, then run.**
# For each place the nearest other place is looked for, and we count how often both stand after "to", or both after an article.
# Guessing gets one half.
# What do the vectors before any context get, and what do those of your layer?

# %%
VERB_AND_NOUN = """access call copy display filter format index insert join label limit map match
open plot process read record render report return scale search select set split start test
transform update use work""".split()
after = {word: {"to …": [], "a …": []} for word in VERB_AND_NOUN}
for row in rows:
    for t in range(1, len(row)):
        if row[t] in after and row[t - 1] in ("to", "a", "an", "the"):
            after[row[t]]["to …" if row[t - 1] == "to" else "a …"].append((row, t))
chosen = []
for word, uses in after.items():
    n = min(6, len(uses["to …"]), len(uses["a …"]))
    if n > 1:
        chosen += [(word, use, *found) for use in uses for found in uses[use][:n]]

batch, labels = [row for _, _, row, _ in chosen], [use for _, use, _, _ in chosen]


def of_places(vectors: list[torch.Tensor]) -> torch.Tensor:
    return torch.stack([v[t] for v, (_, _, _, t) in zip(vectors, chosen)])


def share_right(vectors: torch.Tensor) -> float:
    answers = nearest_labels(vectors, labels)
    return sum(a == b for a, b in zip(answers, labels)) / len(labels)


layer = of_places(read_layer(batch))
print(f"{len(chosen)} places of {len({word for word, *_ in chosen})} words")
print(f"before any context:  {share_right(of_places(elmo.token_layer(batch))):.2f}")
print(f"first LSTM layer:    {share_right(layer):.2f}")

# %% [markdown]
# Before any context all places of a word have one vector, so each finds a place of its own word, whichever comes first: that is guessing.
# The layer does better, and is still busy with *which* word it is.
# So subtract from each vector the mean of its word's vectors: what is left is what the sentence added.

# %%
added = layer.clone()
for word in after:
    mine = [i for i, (w, *_) in enumerate(chosen) if w == word]
    if mine:
        added[mine] = layer[mine] - layer[mine].mean(dim=0)
right = share_right(added)
bar = "#" * round(40 * right)
print(f"what the sentence added: {right:.2f} {bar}")
print(f"guessing:                0.50 {'#' * 20}")
assert right > 0.65, "What the sentence added should tell verbs from nouns; check tasks 3 and 4."

token = of_places(elmo.token_layer(batch))
both = torch.stack([torch.cat([token, token], dim=1), added])[:, None]  # (L, B, T, D)
mixed = scalar_mix(both, torch.tensor([-9.0, 9.0]), 1.0)[0]
print(f"a mix that wants the second of two layers: {share_right(mixed):.2f}")

# %% [markdown]
# If the number is well above one half, everything you wrote works together: the vector of "call" knows whether somebody calls or there is a call, and no label taught it.
#
# It knows, because the forward direction has just read "to" or "a".
# That much even an LSTM with random weights carries over: leave out the training, and see how much is left.
# What training adds here is little, since ten seconds are little; [chapter 5](../../book/05_elmo.md) measures a model that was trained for longer, on words whose senses lie further apart than the word before them.
