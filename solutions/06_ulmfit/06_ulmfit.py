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
# # Exercise 6: ULMFiT
#
# A language model knows a lot about text, and a few labels can make it forget all of it in one epoch.
# In this exercise you build what ULMFiT does against that: a rate that rises and falls, a rate for each layer, layers that wait for their turn.
# You also build the two kinds of dropout that let its language model train at all, and the pooling that turns a text of any length into one vector.
# At the end a small language model reads real documentation, and you fine-tune it on a library that it has never seen.
#
# Read [chapter 6](../../book/06_ulmfit.md) first.
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
from torch import nn

from course_lib.grading.helpers import gradients

torch.set_num_threads(1)  # enough for these sizes

# %% [markdown]
# ## Task 1: A rate that rises and falls (8 minutes, 2 points)
#
# At first the head is random and the right rate is unknown; later the weights should settle.
# Howard and Ruder let the rate rise in a straight line over the first tenth of all steps, and fall in a straight line from there.
#
# Write `T` for the number of steps and `t` for the step, counted from 0.
#
# $$\mathrm{cut} = \max(1, \lfloor T \cdot \mathrm{cut\_frac} \rfloor), \qquad p = \begin{cases} t / \mathrm{cut} & t < \mathrm{cut} \\ \max\Bigl(0,\; 1 - \dfrac{t - \mathrm{cut}}{\mathrm{cut} \cdot (1/\mathrm{cut\_frac} - 1)}\Bigr) & \text{otherwise} \end{cases}, \qquad \eta_t = \eta_{\max} \cdot \frac{1 + p \cdot (\mathrm{ratio} - 1)}{\mathrm{ratio}}$$
#
# Where $T \cdot \mathrm{cut\_frac}$ is no whole number, the line comes to its end a few steps early, and the rate stays there, at $\eta_{\max} / \mathrm{ratio}$; a run so short that cut had to be raised to 1 stops on its way down.


# %% nbgrader={"grade": false, "grade_id": "slanted_triangular", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slanted_triangular(
    step: int, n_steps: int, lr_max: float, cut_frac: float = 0.1, ratio: float = 32
) -> float:
    """Return the learning rate of this step, 0 <= step < n_steps."""
    ### BEGIN SOLUTION
    cut = max(1, math.floor(n_steps * cut_frac))
    if step < cut:
        p = step / cut
    else:
        p = max(0.0, 1 - (step - cut) / (cut * (1 / cut_frac - 1)))
    return lr_max * (1 + p * (ratio - 1)) / ratio
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_slanted_triangular", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import math


def near(got, due):
    return math.isclose(got, due, rel_tol=1e-5, abs_tol=1e-8)  # float32 keeps seven digits


rates = [slanted_triangular(t, 40, 0.32) for t in range(40)]
assert rates[0] is not None, "Your function returned nothing; return the rate."
assert rates[0] != 0, (
    "The first rate is 0; it should be lr_max / ratio, so that the first step learns something."
)
assert max(range(40), key=lambda t: rates[t]) != 20, (
    "The peak stands in the middle; here the cut comes after a tenth of the steps."
)
assert near(rates[0], 0.32) or not near(rates[39], 0.32), (
    "After the cut the rate stays at the top; it has to fall along a line to the end."
)
assert not near(rates[4], 0.01 + 0.31 * 32 / 36), (
    "The peak is lower than lr_max; count the fall from the cut, not from step 0."
)
assert near(rates[0], 0.01) and near(rates[4], 0.32), (
    f"Step 0 has the rate 0.01 and step 4 the peak, 0.32; got {rates[0]} and {rates[4]}."
)
assert not near(rates[2], 0.16), (
    "Half way up, p is 0.5 and the rate 0.32 · (1 + 0.5 · 31) / 32; ratio bends the whole line, "
    "it is no floor under it."
)
assert near(rates[1], 0.0875) and near(rates[2], 0.165), (
    f"Steps 1 and 2 lie on the line from 0.01 to 0.32, at 0.0875 and 0.165; got {rates[1]} and {rates[2]}."
)
assert not near(rates[39], 0.01 + 0.31 * 5 / 40), (
    "The fall is too slow: at the last step, 39, 0.0186 is due, and lr_max / ratio one step later."
)
assert not near(rates[13], 0.01 + 0.31 * (1 + math.cos(math.pi / 4)) / 2), (
    "A quarter of the way down the rate is not three quarters of the way up; the triangle has "
    "straight sides."
)
assert not near(rates[39], 0.01), (
    "The rate is at the bottom in the last step, 39; the line ends at step T = 40, which no run takes."
)
assert near(rates[13], 0.2425) and near(rates[22], 0.165), (
    f"A quarter and half of the way down the rates are 0.2425 and 0.165; got {rates[13]} and {rates[22]}."
)
uneven = [slanted_triangular(t, 47, 0.32) for t in range(47)]  # 4.7 steps are a tenth of 47
assert not near(uneven[46], 0.01 - 0.31 * 6 / 36), (
    "With 47 steps the rate falls below lr_max / ratio at the end; do not let p fall below 0."
)
assert not near(uneven[22], 0.01 + 0.31 * 25 / 43), (
    "With 47 steps the fall takes 4 · (1 / 0.1 − 1) = 36 steps and half of it 18; see the formula."
)
assert not near(uneven[5], 0.32), "With 47 steps cut is 4: 4.7 is rounded down, as ⌊ ⌋ says."
assert near(uneven[4], 0.32) and near(uneven[22], 0.165) and near(uneven[46], 0.01), (
    f"With 47 steps 4, 22 and 46 have 0.32, 0.165 and 0.01; got {uneven[4]}, {uneven[22]}, {uneven[46]}."
)
try:
    short = slanted_triangular(0, 5, 0.32)
except ZeroDivisionError:
    raise AssertionError("With 5 steps cut is 1, not 0.") from None
assert near(short, 0.01), f"With 5 steps the first rate is 0.01 as well, got {short}."
print("first, peak, last:", [round(float(rates[t]), 4) for t in (0, 4, 39)])
### BEGIN HIDDEN TESTS
import math

for n_steps, cut_frac, ratio, lr_max in (
    (50, 0.2, 8, 1.0),
    (50, 0.3, 16, 1.0),
    (997, 0.1, 32, 0.01),
    (64, 0.25, 5, 3.0),
    (7, 0.1, 32, 0.5),
):
    cut = max(1, math.floor(n_steps * cut_frac))
    got = [float(slanted_triangular(t, n_steps, lr_max, cut_frac, ratio)) for t in range(n_steps)]
    assert cut_frac == 0.1 or got.index(max(got)) != n_steps // 10, (
        "With another cut_frac the peak did not move along."
    )
    for t in range(n_steps):
        p = t / cut if t < cut else max(0, 1 - (t - cut) / (cut * (1 / cut_frac - 1)))
        # the fall is a difference of numbers near 1, so its error is one of lr_max
        assert math.isclose(got[t], lr_max * (1 + p * (ratio - 1)) / ratio, abs_tol=1e-5 * lr_max), (
            f"With n_steps={n_steps}, cut_frac={cut_frac}, ratio={ratio} step {t} is wrong."
        )
### END HIDDEN TESTS

# %%
# The library's version gives the factor on the highest rate: course_lib.transfer.schedules
from course_lib.transfer import schedules

theirs = [0.32 * schedules.slanted_triangular(t, 40) for t in range(40)]
ours = [slanted_triangular(t, 40, 0.32) for t in range(40)]
print("the same 40 rates:", all(math.isclose(a, b) for a, b in zip(ours, theirs)))

# %% [markdown]
# ## Task 2: A rate for each group of layers (6 minutes, 2 points)
#
# The front of a language model knows words, which every task needs; the back knows what the language model was after.
# So the nearer to the input, the smaller the steps: the last group gets the full rate, and each group in front of it gets 1/2.6 of the rate of the one behind it.


# %% nbgrader={"grade": false, "grade_id": "discriminative_rates", "locked": false, "schema_version": 3, "solution": true, "task": false}
def discriminative_rates(groups: list[str], lr: float, factor: float = 2.6) -> dict[str, float]:
    """Give each group of layers its rate: η^(l−1) = η^l / factor, and lr for the last.

    groups: the names, front (next to the input) to back.
    """
    ### BEGIN SOLUTION
    return {name: lr / factor ** (len(groups) - 1 - i) for i, name in enumerate(groups)}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_discriminative_rates", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import math


def near(got, due):
    return math.isclose(got, due, rel_tol=1e-5)  # float32 keeps seven digits


names = ["words", "lstm_1", "lstm_2", "head"]
lr = 17.576  # 2.6 · 2.6 · 2.6
got = discriminative_rates(names, lr)
assert names == ["words", "lstm_1", "lstm_2", "head"], (
    "The list of groups that was handed in has been changed; work on a copy."
)
assert isinstance(got, dict) and set(got) == set(names), "Return {name: rate} with all four names."
rates = [float(got[name]) for name in names]


def are(*due):
    return all(map(near, rates, due))


assert not are(lr, 6.76, 2.6, 1), (
    "The group next to the input got the largest rate; the last group keeps lr."
)
assert not are(lr, 2.6 * lr, 6.76 * lr, lr * lr), (
    "The last group's rate is larger than lr; divide on the way to the front."
)
assert not near(rates[3], 6.76), "The last group was already divided once; it gets lr itself."
assert not are(lr, lr, lr, lr), "All groups got one rate; the front learns slower."
assert not are(lr / 4, lr / 2, 3 * lr / 4, lr), (
    "The rates fall along a line; each step to the front divides by the factor."
)
assert not near(rates[1], lr / 5.2), (
    "Two groups from the end you divided by 2 · 2.6; each step divides anew, so it is 2.6 · 2.6."
)
assert are(1, 2.6, 6.76, lr), f"From the front the rates are 1, 2.6, 6.76 and {lr}, not rounded; got {rates}."
print({name: round(float(rate), 3) for name, rate in got.items()})
### BEGIN HIDDEN TESTS
for n, lr, factor in ((1, 0.3, 2.6), (5, 0.01, 2.6), (7, 2.0, 3.0), (11, 1.0, 1.0)):
    names = [f"g{(3 * i) % n}" for i in range(n)]
    got = discriminative_rates(names, lr, factor)
    front = got[names[0]]
    assert factor == 2.6 or not near(front, lr / 2.6 ** (n - 1)), (
        f"With factor={factor} the rates are those of 2.6; the factor is an argument."
    )
    for depth, name in enumerate(reversed(names)):
        assert near(got[name], lr / factor**depth), f"With {n} groups and factor={factor} a rate is wrong."
### END HIDDEN TESTS

# %%
# The library's version makes parameter groups for an optimiser: course_lib.transfer.rates
from course_lib.transfer.rates import discriminative_groups

parts = {"words": nn.Linear(2, 3), "lstm_1": nn.Linear(3, 5), "head": nn.Linear(5, 2)}
theirs = {group["name"]: group["lr"] for group in discriminative_groups(parts, lr=0.01)}
ours = discriminative_rates(list(parts), 0.01)
print("the same rates:", all(math.isclose(ours[name], theirs[name]) for name in parts))

# %% [markdown]
# ## Task 3: Layers that wait (6 minutes, 2 points)
#
# The head starts at random, and its first gradients are noise for everything below it.
# So in the first epoch the head learns alone; in each epoch after that one more group joins it, from the back to the front, until all of them learn.


# %% nbgrader={"grade": false, "grade_id": "trainable_groups", "locked": false, "schema_version": 3, "solution": true, "task": false}
def trainable_groups(groups: list[str], epoch: int) -> list[str]:
    """Return the names of the groups that learn in this epoch, front to back.

    groups: the names, front (next to the input) to back. epoch: counted from 0.
    """
    ### BEGIN SOLUTION
    return groups[max(0, len(groups) - 1 - epoch) :]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_trainable_groups", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
names = ["words", "lstm_1", "lstm_2", "head"]
got = [list(trainable_groups(names, epoch)) for epoch in range(2)]
assert names == ["words", "lstm_1", "lstm_2", "head"], (
    "The list of groups that was handed in has been changed; return a new one."
)
got += [list(trainable_groups(names, epoch)) for epoch in range(2, 7)]
assert got[0] != [], "In epoch 0 nothing learns; epochs are counted from 0, and the head starts."
assert got[0] != ["words"], "You began at the input; the head is random and has to learn first."
assert got[:2] != [names, names], "All groups learn from the start; that is what gradual unfreezing avoids."
assert got[:2] != [names, ["head"]], (
    "All groups learn in epoch 0 and the head alone in epoch 1: groups[-0:] begins at place 0."
)
assert got[0] == ["head"], f"In epoch 0 {got[0]} learn; it should be the head alone."
assert got[1] != ["lstm_2"], "The head was frozen again; a group that has joined goes on learning."
assert got[2] != ["head", "lstm_2", "lstm_1"], "The names come back to front; keep the order of groups."
assert got[1] == ["lstm_2", "head"], f"In epoch 1 {got[1]} learn; one more group joins the head."
assert got[2] != names, "In epoch 2 more than one group joined; it is one group an epoch."
assert got[2] == ["lstm_1", "lstm_2", "head"], f"In epoch 2 {got[2]} learn; three groups are due."
assert got[3] == names, f"In epoch 3 all four groups learn, got {got[3]}."
assert got[4] != ["head"], "After the front has joined, later epochs must go on training all groups."
assert got[4:] == [names] * 3, f"From epoch 3 on all groups learn; in epochs 4 to 6 {got[4:]} do."
for epoch in range(4):
    print(epoch, got[epoch])
### BEGIN HIDDEN TESTS
for n in (1, 2, 5, 11):
    names = [f"g{(7 * i) % n}" for i in range(n)]
    for epoch in range(2 * n + 3):
        got = trainable_groups(list(names), epoch)
        expected = names[-(epoch + 1) :]
        assert list(got) == expected, f"With {n} groups epoch {epoch} is wrong."
### END HIDDEN TESTS

# %%
# The library's version freezes the modules themselves: course_lib.transfer.freezing
from course_lib.transfer import freezing

for epoch in (0, 1, 7):
    same = freezing.gradual_unfreezing(parts, epoch) == trainable_groups(list(parts), epoch)
    print(f"epoch {epoch}: the same groups: {same}")

# %% [markdown]
# ## Task 4: Locked dropout (10 minutes, 3 points)
#
# `nn.Dropout` draws a fresh mask at every position of a text.
# A recurrent network that remembers a feature from one position to the next then sees it flicker.
# Locked dropout draws one mask for each text and uses it at all of its positions: a feature is there for the whole text, or for none of it.
#
# What is kept is divided by 1 − p, so that the expected value stays; outside training nothing is dropped.
# A gradient goes through what is kept, and through nothing else.
# The input is left as it is: where something is dropped, return a new tensor.


# %% nbgrader={"grade": false, "grade_id": "locked_dropout", "locked": false, "schema_version": 3, "solution": true, "task": false}
def locked_dropout(x: torch.Tensor, p: float, training: bool = True) -> torch.Tensor:
    """Drop each feature of each text with probability p, at all its positions alike.

    out[b, t, d] = x[b, t, d] · m[b, d] / (1 − p),  m[b, d] = 0 with probability p, else 1
    Shapes: x (B, T, D); returns (B, T, D). Where training is False, x comes back unchanged.
    """
    ### BEGIN SOLUTION
    if not training:
        return x
    mask = torch.rand(x.shape[0], 1, x.shape[2]) >= p
    return x * mask / (1 - p)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_locked_dropout", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

torch.manual_seed(0)
x = torch.ones(3, 5, 400)
got = locked_dropout(x, 0.25)
assert x.min() == 1, "Your function changed its argument; return a new tensor."
assert got.shape == x.shape, f"The shape should stay (3, 5, 400), got {tuple(got.shape)}."
assert got.dtype == x.dtype, f"The result became {got.dtype}; make the mask float32, as x is."
again = locked_dropout(x, 0.25)
by_position = torch.equal(got, got[:, :, :1].expand_as(got))
by_feature = torch.equal(got, got[:, :1].expand_as(got))
assert by_feature or not by_position, "Whole positions vanished: words, not features, were dropped."
assert by_feature, "The mask changes from position to position; draw one for the whole text."
assert not by_position, "Whole texts vanished; each feature of a text is dropped by itself."
assert not torch.equal(got[0], got[1]), "All texts share one mask; each text draws its own."
assert not torch.equal(again, got), "Two calls drew the same mask; do not set a seed inside."
gone = [(text[0] == 0).sum().item() for text in (*got, *again)]
dropped = sum(gone) / 2400
assert abs(dropped - 0.75) > 0.06, "Three quarters are gone: p is the probability to drop, not to keep."
assert abs(dropped - 0.25) < 0.06, f"{dropped:.2f} of the features were dropped, p was 0.25."
assert len(set(gone)) > 1, "Exactly a quarter of each text was dropped; each feature has its own chance."
kept = got.max().item()
assert abs(kept - 1) > 1e-3, "What is kept must be divided by 1 − p, or the sum shrinks."
assert abs(kept - 0.75) > 1e-3, "Divide what is kept by 1 − p, here 0.75; do not multiply."
assert abs(kept - 4 / 3) < 1e-5, f"What is kept becomes 1 / 0.75 = 4/3, got {kept}."
assert torch.equal(locked_dropout(x, 0.25, training=False), x), (
    "Outside training nothing is dropped and nothing is scaled."
)
try:
    (got,) = gradients(lambda x: locked_dropout(x, 0.25), x)
except TypeError:
    raise AssertionError("No gradient passes the dropout, and no layer below it can learn; stay in tensors, without no_grad.") from None
assert set(got.mul(3).round().unique().tolist()) == {0, 4}, (
    "The gradient goes through what is kept, times 4/3, and through nothing else."
)
print(f"dropped {dropped:.3f}, kept ones are {kept:.3f}")
### BEGIN HIDDEN TESTS
for seed, (n_texts, n_tokens, d_model, p) in enumerate(
    ((2, 3, 997, 0.5), (7, 5, 401, 0.1), (11, 13, 211, 0.8), (5, 2, 3, 0.0))
):
    torch.manual_seed(seed)
    x = torch.randn(n_texts, n_tokens, d_model) + 3
    got = locked_dropout(x.clone(), p)
    factor = got / x
    assert torch.allclose(factor, factor[:, :1].expand_as(factor), atol=1e-5), (
        "On random numbers the mask is not the same at all positions."
    )
    kept = factor[factor > 0.5]
    torch.testing.assert_close(
        kept, torch.full_like(kept, 1 / (1 - p)), msg="What is kept has the wrong scale."
    )
    share = (factor[:, 0] < 0.5).float().mean().item()
    n = n_texts * d_model
    assert abs(share - p) <= 5 * (p * (1 - p) / n) ** 0.5, f"With p={p} a share of {share} is gone."
    assert torch.equal(locked_dropout(x, p, training=False), x), "Outside training x must stay."
### END HIDDEN TESTS

# %%
# The library's version is a module: course_lib.layers.dropout
# Yours may have its zeros at other places; in each text the rows must agree.
from course_lib.layers.dropout import LockedDropout

ones = torch.ones(2, 3, 8)
for name, function in (("yours", lambda x: locked_dropout(x, 0.5)), ("ours", LockedDropout(0.5))):
    torch.manual_seed(1)
    print(name, function(ones)[0].int().tolist())

# %% [markdown]
# ## Task 5: Weight drop (12 minutes, 3 points)
#
# What passes from one step to the next goes through the hidden-to-hidden matrix, and there a language model overfits most.
# Masking the memory itself would erase it step by step.
# Weight drop takes single entries out of the matrix, once, and uses the thinned matrix for the whole sequence and for all texts of the batch.
# The layer learns: a gradient has to pass through all steps and reach both matrices.
#
# To keep the code short, take a plain recurrent layer in the place of an LSTM.


# %% nbgrader={"grade": false, "grade_id": "weight_drop_rnn", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weight_drop_rnn(
    x: torch.Tensor, w_in: torch.Tensor, w_hh: torch.Tensor, p: float, training: bool = True
) -> torch.Tensor:
    """Run a recurrent layer whose hidden-to-hidden weights are dropped with probability p.

    W = w_hh ⊙ M / (1 − p),  M has the shape of w_hh; its entries are 0 with probability p, else 1
    h_t = tanh(w_in x_t + W h_{t−1}),  h before the first step is 0
    Shapes: x (B, T, D); w_in (H, D); w_hh (H, H); returns all h (B, T, H).
    Where training is False, W = w_hh. The matrix w_hh itself is left as it is.
    """
    ### BEGIN SOLUTION
    recurrent = w_hh
    if training:
        recurrent = w_hh * (torch.rand(w_hh.shape) >= p) / (1 - p)
    h = torch.zeros(x.shape[0], w_hh.shape[0])
    outputs = []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ w_in.T + h @ recurrent.T)
        outputs.append(h)
    return torch.stack(outputs, dim=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_weight_drop_rnn", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch


def plain(x, w_in, w_hh):
    """The same layer without any dropping: torch's own."""
    layer = torch.nn.RNN(w_in.shape[1], w_in.shape[0], bias=False, batch_first=True)
    weights = {"weight_ih_l0": w_in, "weight_hh_l0": w_hh}
    return torch.func.functional_call(layer, weights, (x,))[0]


def matrix_behind(outputs):
    """Step 1 put each text into one feature, step 2 had no input: h_2 = tanh(column of W)."""
    return torch.atanh(outputs[:, 1].double()).T.float()


torch.manual_seed(0)
x, w_in, w_hh = small = torch.randn(2, 5, 3), torch.randn(7, 3), torch.randn(7, 7) / 3
got = weight_drop_rnn(x, w_in, w_hh, 0.0)
assert got.shape == (2, 5, 7), f"Return all states, (2, 5, 7); got {tuple(got.shape)}."
assert got.dtype == x.dtype, f"The states became {got.dtype}; x and the weights are float32."
wrong_way = plain(x, w_in, w_hh.T.contiguous())
assert not torch.allclose(got, wrong_way, atol=1e-5), (
    "The recurrent matrix acts the wrong way round: W h is h @ W.T for rows of h."
)
torch.testing.assert_close(got, plain(x, w_in, w_hh), msg="With p = 0 it is a plain layer.")
torch.testing.assert_close(
    weight_drop_rnn(x, w_in, w_hh, 0.5, training=False),
    plain(x, w_in, w_hh),
    msg="Outside training no weight is dropped or scaled.",
)
x = torch.zeros(31, 4, 31)
x[:, 0] = 20 * torch.eye(31)  # tanh(20) is 1
w_hh = torch.full((31, 31), 0.1)
got = weight_drop_rnn(x, torch.eye(31), w_hh, 0.2)
assert (w_hh == 0.1).all(), (
    "w_hh itself was changed: its weights are gone for good. Make a new matrix."
)
assert (got[:, 0].diagonal() > 0.99).all(), (
    "Features vanished at the first step, where no memory exists yet; only w_hh is dropped."
)
used = matrix_behind(got)
dropped = (used.abs() < 1e-6).float().mean().item()
assert dropped > 0, "No weight was dropped, and p was 0.2."
by_column = (used[:1] == used).all()
same = torch.randn(1, 6, 31).expand(17, 6, 31)
got_same = weight_drop_rnn(same, torch.eye(31), torch.full((31, 31), 0.1), 0.2)
alike = torch.allclose(got_same, got_same[:1].expand_as(got_same), atol=1e-5)
assert alike or not by_column, (
    "Equal texts got different states: the memory was dropped. Drop weights, the same for all texts."
)
assert alike, "Equal texts got different states: each has a matrix of its own. One thinned matrix serves them all."
assert not by_column, (
    "Whole columns of the matrix vanished, which drops the memory; single entries are dropped."
)
assert not (used[:, :1] == used).all(), (
    "Whole rows of the matrix vanished; single entries are dropped, each for itself."
)
assert abs(dropped - 0.8) > 0.08, "Four fifths of the weights are gone: p is the probability to drop one, not to keep it."
assert abs(dropped - 0.2) < 0.08, f"{dropped:.2f} of the weights were dropped, p was 0.2."
kept = used.max().item()
assert abs(kept - 0.1) > 1e-3, "What is kept must be divided by 1 − p: 0.1 becomes 0.125."
assert abs(kept - 0.125) < 1e-3, f"What is kept becomes 0.1 / 0.8 = 0.125, got {kept:.3f}."
assert torch.allclose(got[:, 2], torch.tanh(got[:, 1] @ used.T), atol=1e-4), (
    "The mask changed from step to step; one mask holds for the whole sequence."
)
again = matrix_behind(weight_drop_rnn(x, torch.eye(31), w_hh, 0.2))
assert not torch.equal(used, again), "Two passes used the same thinned matrix; do not set a seed inside."
try:
    ours = gradients(weight_drop_rnn, *small, 0.0)
except TypeError:
    raise AssertionError("No gradient leaves the layer, and its matrices stay what they are; no_grad and numpy cut it off.") from None
parts = zip(("x", "w_in", "w_hh"), ours, gradients(plain, *small))
wrong = [name for name, g, due in parts if g is None or not torch.allclose(g, due, atol=1e-4)]
assert not wrong, f"A part of the steps is cut out of the gradient (detach, .data): {', '.join(wrong)} gets a wrong one."
print(f"dropped {dropped:.3f} of the recurrent weights, kept ones are {kept:.3f}")
### BEGIN HIDDEN TESTS
for seed, (size, n_tokens, p) in enumerate(((13, 7, 0.3), (29, 5, 0.7), (17, 11, 0.0))):
    torch.manual_seed(seed)
    w_hh = torch.rand(size, size) * 0.1 + 0.05
    x = torch.zeros(size, n_tokens, size)
    x[:, 0] = 20 * torch.eye(size)
    got = weight_drop_rnn(x.clone(), torch.eye(size), w_hh.clone(), p)
    used = matrix_behind(got)
    kept = used > 1e-4
    torch.testing.assert_close(
        used[kept], (w_hh / (1 - p))[kept], rtol=1e-3, atol=1e-4, msg="Kept weights are wrong."
    )
    share = 1 - kept.float().mean().item()
    assert abs(share - p) <= 5 * (p * (1 - p) / size**2) ** 0.5, f"With p={p}, {share} is gone."
    torch.testing.assert_close(
        got, plain(x, torch.eye(size), used), rtol=1e-3, atol=1e-4, msg="A later step is wrong."
    )
### END HIDDEN TESTS

# %% [markdown]
# The library does the same to the LSTM of torch: `course_lib.models.awd_lstm.WeightDropLstm`.
#
# ## Task 6: Concat pooling (10 minutes, 3 points)
#
# The decisive words of a text may stand anywhere, and the last state has forgotten the first ones.
# ULMFiT hands the head three vectors side by side: the last state, the maximum of each feature over all states, and the mean.
#
# Texts of a batch have different lengths, and behind the end of a short one stand states that belong to padding.
# These are finite numbers of any size, and they must not change anything.
# The outputs themselves are left as they are: the gradient goes through them, so stay in tensors.


# %% nbgrader={"grade": false, "grade_id": "concat_pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
def concat_pool(outputs: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return [last, maximum, mean] of each text's own states.

    outputs[b, t] with t >= lengths[b] belongs to padding. Every length is 1 or more.
    Shapes: outputs (B, T, D); lengths (B,); returns (B, 3 D).
    """
    ### BEGIN SOLUTION
    is_token = (torch.arange(outputs.shape[1]) < lengths[:, None])[..., None]  # (B, T, 1)
    last = outputs[torch.arange(len(outputs)), lengths - 1]
    highest = outputs.masked_fill(~is_token, -math.inf).amax(dim=1)
    mean = outputs.masked_fill(~is_token, 0).sum(dim=1) / lengths[:, None]
    return torch.cat([last, highest, mean], dim=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_concat_pool", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

outputs = torch.tensor([[[-1.0, 5.0], [-7.0, 8.0], [-4.0, 2.0], [99.0, 99.0], [98.0, 98.0]]])
before = outputs.clone()
got = concat_pool(outputs, torch.tensor([3]))
assert torch.equal(outputs, before), "The outputs that were handed in have been changed; make a new tensor."
assert got.shape == (1, 6), f"Three vectors of two numbers make (1, 6), got {tuple(got.shape)}."
assert got.dtype == outputs.dtype, f"The pools became {got.dtype}; the head expects float32, as outputs is."
last, highest, mean = got[0].view(3, 2).tolist()
zeros = concat_pool(torch.tensor([[[3.0], [1.0], [0.0], [0.0]]]), torch.tensor([2]))[0]
assert last != [-1.0, 5.0], "The first of the three vectors must be the last state, and is the first one."
assert last[0] != 98 or zeros[0] != 1, (
    "Padding was told from text by its zeros, and may be any numbers; the lengths are given."
)
assert last[0] != 98, "The last state is that of the whole row's end; a text's own stands at lengths − 1."
assert last[0] != 99, "The last state was taken one place too far: places count from 0, so it is lengths − 1."
assert last == [-4.0, 2.0], (
    f"The last state should be [-4, 2], got {last}: last, maximum, mean, in this order."
)
assert highest[0] != 99, "Padding won the maximum; take its states out before you compare."
assert highest[0] != 0, (
    "Padding set to 0 beat the negative states; put minus infinity there, not 0."
)
assert highest == [-1.0, 8.0], (
    f"The maximum of each feature is [-1, 8] and comes second (last, maximum, mean); got {highest}."
)
assert abs(mean[0] - 37) > 1e-3, "The mean runs over padding too; sum the text's own states alone."
assert abs(mean[0] + 2.4) > 1e-3, "The sum was divided by T; divide it by the text's own length."
assert abs(mean[0] + 4) < 1e-5 and abs(mean[1] - 5) < 1e-5, f"The mean is [-4, 5], got {mean}."
try:
    full = concat_pool(outputs, torch.tensor([5]))[0].view(3, 2).tolist()
except IndexError:
    raise AssertionError("A text of five states fills its row, and its last state was looked for behind it.") from None
assert full[:2] == [[98.0, 98.0], [99.0, 99.0]], f"A text that fills its row has padding nowhere, got {full}."
deep = torch.tensor([[[-1e30], [-1e30], [5.0]]])
low = concat_pool(deep, torch.tensor([2]))[0]
assert low[1] == deep[0, 0, 0] or not -1e30 < low[1] < 0, (
    "A large negative number in the padding can still win; use minus infinity."
)
assert low[1] == deep[0, 0, 0], f"The maximum of −1e30 and −1e30 is −1e30, got {low[1]}."
zero = concat_pool(torch.tensor([[[0.0], [4.0], [9.0]]]), torch.tensor([2]))[0]
assert zero[2] != 4, "A state of 0 was not counted; divide by the text's own length."
assert zero[2] == 2, f"The mean of 0 and 4 is 2, got {zero[2]}."
try:
    got, _ = gradients(concat_pool, outputs, torch.tensor([3]))
except TypeError:
    raise AssertionError("No gradient comes through; stay in tensors (no tolist, no numpy, no detach).") from None
due = torch.tensor([[4, 1], [1, 4], [4, 4], [0, 0], [0, 0]]) / 3  # 1/3 by the mean, 1 by each other pool
assert got is not None and torch.allclose(got[0], due, atol=1e-5), (
    "One of the three pools passes no gradient, or a wrong one: last, maximum and mean all do."
)
print("last", last, "highest", highest, "mean", mean)
### BEGIN HIDDEN TESTS
for seed, (n_texts, n_tokens, d_model) in enumerate(
    ((1, 1, 1), (3, 7, 5), (11, 13, 2), (5, 29, 17))
):
    torch.manual_seed(seed)
    outputs = torch.randn(n_texts, n_tokens, d_model) - 3 * seed
    lengths = torch.randint(1, n_tokens + 1, (n_texts,))
    expected = torch.stack(
        [
            torch.cat([o[n - 1], o[:n].max(0).values, o[:n].mean(0)])
            for o, n in zip(outputs, lengths.tolist())
        ]
    )
    got = concat_pool(outputs.clone(), lengths)
    torch.testing.assert_close(got, expected, msg="On texts of many lengths a pool is wrong.")
    noisy = outputs.clone()
    for b, n in enumerate(lengths.tolist()):
        noisy[b, n:] = 1e4 * (-1) ** b
    torch.testing.assert_close(
        concat_pool(noisy, lengths), expected, msg="What stands in the padding changed the result."
    )
### END HIDDEN TESTS

# %% [markdown]
# ## Task 7: Fine-tune, all techniques at once (15 minutes, 5 points)
#
# The network is an `nn.Sequential`: its parts are the groups, front to back, and the last is the head.
# Train it with Adam on the batches, `n_epochs` times over them, in the order in which they come.
#
# - In each epoch only the groups of task 3 learn. A group that waits gets no step, and Adam keeps no memory of gradients for it.
# - Each group has the rate of task 2, times the factor of task 1: the step is counted over *all* epochs, from 0.
#
# Call `model.train()` first: the model may come in eval mode, or with some groups frozen by an earlier run.
# And give the whole run one memory: a fresh Adam in each epoch forgets what it has averaged.
#
# For the rates use the library, which is imported for you: `schedules.slanted_triangular(t, T)` is the factor on the highest rate, without `lr_max`.
# Both `discriminative_groups` and `gradual_unfreezing` take a dict of modules, such as `dict(model.named_children())`.
# `gradual_unfreezing(groups, epoch)` sets `requires_grad`; with an epoch as large as the number of groups it frees them all.
# `discriminative_groups(groups, lr, factor)` returns what an optimiser takes, a dict with `params`, `lr` and `name` a group, *without what is frozen at that moment*.
# Adam keeps its default betas here; chapter 6 takes the paper's.
# You may call your own functions in their place; a mistake in one of them then counts here too.

# %% nbgrader={"grade": false, "grade_id": "imports_fine_tune", "locked": true, "schema_version": 3, "solution": false, "task": false}
from course_lib.transfer import schedules
from course_lib.transfer.freezing import gradual_unfreezing
from course_lib.transfer.rates import discriminative_groups


# %% nbgrader={"grade": false, "grade_id": "fine_tune", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fine_tune(
    model: nn.Sequential,
    batches: list[tuple[torch.Tensor, torch.Tensor]],
    n_epochs: int,
    lr: float,
    factor: float = 2.6,
) -> list[float]:
    """Fine-tune in place; return the loss of every step as a float, taken before the step.

    loss = cross-entropy of model(x) and y, mean over the batch
    optimiser: torch.optim.Adam with its default betas
    rate of group l at step t: lr / factor^(groups behind l) · schedules.slanted_triangular(t, T),
    T = n_epochs · len(batches)
    """
    ### BEGIN SOLUTION
    groups = {str(i): part for i, part in enumerate(model)}
    gradual_unfreezing(groups, len(groups))
    n_steps = n_epochs * len(batches)
    optimizer = torch.optim.Adam(discriminative_groups(groups, lr, factor))
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda t: schedules.slanted_triangular(t, n_steps)
    )
    model.train()
    losses = []
    for epoch in range(n_epochs):
        gradual_unfreezing(groups, epoch)
        for x, y in batches:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_fine_tune", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
import copy
import math

import torch
from torch import nn


def toy(seed, n_classes=3):
    """A network of four groups, and batches of points whose class is a linear matter."""
    torch.manual_seed(seed)
    parts = [nn.Sequential(nn.Linear(5, 7), nn.Tanh()), nn.Sequential(nn.Linear(7, 7), nn.Tanh())]
    model = nn.Sequential(
        *parts, nn.Sequential(nn.Linear(7, 11), nn.Tanh()), nn.Linear(11, n_classes)
    )
    x, truth = torch.randn(60, 5), torch.randn(5, n_classes)
    return model, list(zip(x.split(12), (x @ truth).argmax(1).split(12)))


def weights_of(model):
    return [torch.cat([p.detach().flatten() for p in part.parameters()]).clone() for part in model]


def steps_taken(n_epochs, seed=3, lr=0.01, factor=2.6):
    """Train the toy; return how far each group moved at most, and the losses."""
    model, batches = toy(seed)
    before = weights_of(model)
    losses = fine_tune(model, batches, n_epochs, lr, factor)
    after = weights_of(model)
    return [(b - a).abs().max().item() for a, b in zip(before, after)], losses


moved, losses = steps_taken(1)
assert len(losses) == 5, f"One epoch of five batches gives five losses, got {len(losses)}."
assert all(isinstance(loss, float) for loss in losses), "Return numbers: loss.item(), not loss."
assert moved[3] > 0, "The head did not move in the first epoch."
model, batches = toy(3)
untouched = nn.functional.cross_entropy(model(batches[0][0]), batches[0][1]).item()
assert abs(losses[0] - untouched) < 1e-4, (
    f"The first loss is the untouched model's cross-entropy, {untouched:.4f}, got {losses[0]:.4f}."
)
assert max(moved[:3]) == 0, (
    "In the first epoch more than the head moved; the other groups wait for their turn."
)
moved, _ = steps_taken(2)
assert moved[2] > 0, (
    "In the second epoch the group before the head still waits; unfreeze it, and see that the "
    "optimiser has it: discriminative_groups leaves out what is frozen when you call it."
)
assert moved[0] == moved[1] == 0, "In the second epoch two groups learn, and no more."
model, batches = toy(3)
start = weights_of(model)[3]
fine_tune(model, batches[:1], 1, 0.01)  # Adam's first step is the rate, for nearly every weight
first = (weights_of(model)[3] - start).abs().max().item()
assert abs(first - 0.01) > 0.001, "The first step has the full rate; the triangle starts at 1 / 32 of it."
assert abs(first - 0.01 / 32) < 1e-5, f"The head's first step is 0.01 / 32 = 0.00031 long, got {first:.5f}."
model, batches = toy(3)
fast = fine_tune(copy.deepcopy(model), batches, 8, 0.02, factor=1.0)
slow = fine_tune(copy.deepcopy(model), batches, 8, 0.02, factor=1e6)
assert abs(fast[-1] - slow[-1]) > 1e-4, (
    "The factor changes nothing: all groups have one rate, or it was not passed on. Give each its own."
)
model, batches = toy(3)
model.eval()
modes = []
model[0].register_forward_hook(lambda module, *_: modes.append(module.training))
fine_tune(model, batches, 2, 0.01)
assert modes[0] or any(modes), "The model came in eval mode and stayed there: dropout is off. Call model.train() first."
assert all(modes), (
    "The model was in eval mode in a later epoch: dropout is off. What is put into eval mode to be "
    "measured goes back to training."
)
model, batches = toy(3)
for parameter in model[:3].parameters():
    parameter.requires_grad_(False)
frozen = weights_of(model)
fine_tune(model, batches, 5, 0.01)
assert all(not torch.equal(a, b) for a, b in zip(weights_of(model), frozen)), (
    "The model came with frozen groups and some of them never learnt; free all before you begin."
)
torch.manual_seed(3)
inner = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 7), nn.Tanh())
model = nn.Sequential(inner, nn.Linear(7, 3))
parts_before = weights_of(inner[::2])
fine_tune(model, batches, 2, 0.01)
assert all(not torch.equal(a, b) for a, b in zip(weights_of(inner[::2]), parts_before)), (
    "A part of the Sequential is one group, and all its layers join together."
)


model, batches = toy(5)
losses = fine_tune(model, batches, 6, 0.05)
assert losses[-1] < 0.9 * losses[0], (
    f"The loss should fall; it went from {losses[0]} to {losses[-1]}."
)
print(f"loss {losses[0]:.3f}, after six epochs {losses[-1]:.3f}; it should be 0.776.")
print("Another number? Gradients that were not cleared, a triangle that starts again in each")
print("epoch, a fresh Adam in each epoch, or a rate of 0 for the groups that wait.")


### BEGIN HIDDEN TESTS
def expected_of(
    model, batches, n_epochs, lr, factor,
    *, triangle="whole", forget=True, waits="none", fresh=False,
):  # fmt: skip
    """Train a copy as the task says, or with a usual mistake; return weights and losses."""
    model = copy.deepcopy(model)
    parts, total = list(model), n_epochs * len(batches)
    optimizers = [torch.optim.Adam(part.parameters(), lr=1.0) for part in parts]
    losses, t = [], 0
    for epoch in range(n_epochs):
        if fresh:
            optimizers = [torch.optim.Adam(part.parameters(), lr=1.0) for part in parts]
        for i, (x, y) in enumerate(batches):
            loss = nn.functional.cross_entropy(model(x), y)
            if forget:
                model.zero_grad()
            loss.backward()
            for part in parts[: max(0, len(parts) - 1 - epoch)]:
                if waits == "none":
                    part.zero_grad()
            at, steps = {
                "whole": (t, total),
                "epoch": (i, len(batches)),
                "epochs": (epoch, n_epochs),
            }[triangle]
            cut = max(1, math.floor(steps * 0.1))
            p = at / cut if at < cut else max(0, 1 - (at - cut) / (cut * 9))
            for depth, optimizer in enumerate(reversed(optimizers)):
                on = depth <= epoch
                optimizer.param_groups[0]["lr"] = on * lr / factor**depth * (1 + 31 * p) / 32
                if on or waits == "rate 0":
                    optimizer.step()
            losses.append(loss.item())
            t += 1
    return torch.cat(weights_of(model)), losses


model, batches = toy(5)
ours = copy.deepcopy(model)
fine_tune(ours, batches, 6, 0.02)
ours = torch.cat(weights_of(ours))


def near(**mistake):
    return torch.allclose(ours, expected_of(model, batches, 6, 0.02, 2.6, **mistake)[0], atol=1e-5)


assert not near(triangle="epoch"), (
    "The triangle starts again in each epoch; it spans the whole run."
)
assert not near(triangle="epochs"), (
    "The rate changes once an epoch; the schedule moves after every batch."
)
assert not near(forget=False), (
    "Gradients of earlier batches are still there; clear them before you go backward."
)
assert not near(waits="rate 0"), (
    "Groups that wait with a rate of 0 fill Adam's memory with gradients; keep gradients from them."
)
assert not near(fresh=True), (
    "Each epoch begins with a fresh Adam, which has forgotten its averages; one run has one memory."
)
assert near(), "After six epochs the weights are not those of the three techniques together."
for seed, n_epochs, lr, factor, n_classes in (
    (7, 5, 0.01, 2.6, 3),
    (11, 3, 0.03, 2.0, 5),
    (13, 9, 0.02, 4.0, 2),
):
    model, batches = toy(seed, n_classes)
    weights, losses = expected_of(model, batches, n_epochs, lr, factor)
    got = fine_tune(model, batches, n_epochs, lr, factor)
    torch.testing.assert_close(
        torch.tensor(got), torch.tensor(losses), rtol=1e-3, atol=1e-4, msg="The losses differ."
    )
    torch.testing.assert_close(
        torch.cat(weights_of(model)), weights, rtol=1e-3, atol=1e-4, msg="The weights differ."
    )
### END HIDDEN TESTS

# %% [markdown]
# ### On real text (8 minutes)
#
# Your `fine_tune` does not ask what the classes are.
# If they are the words of a vocabulary and the question is which comes next, it fine-tunes a language model: stage 2 of ULMFiT.
#
# A small language model reads passages of documentation from seven libraries.
# Then it is to read an eighth one, SQLAlchemy, of which there are only 60 passages to learn from.

# %%
import copy

from course_lib.data import library_task
from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.ulmfit import LanguageModel
from course_lib.models.ulmfit_batches import SPECIAL, strips, text_ids, text_tokens
from course_lib.text.vocabulary import Vocabulary
from course_lib.transfer.ulmfit_stages import Tuning, train_language_model

task = library_task.load()
sides = {True: [], False: []}
for text, label in zip(task.train.texts, task.train.labels):
    sides[task.classes[label] == "sqlalchemy"].append(text)
general, target, unseen = sides[False], sides[True][:60], sides[True][60:]
vocabulary = Vocabulary.build(map(text_tokens, general + target), max_size=2000, special=SPECIAL)


# %%
def rows(texts: list[str], n_strips: int) -> torch.Tensor:
    """Lay the texts one behind the other and cut the line into strips."""
    line = [i for ids in text_ids(texts, vocabulary) for i in ids]
    return strips(torch.tensor(line), n_strips)


for name, texts in (("general", general), ("to learn from", target), ("unseen", unseen)):
    print(f"{name:14}{len(texts):5} passages, {rows(texts, 1).numel():7,} tokens")
print(target[0])

# %% [markdown]
# The general model is trained by the library, in less than half a minute.

# %%
torch.manual_seed(0)
config = AwdLstmConfig(vocab_size=len(vocabulary), d_model=48, d_hidden=64, n_layers=2)
fresh = LanguageModel(config.with_drops(0.2))
trained = copy.deepcopy(fresh)
tuning = Tuning(lr=0.02, epochs=2, factor=1.0)
history = train_language_model(
    trained, rows(general, 32), rows(unseen, 8), tuning, bptt=40, progress="reading"
)
print("perplexity after each pass:", [round(-score) for score in history.scores])

# %% [markdown]
# The next cell takes such a model apart into the groups that `fine_tune` wants, and measures perplexity: between how many equally likely words the model still wavers, on average.


# %%
class Layer(nn.Module):
    """One LSTM layer; its state starts anew in each window."""

    def __init__(self, lstm):
        super().__init__()
        self.lstm = copy.deepcopy(lstm)

    def forward(self, x):
        return self.lstm(x)[0]


class Decoder(nn.Module):
    """Scores for each word of the vocabulary: (B, T, D) -> (B, V, T), as cross_entropy wants."""

    def __init__(self, language_model):
        super().__init__()
        self.table = copy.deepcopy(language_model.encoder.embedding.weight)
        self.bias = copy.deepcopy(language_model.decoder.bias)

    def forward(self, x):
        return (x @ self.table.T + self.bias).transpose(1, 2)


def in_groups(language_model):
    words = copy.deepcopy(language_model.encoder.embedding)
    layers = [Layer(lstm) for lstm in language_model.encoder.layers]
    return nn.Sequential(words, *layers, Decoder(language_model))


def batches_of(texts, n_strips=8, window=40):
    """Windows and, for each of their places, the token that comes next."""
    line = rows(texts, n_strips)
    starts = range(0, line.shape[1] - window, window)
    return [(line[:, i : i + window], line[:, i + 1 : i + window + 1]) for i in starts]


def perplexity(network):
    with torch.no_grad():
        network.eval()
        pairs = batches_of(unseen)
        losses = [nn.functional.cross_entropy(network(x), y) for x, y in pairs]
    return torch.stack(losses).mean().exp().item()


# %% [markdown]
# **Predict, then run.**
# On passages of SQLAlchemy that no model has read: which has the lower perplexity, a fresh model that was fine-tuned on the 60 passages, or the general one that has never seen SQLAlchemy?
# And how low does the general one get once *it* is fine-tuned?

# %%
torch.manual_seed(1)
found = {"fresh": perplexity(in_groups(fresh)), "general": perplexity(in_groups(trained))}
for name, language_model in (("fresh", fresh), ("general", trained)):
    network = in_groups(language_model)
    fine_tune(network, batches_of(target), 12, 0.01)
    found[name + ", fine-tuned"] = perplexity(network)
for name, value in found.items():
    print(f"{name:20} perplexity {value:6,.0f}", "#" * round(8 * math.log2(value / 32)))
assert found["general, fine-tuned"] < min(found["fresh, fine-tuned"], found["general"]), (
    "Reading first and fine-tuning then should beat each of them alone."
)

# %% [markdown]
# Reading elsewhere and then reading a little of the target is better than either alone.
# That is the whole idea of the three stages; the third replaces the decoder by a head and the next word by a label.
# What each stage and each technique brings for labels is the subject of [chapter 6](../../book/06_ulmfit.md).
