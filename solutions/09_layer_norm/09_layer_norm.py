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
# # Exercise 9: Layer normalisation and the block
#
# A deep network multiplies by one matrix after another, and after a dozen of them its numbers are huge or gone.
# A Transformer's block holds two things against that: a residual connection, which lets a vector pass by, and a norm, which brings it back to one size.
# In this exercise you write the norm forwards and backwards, its shorter relative, the network that stands behind it, and the block in both of its orders.
# At the end you send a text through 24 of your blocks, and a picture shows what the order does.
#
# Read [chapter 9](../../book/09_layer_norm.md) first.
# There are six tasks, 17 points, and about 70 minutes of work.
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
from torch.nn import functional as F

from course_lib.grading.helpers import gradients

torch.set_num_threads(1)  # enough for these sizes


def near(got, due, by=1e-3):
    """Say whether two numbers, or two rows of numbers, are the same but for rounding."""
    pairs = zip(got, due, strict=True) if isinstance(due, list) else [(got, due)]
    return all(abs(g - d) < by for g, d in pairs)

# %% [markdown]
# ## Task 1: Layer normalisation (12 minutes, 3 points)
#
# Layer normalisation takes each vector by itself, whatever stands beside it in the text or in the batch.
# It subtracts the mean of the vector's D numbers and divides by their deviation.
# Then a learned weight scales each of the D numbers, and a learned bias shifts it.
#
# The variance is the mean of the squares: it divides by D, not by D − 1.
# A small number `eps` stands beside it under the root, so that a vector of equal numbers does not become 0 / 0.
# Vectors may lie far from zero, so take the mean away before you square.
# A gradient has to reach x, the weight and the bias: stay in tensors.
#
# **Predict before you write:** what becomes of 1, 1, 1 and 5 where eps is 6?

# %% nbgrader={"grade": false, "grade_id": "layer_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layer_norm(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, eps: float = 1e-5
) -> torch.Tensor:
    """Normalise each vector by itself, then scale and shift it.

    y = weight · (x − m) / √(v + eps) + bias;   m, v: mean and variance of the vector's D numbers
    Shapes: x (…, D) with any leading axes or none; weight and bias (D,); returns a new (…, D).
    """
    ### BEGIN SOLUTION
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return weight * centred / torch.sqrt(variance + eps) + bias
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_layer_norm", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

one, none = torch.ones(4), torch.zeros(4)
x = torch.arange(24.0).view(2, 3, 4)
before = x.clone()
got = layer_norm(x, one, none)
assert torch.equal(x, before), "x was changed, and the residual connection still needs it; make a new tensor."
assert got.shape == (2, 3, 4), f"Expected the shape (2, 3, 4), got {tuple(got.shape)}."
first = got[0, 0, 0].item()
assert not near(first, -1), (
    "Each number was compared with the same number of the other texts: that is over the batch, the first axis."
)
assert not near(first, -1.2247), (
    "Each number was compared with the same number at the text's other places; normalise along the last axis."
)
assert not near(first, -1.5932), (
    "All vectors of a text share one mean and one deviation; each vector has its own."
)
assert not near(first, -1.6613), "The whole tensor has one mean and one deviation; each vector has its own, of D numbers."
assert not near(first, -1.1339), "The sums were divided by len(x), which counts the first axis; D is the last."
try:
    layer_norm(torch.arange(5.0).view(1, 1, 5), torch.ones(5), torch.zeros(5))
except RuntimeError:
    raise AssertionError("Vectors of 4 numbers pass, and one of 5 stops the function; the width is x's, no number in the code.") from None
row = torch.tensor([1.0, 1, 1, 5])
try:
    values = layer_norm(row, one, none, 6.0).tolist()
except IndexError:
    raise AssertionError("Three axes pass, and a single vector stops the function; the last axis is −1 whatever their number.") from None
value = values[0]  # the mean is 2, the variance 3, and √(3 + 6) = 3
equal = layer_norm(torch.full((4,), 3.0), one, none, 6.0)[0].item()
assert equal == equal, "Four equal numbers became NaN: 0 / 0. eps under the root prevents that."
assert not near(value, -0.57735), "eps has no effect: 1e-5 was used, and the argument is 6 here."
assert not near(value, -0.1293), "eps was added to the deviation; it stands under the root: √(3 + 6), not √3 + 6."
assert not near(value, -0.125), (
    "The deviation divides by D − 1, and eps stands outside the root: two differences from the formula."
)
assert not near(value, -0.3162), "The variance divides by D − 1 = 3; here it divides by D (var takes correction=0)."
assert not near(value, -1 / 9), "The root is missing: divide by the deviation, √(3 + 6) = 3, not by 9."
assert not near(value, -0.2357), "The squares were summed; the variance is their mean."
assert not near(value, -0.1333), "That is the mean of the distances |x − m|; the deviation is the root of the mean square."
assert not near(value, -1 / 6), "eps was taken for a lower bound of the deviation; it is added to the variance."
assert not near(value, 1 / 3), "The mean is still there: 1 lies below the mean and must come out negative."
scale, shift = torch.tensor([2.0, 3, 5, 7]), torch.tensor([10.0, 20, 30, 40])
both = layer_norm(row, scale, shift, 6.0).tolist()
assert not near(both[0], -0.6667), "The bias is missing."
assert not near(both[0], -6.6667), "The bias was multiplied; it is added."
assert not near(both[0], 19.3333), "The bias was added before the weight multiplied; it comes last."
assert not near(both[0], 9.6667), "The weight is missing."
assert not near(both[0], 9), "The weight was counted from 1, as 1 + weight; it is the factor itself."
assert not near(both[2], 29.5526), "x was multiplied by the weight first; normalise, and scale what comes out."
assert near(values, [-1 / 3, -1 / 3, -1 / 3, 1]), f"1, 1, 1, 5 with eps = 6 became {values}."
assert near(first, -1.3416), f"0, 1, 2, 3 begins with −1.3416, got {first:.4f}."
assert near(both, [28 / 3, 19, 85 / 3, 47]), f"With weight and bias 28/3, 19, 85/3, 47 are due, got {both}."
far = layer_norm(row + 100_000, one, none, 6.0)[0].item()
assert far == far and not near(far, -0.40825) and not near(far, -0.0312), (
    "Far from zero the variance is wrong: E[x²] − E[x]² subtracts two huge numbers. Subtract the mean first."
)
assert near(far, -1 / 3), f"100001, 100001, 100001, 100005 begins with −1/3, got {far}."
try:
    got = gradients(layer_norm, row, scale, shift, 6.0, upstream=torch.tensor([1.0, 0, 0, 0]))
except TypeError:
    raise AssertionError("No gradient leaves the norm, and nothing can be trained through it; no_grad, numpy and tolist cut it off.") from None
to_x, to_weight, to_bias, _ = got
assert to_x is not None and not near(to_x.tolist(), [2 / 3, 0, 0, 0], 1e-4), (
    "Mean and deviation were taken for constants (detach, no_grad, item); they depend on x too."
)
assert not near(to_x.tolist(), [0.5, -1 / 6, -1 / 6, -1 / 6], 1e-4), (
    "The deviation was taken for a constant in the gradient; it depends on x as the mean does."
)
assert near(to_x.tolist(), [0.48148, -0.18519, -0.18519, -0.11111], 1e-4), f"The gradient at x is wrong: {to_x.tolist()}."
assert to_weight is not None and near(to_weight.tolist(), [-1 / 3, 0, 0, 0], 1e-4), "The gradient at the weight is wrong."
assert to_bias is not None and near(to_bias.tolist(), [1, 0, 0, 0], 1e-4), "The gradient at the bias is wrong."
wide = layer_norm(row.double(), scale.double(), shift.double(), 6.0).dtype
assert wide != torch.float32, "float64 came in and float32 went out; keep x's type."
assert wide == torch.float64 and layer_norm(row, scale, shift).dtype == torch.float32, "The result has x's type."
print("1, 1, 1, 5 ->", [round(v, 3) for v in layer_norm(row, one, none).tolist()])
### BEGIN HIDDEN TESTS
from torch.nn import functional as F

torch.manual_seed(20250901)
close = {"rtol": 1e-4, "atol": 1e-5}  # float32, in any order
for shape, eps in (((7,), 1e-5), ((5, 3), 0.3), ((3, 5, 13), 1e-3), ((2, 3, 5, 7), 1e-5)):
    d = shape[-1]
    x, w, b = 3 * torch.randn(shape) + 1, torch.randn(d), torch.randn(d)
    expected = F.layer_norm(x, (d,), w, b, eps)
    got = layer_norm(x.clone(), w, b, eps)
    torch.testing.assert_close(got, expected, msg=f"Wrong numbers for the shape {shape}.", **close)
    up = torch.randn(shape, dtype=torch.float64)
    exact = x.double(), w.double(), b.double()
    ours = gradients(layer_norm, *exact, eps, upstream=up)
    theirs = gradients(lambda x, w, b: F.layer_norm(x, (d,), w, b, eps), *exact, upstream=up)
    for own, due in zip(ours[:3], theirs, strict=True):
        torch.testing.assert_close(own, due, msg=f"A wrong gradient for the shape {shape}.")
    x = torch.randn(shape) + 3000
    expected = F.layer_norm(x.double(), (d,), None, None, 1e-5)
    got = layer_norm(x.clone(), torch.ones(d), torch.zeros(d))  # the mean is rounded to 1/8192
    torch.testing.assert_close(
        got.double(), expected, rtol=0, atol=5e-3, msg=f"Far from zero the shape {shape} is wrong."
    )
small = layer_norm(torch.tensor([0.001, -0.001]), torch.ones(2), torch.zeros(2)).tolist()
assert near(small[0], 0.30151), "Without an argument eps is 1e-5."
### END HIDDEN TESTS

# %%
# The library's layer: course_lib.layers.layer_norm
from course_lib.layers.layer_norm import LayerNorm

layer, x = LayerNorm(7), torch.randn(2, 3, 7)
print("the same numbers:", torch.allclose(layer_norm(x, layer.weight, layer.bias), layer(x), atol=1e-6))

# %% [markdown]
# ## Task 2: The way back (16 minutes, 4 points)
#
# Training goes through the norm backwards.
# What arrives is the gradient of the loss with respect to y; asked are the gradients of x, of the weight and of the bias.
# This time by hand, without autograd: a layer that does it in one step need not remember what lies in between.
#
# Call x̂ what comes out before weight and bias, so y = weight · x̂ + bias.
# All places of all texts share one weight and one bias, and each place adds its part to their gradients.
#
# With x it is less simple.
# Each x̂_i depends on x_i, and on *every* x_j, since each of them moves the mean and the deviation s:
#
# > ∂x̂_i / ∂x_j = (δ_ij − 1/D − x̂_i x̂_j / D) / s, where δ_ij is 1 for i = j and 0 else.
#
# Multiply by what arrives at x̂_i, sum over i, and write the two sums that remain as means.
# Again x may lie far from zero, and its type is kept.

# %% nbgrader={"grade": false, "grade_id": "layer_norm_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layer_norm_backward(
    grad: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, eps: float = 1e-5
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the gradients of x, of the weight and of the bias, in this order.

    grad: what arrives at y = weight · x̂ + bias;   x̂ = (x − m) / s,   s = √(v + eps)
    Shapes: grad and x (…, D) with one leading axis or more, weight (D,); returns (…, D), (D,), (D,).
    """
    ### BEGIN SOLUTION
    centred = x - x.mean(dim=-1, keepdim=True)
    deviation = torch.sqrt(centred.square().mean(dim=-1, keepdim=True) + eps)
    normal = centred / deviation
    g = grad * weight
    through_deviation = normal * (g * normal).mean(dim=-1, keepdim=True)
    to_x = (g - g.mean(dim=-1, keepdim=True) - through_deviation) / deviation
    places = tuple(range(x.dim() - 1))
    return to_x, (grad * normal).sum(dim=places), grad.sum(dim=places)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_layer_norm_backward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
import torch

one = torch.ones(4)
x, grad = torch.tensor([[1.0, 1, 1, 5]]), torch.tensor([[12.0, 0, 0, 0]])
got = layer_norm_backward(grad, x, one, 6.0)
assert len(got) == 3, f"Three gradients were asked for: of x, weight and bias; {len(got)} came."
to_x, to_weight, to_bias = got
assert to_x.shape == (1, 4), f"The gradient of x has the shape of x, (1, 4), got {tuple(to_x.shape)}."
assert to_weight.shape != (1, 4), (
    "The gradient of the weight still has an entry a place; the weight is one, so sum over the places."
)
assert to_weight.shape != (), "Two axes were summed, and x has one leading axis here; sum over all but the last."
assert to_weight.shape == to_bias.shape == (4,), "The gradients of weight and bias have the shape (4,)."
pair = [to_x[0, 0].item(), to_x[0, 3].item()]  # x̂ is −1/3, −1/3, −1/3, 1 and s is 3
assert not near(pair, [35 / 9, 1 / 3]), "x_j moves the mean too: the mean of what arrives has to be subtracted."
assert not near(pair, [3, -1]), "x_j moves the deviation too: the part with x̂ is missing."
assert not near(pair, [4, 0]), "Mean and deviation were taken for constants; both depend on x."
assert not near(pair, [26 / 27, -2 / 9]), "The end was divided by s² = 9; divide by s = 3."
assert not near(pair, [26 / 3, -2]), "The division by s at the end is missing."
assert not near(pair, [28 / 9, -4 / 3]), "The part with x̂ was added; it is subtracted."
assert not near(pair, [44 / 9, 4 / 3]), "The mean of what arrives was added; it is subtracted."
assert not near(pair, [-26 / 9, 2 / 3]), "All signs are turned round; this is the gradient, not the step against it."
assert not near(pair, [-4 / 9, -8 / 3]), "These are sums over the D numbers; 1/D makes means of them."
assert not near(pair, [2, 2]), "x − m stands where x̂ belongs; it has to be divided by s."
assert not near(pair, [4.6188, 0]), "eps was left out: s is √(3 + 6) = 3 here, as on the way forward."
assert not near(pair, [2.7512, -0.6641]), "The variance divides by D − 1 on the way back; it divided by D on the way forward."
assert not near(pair, [1.1575, -0.3685]), "eps was added to s; it stands under the root, as on the way forward."
assert near(to_x[0].tolist(), [26 / 9, -10 / 9, -10 / 9, -2 / 3]), (
    f"The gradient at x is 26/9, −10/9, −10/9, −2/3 here, got {to_x[0].tolist()}."
)
scale = torch.tensor([2.0, 3, 5, 7])
kept = [x.clone(), grad.clone(), scale.clone()]
to_x, to_weight, to_bias = layer_norm_backward(grad, x, scale, 6.0)
assert all(torch.equal(*both) for both in zip((x, grad, scale), kept)), (
    "An argument was changed, and other layers need it; make new tensors."
)
pair = [to_x[0, 0].item(), to_x[0, 3].item()]
assert not near(pair, [26 / 9, -2 / 3]), "The weight has no effect on the gradient at x; what arrives at x̂ is grad · weight."
assert not near(pair, [52 / 9, -14 / 3]), (
    "The weight was multiplied at the end; it belongs to what arrives, before the means are taken."
)
assert near(pair, [52 / 9, -4 / 3]), f"With a weight of 2, 52/9 and −4/3 are due at both ends of x, got {pair}."
pair = [to_weight[0].item(), to_bias[0].item()]
assert not near(pair, [12, -4]), "The gradients of weight and bias came in the other order."
assert not near(pair, [12, 12]), "The weight multiplied x̂, not x: its gradient is the sum of grad · x̂."
assert not near(pair, [-12, 12]), "The weight's gradient was made with x − m; it multiplied x̂, which is divided by s."
assert not near(pair, [-8, 12]), "The weight itself got into its gradient; it is the sum of grad · x̂."
assert not near(pair, [-4, 24]), "The weight got into the bias's gradient; the bias is added behind it."
assert near(to_weight.tolist(), [-4, 0, 0, 0]), f"The gradient of the weight is −4, 0, 0, 0, got {to_weight.tolist()}."
assert near(to_bias.tolist(), [12, 0, 0, 0]), f"The gradient of the bias is 12, 0, 0, 0, got {to_bias.tolist()}."
x, grad = x.repeat(2, 3, 1), torch.zeros(2, 3, 4)
grad[0, 0, 0] = grad[1, 2, 0] = 12
to_x, to_weight, to_bias = layer_norm_backward(grad, x, one, 6.0)
assert to_weight.shape != (3, 4), "Only the first axis was summed; the places of a text share the weight too."
assert to_weight.shape == to_bias.shape == (4,), "The gradients of weight and bias have the shape (4,)."
assert not near(to_weight[0].item(), -8 / 6), "These are means over the places; the gradient is a sum, each place adds its part."
assert near(to_weight[0].item(), -8) and near(to_bias[0].item(), 24), "Two places add −4 and 12 each: −8 and 24."
assert to_x[0, 1].abs().max() < 1e-6, (
    "Nothing arrived at the second place, and its x gets a gradient; the means are over one vector."
)
far = layer_norm_backward(grad, x + 100_000, one, 6.0)[0][0, 0, 0].item()
assert far == far and not near(far, 3.4701) and not near(far, 0.2803), (
    "Far from zero the gradient is wrong: E[x²] − E[x]² subtracts two huge numbers."
)
assert near(far, 26 / 9), f"100000 more everywhere changes nothing: 26/9 is due, got {far}."
wide = layer_norm_backward(grad.double(), x.double(), scale.double(), 6.0)
assert {part.dtype for part in wide} != {torch.float32}, "float64 came in, and the gradients are float32; keep the type."
assert all(part.dtype == torch.float64 for part in wide), "All three gradients have the type of x."
print("12 arrives at the first of 1, 1, 1, 5 ->", [round(v, 3) for v in to_x[0, 0].tolist()])
### BEGIN HIDDEN TESTS
from torch.nn import functional as F

torch.manual_seed(20250903)
for shape, eps in (((5, 3), 0.3), ((3, 5, 13), 1e-3), ((2, 3, 5, 7), 1e-5), ((2, 11), 1e-5)):
    d = shape[-1]
    for offset, dtype, close in (
        (0, torch.float32, {"rtol": 1e-3, "atol": 1e-4}),  # float32, in any order
        (0, torch.float64, {"rtol": 1e-6, "atol": 1e-8}),
        (1000, torch.float32, {"rtol": 1e-2, "atol": 1e-2}),  # the mean is rounded to 1/16384
    ):
        x = 2 * torch.randn(shape, dtype=dtype) + offset
        w, b, up = torch.randn(d, dtype=dtype), torch.zeros(d), torch.randn(shape, dtype=dtype)
        exact = x.double(), w.double(), b.double()
        theirs = gradients(
            lambda x, w, b: F.layer_norm(x, (d,), w, b, eps), *exact, upstream=up.double()
        )
        ours = layer_norm_backward(up.clone(), x.clone(), w.clone(), eps)
        for name, own, due in zip(("x", "weight", "bias"), ours, theirs, strict=True):
            torch.testing.assert_close(
                own.double(), due, msg=f"The gradient of {name} for {shape} differs from autograd's.", **close
            )
### END HIDDEN TESTS

# %%
# Autograd walks back through your layer_norm; the library's norm has its own way back, as yours now has.
x, scale, up = torch.randn(2, 3, 7), torch.randn(7), torch.randn(2, 3, 7)
theirs = gradients(layer_norm, x, scale, torch.zeros(7), upstream=up)
ours = layer_norm_backward(up, x, scale)
print("the same gradients:", [torch.allclose(a, b, atol=1e-4) for a, b in zip(ours, theirs)])

# %% [markdown]
# ## Task 3: Without the mean (7 minutes, 2 points)
#
# T5, the Llama family and many language models since leave out half of it.
# RMS normalisation subtracts no mean and adds no bias: it divides a vector by the root of its mean square, and a learned weight scales each number.
# What was said of `eps`, of the type and of gradients holds here too.

# %% nbgrader={"grade": false, "grade_id": "rms_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rms_norm(x: torch.Tensor, weight: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    """Bring each vector to the size 1, then scale its numbers.

    y = weight · x / √(q + eps);   q: the mean of the squares of the vector's D numbers
    Shapes: x (…, D) with any leading axes or none, weight (D,); returns a new (…, D).
    """
    ### BEGIN SOLUTION
    mean_square = x.square().mean(dim=-1, keepdim=True)
    return weight * x / torch.sqrt(mean_square + eps)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_rms_norm", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch

one, row = torch.ones(4), torch.tensor([1.0, 1, 3, 5])
x = torch.arange(1.0, 7).view(2, 3, 1) * row  # each vector a multiple of the first
before = x.clone()
got = rms_norm(x, one)
assert torch.equal(x, before), "x was changed; it belongs to the caller. Make a new tensor."
assert got.shape == (2, 3, 4), f"Expected the shape (2, 3, 4), got {tuple(got.shape)}."
first = got[0, 0, 0].item()
assert not near(first, 0.0856), "The squares of all vectors were averaged; each vector has its own mean square."
assert not near(first, 0.343), "The squares were averaged over the batch; take the D numbers of one vector."
assert not near(first, 0.4629), "The squares were averaged over the places of a text; take the D numbers of one vector."
try:
    value = rms_norm(row, one, 7.0)[0].item()  # the mean square is 9, and √(9 + 7) = 4
except IndexError:
    raise AssertionError("A single vector stops the function; it has one axis, and the last axis is always −1.") from None
zero = rms_norm(torch.zeros(4), one, 7.0)[0].item()
assert zero == zero, "Four zeros became NaN: 0 / 0. Add eps under the root."
assert not near(value, 1 / 3), "The argument eps changes nothing; it is 7 here, and √(9 + 7) is 4."
assert not near(value, -0.4804), "The mean was subtracted, that is layer normalisation; here it stays."
assert not near(value, -0.375), "x lost its mean before it was divided by its root mean square; here the mean stays."
assert not near(value, 0.3203), "x was divided by its deviation, whose mean is taken out; square x itself."
assert not near(value, 0.1525), "That is the vector's length, from a sum of squares; take their mean."
assert not near(value, 0.2294), "The mean of the squares divides by D, not by D − 1."
assert not near(value, 0.1), "eps was added behind the root: 3 + 7. It stands under it, √(9 + 7)."
assert not near(value, 1 / 16), "There is no root: divide by √16 = 4, not by 16."
assert not near(value, 0.10526), "The mean of |x| was taken; it is the root of the mean of x²."
assert not near(value, 0.27472), "The mean was squared; square each number, and take the mean of that."
scale = torch.tensor([2.0, 3, 5, 7])
values = rms_norm(row, scale, 7.0).tolist()
assert not near(values[0], 0.25), "The weight has no effect."
assert not near(values[0], 0.75), "The factor became 1 + weight, as Gemma has it; here it is the weight."
assert not near(values[0], 0.1036), "x was scaled before its mean square was taken; the weight comes last."
assert near(value, 0.25), f"Of 1, 1, 3, 5 with eps = 7 the first becomes 1/4, got {value}."
assert near(first, 1 / 3), f"Of 1, 1, 3, 5 the first becomes 1/3, got {first:.4f}."
assert near(values, [0.5, 0.75, 3.75, 8.75]), f"With the weight 0.5, 0.75, 3.75, 8.75 are due, got {values}."
try:
    to_x, to_weight, _ = gradients(rms_norm, row, one, 7.0, upstream=torch.tensor([1.0, 0, 0, 0]))
except TypeError:
    raise AssertionError("No gradient passes the RMS norm; no_grad, numpy and tolist cut it off.") from None
assert to_x is not None and not near(to_x.tolist(), [0.25, 0, 0, 0], 1e-4), (
    "The root mean square was taken for a constant in the gradient; it depends on x."
)
assert near(to_x.tolist(), [0.24609, -0.00391, -0.01172, -0.01953], 1e-4), f"A wrong gradient at x: {to_x.tolist()}."
assert to_weight is not None and near(to_weight.tolist(), [0.25, 0, 0, 0], 1e-4), "A wrong gradient at the weight."
wide = rms_norm(row.double(), one.double(), 7.0).dtype
assert wide != torch.float32, "The result was cast to float32; x is float64 here."
assert wide == torch.float64 and rms_norm(row, one).dtype == torch.float32, "The result keeps the type of x."
print("1, 1, 3, 5 ->", [round(v, 3) for v in rms_norm(row, one).tolist()])
### BEGIN HIDDEN TESTS
torch.manual_seed(20250905)
for shape, eps in (((7,), 1e-5), ((5, 3), 0.3), ((3, 5, 13), 1e-3), ((2, 3, 5, 7), 1e-5)):
    x, w = 3 * torch.randn(shape) + 1, torch.randn(shape[-1])
    rooted = (x.pow(2).sum(-1, keepdim=True) / shape[-1] + eps) ** 0.5
    got = rms_norm(x.clone(), w, eps)
    torch.testing.assert_close(got, x / rooted * w, rtol=1e-4, atol=1e-5, msg=f"Wrong for the shape {shape}.")
assert near(rms_norm(torch.tensor([0.001, -0.001]), torch.ones(2))[0].item(), 0.30151), "By default eps is 1e-5."
### END HIDDEN TESTS

# %%
# The library's layer: course_lib.layers.layer_norm.RmsNorm
from course_lib.layers.layer_norm import RmsNorm

layer, x = RmsNorm(7), torch.randn(2, 3, 7)
ours = rms_norm(x, layer.weight)
print("the same numbers:", torch.allclose(ours, layer(x), atol=1e-6))

# %% [markdown]
# ## Task 4: What a block does with each vector (9 minutes, 2 points)
#
# Attention lets vectors exchange what they know.
# Then each of them passes through a small network by itself: two linear layers, with an activation between them.
#
# The activation is `"relu"`, as in the Transformer of 2017, or `"gelu"`, as in BERT: gelu(z) = z · Φ(z).
# Φ(z) is the share of a normal distribution that lies below z, Φ(z) = ½ (1 + erf(z / √2)).
# Take it exactly: some models come near it by tanh or by a sigmoid, and get other numbers.
# Any other name is an error.
#
# The weights come in a dictionary, and a gradient has to reach all four and x.

# %% nbgrader={"grade": false, "grade_id": "feed_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def feed_forward(
    x: torch.Tensor, weights: dict[str, torch.Tensor], activation: str = "relu"
) -> torch.Tensor:
    """Change each vector by itself: y = act(x W₁ᵀ + b₁) W₂ᵀ + b₂.

    Shapes: x (…, D); W₁ = weights["hidden_weight"] (F, D), b₁ = weights["hidden_bias"] (F,);
    W₂ = weights["output_weight"] (D, F), b₂ = weights["output_bias"] (D,); returns (…, D).
    Raises: ValueError for an activation other than "relu" and "gelu".
    """
    ### BEGIN SOLUTION
    hidden = x @ weights["hidden_weight"].T + weights["hidden_bias"]
    if activation == "relu":
        hidden = hidden.clamp(min=0)
    elif activation == "gelu":
        hidden = hidden * 0.5 * (1 + torch.erf(hidden / math.sqrt(2)))
    else:
        raise ValueError(f"activation is relu or gelu, received {activation!r}")
    return hidden @ weights["output_weight"].T + weights["output_bias"]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_feed_forward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch

parts = ("hidden_weight", "hidden_bias", "output_weight", "output_bias")
given = [torch.tensor([[1.0, 1], [2, 5]]), torch.zeros(2), torch.tensor([[-1.0, 2], [4, -1]]), torch.zeros(2)]
x = torch.tensor([[2.0, -1]])
kept = [x.clone(), *(part.clone() for part in given)]
got = feed_forward(x, dict(zip(parts, given)), "relu")
assert all(torch.equal(*both) for both in zip((x, *given), kept)), (
    "x or a weight was changed, and the next call needs it as it was; make new tensors."
)
assert got.shape == (1, 2), f"Expected the shape (1, 2), got {tuple(got.shape)}."
values = got[0].tolist()  # W₁ x = (1, −1); relu leaves (1, 0); W₂ makes (−1, 4) of it
assert values != [0, 0], "The weights must be transposed: each row of a weight holds what one output reads."
assert values != [-3, 5], "No activation is at work: −1 came through the relu."
assert values != [6, 4], "The activation came first; it stands between the two linear layers."
assert values != [0, 5], "The activation came last; it stands between the two linear layers."
assert values != [0, 4], "There is a second activation at the end; the output may be negative."
assert values not in ([1, 1], [1, 2]), "The first weight was used twice; the second layer has its own."
assert values != [1, 3], "x was added; the residual connection is the block's business, not this network's."
assert not near(values, [-1.15865, 3.52403]), "The name relu gave gelu; look at the argument."
assert near(values, [-1, 4]), f"(2, −1) becomes (1, −1), then (1, 0), then (−1, 4); got {values}."
given[1], given[3] = torch.tensor([1.0, 10]), torch.tensor([100.0, 200])
values = feed_forward(x, dict(zip(parts, given)), "relu")[0].tolist()
assert not near(values, [99, 204]), "The hidden layer has a bias, and it is missing."
assert not near(values, [16, -1]), "The output layer has a bias, and it is missing."
assert not near(values, [118, 198]), "The hidden bias was added behind the activation; it belongs before it."
assert near(values, [116, 199]), f"With both biases (2, −1) becomes (116, 199), got {values}."
eye = dict(zip(parts, (torch.eye(2), torch.zeros(2), torch.eye(2), torch.zeros(2))))
values = feed_forward(torch.tensor([[3.0, 1]]), eye, "gelu")[0].tolist()
fine = 5e-5
assert not near(values, [3, 1], fine), "The name gelu gave relu; look at the argument."
assert not near(values, [2.99636, 0.84119], fine), "This gelu comes near by tanh; take Φ itself, by erf."
assert not near(values, [2.98192, 0.84580], fine), "This gelu is z · σ(1.702 z), a rough one; take Φ itself, by erf."
assert not near(values, [2.85772, 0.73106], fine), "That is z · σ(z), the silu; gelu is z · Φ(z)."
assert not near(values, [2.99997, 0.92135], fine), "erf was taken of z; it is erf(z / √2)."
assert not near(values, [0.99865, 0.84134], fine), "That is Φ(z), the share; gelu multiplies z by it."
assert near(values, [2.99595, 0.84134], fine), f"gelu(3) and gelu(1) are 2.99595 and 0.84134, got {values}."
try:
    feed_forward(x, eye, "tanh")
except ValueError:
    pass
else:
    raise AssertionError("An activation of the name tanh was accepted; raise a ValueError, or a typing error trains another model.")
try:
    got = feed_forward(torch.arange(12.0).view(2, 3, 2), eye, "relu")
except RuntimeError:
    raise AssertionError("A batch of texts, with three axes, stops the function; it takes any leading axes.") from None
assert torch.equal(got, torch.arange(12.0).view(2, 3, 2)), "With three axes the numbers are wrong."
try:
    found = gradients(lambda x, *w: feed_forward(x, dict(zip(parts, w)), "gelu"), x, *given)
except TypeError:
    raise AssertionError("No gradient leaves the network, and it cannot learn; no_grad, numpy and tolist cut it off.") from None
unreached = [name for name, g in zip(("x", *parts), found) if g is None or not g.any()]
assert not unreached, f"The gradient ends inside the network (detach, .data): none at {', '.join(unreached)}."
wide = {name: part.double() for name, part in eye.items()}
wide = feed_forward(x.double(), wide, "gelu").dtype
assert wide != torch.float32, "x and the weights are float64, and the result was cast to float32."
assert wide == torch.float64 and feed_forward(x, eye).dtype == torch.float32, "The result has the type of x."
print("gelu of 3 and 1:", [round(v, 5) for v in values])
### BEGIN HIDDEN TESTS
from torch.nn import functional as F

torch.manual_seed(20250907)
for shape, d_ff in (((3,), 5), ((5, 2), 7), ((2, 3, 5), 13), ((2, 3, 5, 7), 11)):
    d = shape[-1]
    w = dict(zip(parts, (torch.randn(d_ff, d), torch.randn(d_ff), torch.randn(d, d_ff), torch.randn(d))))
    x = torch.randn(shape)
    hidden = F.linear(x, w["hidden_weight"], w["hidden_bias"])
    for name, act in (("relu", F.relu), ("gelu", F.gelu)):
        expected = F.linear(act(hidden), w["output_weight"], w["output_bias"])
        got = feed_forward(x.clone(), dict(w), name)
        torch.testing.assert_close(
            got, expected, rtol=1e-4, atol=2e-5, msg=f"Wrong numbers with {name} for {shape}."
        )
low = feed_forward(torch.tensor([-1.0, 2.0]), eye).tolist()
assert low == [0, 2], "Without a name the activation is relu."
for name in ("", "Relu", "silu"):
    try:
        feed_forward(x, w, name)
    except ValueError:
        continue
    raise AssertionError(f"The activation {name!r} must raise a ValueError.")
### END HIDDEN TESTS

# %%
# The library's network: course_lib.layers.feed_forward
from course_lib.layers.feed_forward import FeedForward

layer, x = FeedForward(7, 11, "gelu"), torch.randn(2, 3, 7)
own = {
    "hidden_weight": layer.hidden_proj.weight, "hidden_bias": layer.hidden_proj.bias,
    "output_weight": layer.output_proj.weight, "output_bias": layer.output_proj.bias,
}  # fmt: skip
print("the same numbers:", torch.allclose(feed_forward(x, own, "gelu"), layer(x), atol=1e-6))

# %% [markdown]
# ## Task 5: The block, in both orders (14 minutes, 4 points)
#
# A block has two parts, attention and then the network of task 4 (with gelu), and each part has a norm and a residual connection of its own.
# What differs is where the norm stands:
#
# - *post-norm*, as in the Transformer of 2017: the part reads x, its result is added to x, and the sum is normalised;
# - *pre-norm*, as in GPT-2 and most models since: the part reads a normalised x, and its result is added to x as it was. On the way straight through there is no norm at all.
#
# In place of attention stands a matrix `mixing` of fixed shares: row t says how much place t takes of every place, so attend(h) = mixing @ h.
#
# `F.layer_norm`, `F.linear` and `F.gelu` do what you wrote out in tasks 1 and 4, with the same numbers.
# Use them here, so that no earlier slip comes back, or your own.
# The norms have an eps of 1e-5.
#
# **Predict before you write:** what leaves a pre-norm block whose two parts give only zeros, and what leaves a post-norm block?

# %% nbgrader={"grade": false, "grade_id": "block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def block(
    x: torch.Tensor, mixing: torch.Tensor, weights: dict[str, torch.Tensor], norm_first: bool
) -> torch.Tensor:
    """Send x through attention and the network, pre-norm where norm_first is set, else post-norm.

    Shapes: x (B, T, D), mixing (T, T); returns a new (B, T, D).
    weights: the four of task 4, and for each norm a weight and a bias (D,), called
    attend_norm_weight, attend_norm_bias, feed_norm_weight and feed_norm_bias.
    """
    ### BEGIN SOLUTION
    def norm(h, name):
        return F.layer_norm(h, h.shape[-1:], weights[f"{name}_norm_weight"], weights[f"{name}_norm_bias"])

    def feed(h):
        hidden = F.gelu(F.linear(h, weights["hidden_weight"], weights["hidden_bias"]))
        return F.linear(hidden, weights["output_weight"], weights["output_bias"])

    if norm_first:
        x = x + mixing @ norm(x, "attend")
        return x + feed(norm(x, "feed"))
    x = norm(x + mixing @ x, "attend")
    return norm(x + feed(x), "feed")
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_block", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
import torch

mixing = torch.tensor([[0.75, 0.25], [0.5, 0.5]])
weights = {
    "attend_norm_weight": torch.tensor([1.0, 2, 0.5]), "attend_norm_bias": torch.tensor([0.0, 1, -1]),
    "feed_norm_weight": torch.tensor([2.0, 1, 3]), "feed_norm_bias": torch.tensor([-1.0, 0, 1]),
    "hidden_weight": torch.tensor([[1.0, 0, 1], [-2, 1, 0]]), "hidden_bias": torch.tensor([0.5, 1]),
    "output_weight": torch.tensor([[1.0, -1], [0, 2], [-1, 1]]), "output_bias": torch.tensor([0.1, 0.2, 0.3]),
}  # fmt: skip
x = torch.tensor([[[2.0, 0, 7], [0, 3, -3]]])
kept = [x.clone(), mixing.clone(), *(part.clone() for part in weights.values())]
pre = block(x, mixing, weights, norm_first=True)
post = block(x, mixing, weights, norm_first=False)
assert all(torch.equal(*both) for both in zip((x, mixing, *weights.values()), kept)), (
    "The block changed what it was given (+=, a method with _ at its end); make new tensors."
)
assert pre.shape == post.shape == (1, 2, 3), f"Expected the shape (1, 2, 3), got {tuple(pre.shape)}."
pre, post = pre[0, 0].tolist(), post[0, 0].tolist()
due_pre, due_post = [2.2210, 7.2531, 6.2807], [-3.8082, 0.5560, 3.5444]
assert not (near(pre, due_post) and near(post, due_pre)), (
    "The two orders are exchanged: norm_first means that the norm stands before the part."
)
assert not (near(pre, due_post) and near(post, due_post)), "norm_first changes nothing: both are post-norm."
assert not (near(pre, due_pre) and near(post, due_pre)), "norm_first changes nothing: both are pre-norm."
assert not near(pre, [-4.1274, 8.2237, 3.6290]), "The first residual is missing: what attention gives is added to x."
assert not near(pre, [0.4757, 7.1693, -0.0757]), "The second residual is missing: what the network gives is added to x."
assert not near(pre, [-3.8726, 8.1399, 4.2726]), "There is no residual connection at all; each part adds to x."
assert not near(pre, [2.9020, -0.4809, -1.8815]), (
    "In pre-norm the result was added to the normalised x, and x itself is lost; add it to x as it came."
)
assert not near(pre, [4.4637, -1.0328, -0.6035]), (
    "In pre-norm the norm stands on the way straight through, and the part reads x without it: it belongs before the part."
)
assert not near(post, [2.9875, -0.8526, 4.0216]), (
    "In post-norm only what the part gives was normalised; normalise the sum of it and x."
)
assert not near(pre, [1.3245, 9.6499, 5.9653]), "The network came first; attention is the first part."
assert not near(pre, [1.1879, 1.4393, 7.3138]), "Both norms have the weights of the first; each has its own."
assert not near(pre, [-1.0640, 2.7749, 12.0931]), "The two norms are exchanged: attend_norm belongs to attention."
assert not near(pre, [10.4663, 0.2451, -1.9646]), "In pre-norm the network reads x without a norm; each part has one."
assert not near(post, [1.7753, -0.4575, -1.7905]), "In post-norm the sum behind attention was not normalised; there are two norms."
assert not near(pre, [2.4036, 6.9604, 6.0981]), (
    "Both parts read the x that entered, side by side; the network reads what attention has left."
)
assert not near(pre, [2.4757, 7.1693, 6.9243]), (
    "The second residual adds the x that entered the block, and attention's result is lost; add the sum so far."
)
assert not near(pre, [-3.7811, 0.9184, 2.4166]), (
    "In pre-norm the block's end was normalised; that is done once, behind the last block, and not in here."
)
assert not near(pre, [1.3174, 9.5226, 6.7812]), "The columns of mixing were taken for its rows: row t says what place t takes."
assert not near(post, [-3.8280, 0.7266, 3.0621]), "The network's activation is relu; the block has gelu."
assert not near(pre, [2.6917, 0.8526, 7.1664]), "The norms' weights and biases have no effect."
assert not near(pre, [19.1000, 0.9500, -3.7000]), "No norm is at work."
assert near(pre, due_pre), f"Pre-norm gives {due_pre} at the first place, got {pre}."
assert near(post, due_post), f"Post-norm gives {due_post} at the first place, got {post}."
silent = weights | {"output_weight": torch.zeros(3, 2), "output_bias": torch.zeros(3)}
got = block(x, 0 * mixing, silent, True)
assert torch.allclose(got, x), f"In pre-norm parts that give zeros leave x as it was; got {got.tolist()}."
try:
    (to_x,) = gradients(lambda x: block(x, 0 * mixing, silent, True), x)
except TypeError:
    raise AssertionError("No gradient leaves the block; no_grad, numpy and tolist cut it off.") from None
assert to_x is not None and to_x.any(), (
    "The straight way carries no gradient (detach): of the 1 that arrives, nothing reaches x where the parts are silent."
)
assert torch.allclose(to_x, torch.ones(1, 2, 3)), f"With silent parts a gradient of 1 must arrive at x, got {to_x.tolist()}."
for order in (True, False):
    found = gradients(lambda x, *w: block(x, mixing, dict(zip(weights, w)), order), x, *weights.values())
    unreached = [name for name, g in zip(("x", *weights), found) if g is None]
    assert not unreached, f"A part of the block gets no gradient (detach, .data, no_grad): {', '.join(unreached)}."
wide = {name: part.double() for name, part in weights.items()}
wide = block(x.double(), mixing.double(), wide, True).dtype
assert wide != torch.float32, "All that came in is float64, and the block gave float32."
assert wide == torch.float64, f"float64 came in and {wide} went out."
print("pre-norm: ", pre)
print("post-norm:", post)
### BEGIN HIDDEN TESTS
from torch.nn import functional as F

torch.manual_seed(20250909)
for b, t, d, d_ff in ((1, 1, 2, 3), (2, 3, 5, 7), (3, 7, 5, 2), (5, 2, 11, 13)):
    x, shares = 2 * torch.randn(b, t, d), torch.rand(t, t)
    w = {
        "attend_norm_weight": torch.randn(d), "attend_norm_bias": torch.randn(d),
        "feed_norm_weight": torch.randn(d), "feed_norm_bias": torch.randn(d),
        "hidden_weight": torch.randn(d_ff, d), "hidden_bias": torch.randn(d_ff),
        "output_weight": torch.randn(d, d_ff), "output_bias": torch.randn(d),
    }  # fmt: skip

    def reference(x, shares, *w):
        one, two = ((w[i], w[i + 1]) for i in (0, 2))

        def mix(h):
            return torch.einsum("ts,bsd->btd", shares, h)

        def net(h):
            return F.linear(F.gelu(F.linear(h, w[4], w[5])), w[6], w[7])

        if first:
            y = mix(F.layer_norm(x, (d,), *one)).add(x)
            return net(F.layer_norm(y, (d,), *two)).add(y)
        y = F.layer_norm(mix(x).add(x), (d,), *one)
        return F.layer_norm(net(y).add(y), (d,), *two)

    for first in (True, False):
        expected = reference(x, shares, *w.values())
        got = block(x.clone(), shares, dict(w), first)
        torch.testing.assert_close(
            got, expected, rtol=1e-3, atol=1e-4, msg=f"Wrong numbers with norm_first={first} and B, T, D, F = {b, t, d, d_ff}."
        )
        exact = [part.double() for part in (x, shares, *w.values())]
        up = torch.randn(b, t, d, dtype=torch.float64)
        ours = gradients(lambda x, m, *v: block(x, m, dict(zip(w, v)), first), *exact, upstream=up)
        for own, due in zip(ours, gradients(reference, *exact, upstream=up), strict=True):
            torch.testing.assert_close(own, due, rtol=1e-5, atol=1e-8, msg=f"A wrong gradient with norm_first={first}.")
### END HIDDEN TESTS

# %%
# The library's layer, with your matrix in its attention's place: course_lib.models.transformer
from course_lib.models.transformer import EncoderLayer


class Fixed(nn.Module):
    """Stands in for attention: takes fixed shares, whatever else it is given."""

    def __init__(self, mixing: torch.Tensor) -> None:
        super().__init__()
        self.mixing = mixing

    def forward(self, h: torch.Tensor, *_, **__) -> torch.Tensor:
        return self.mixing @ h


x, mixing = torch.randn(2, 3, 7), torch.randn(3, 3).softmax(dim=1)
for norm_first in (True, False):
    layer = EncoderLayer(7, 1, 11, activation="gelu", norm_first=norm_first)
    layer.self_attention = Fixed(mixing)
    own = {
        f"{ours}_{part}": layer.get_parameter(f"{theirs}.{part}").detach()
        for ours, theirs in (
            ("attend_norm", "self_attention_norm"), ("feed_norm", "feed_forward_norm"),
            ("hidden", "feed_forward.hidden_proj"), ("output", "feed_forward.output_proj"),
        )
        for part in ("weight", "bias")
    }  # fmt: skip
    same = torch.allclose(block(x, mixing, own, norm_first), layer(x), atol=1e-5)
    print(f"norm_first={norm_first}: the same numbers:", same)

# %% [markdown]
# ## Task 6: How large, and how steep, at every depth (7 minutes, 2 points)
#
# A stack of blocks can be watched like this: send x through, keep what stands between the blocks, and look at two numbers at each depth.
# One is the *size* of what stands there, the root of its mean square.
# The other is the *norm of the gradient* there: how strongly the loss would move if these numbers moved.
#
# The loss is the sum of upstream · (what leaves the last block), so that at the far end the gradient is upstream itself.
# The blocks come as a list of things that can be called: networks of torch in the tests, your own blocks after that.

# %% nbgrader={"grade": false, "grade_id": "sizes_and_gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sizes_and_gradients(
    blocks: list, x: torch.Tensor, upstream: torch.Tensor
) -> tuple[list[float], list[float]]:
    """Return the size of the numbers and the norm of the gradient at each depth, from x to the end.

    x_0 = x,   x_l = blocks[l − 1](x_{l−1});   loss = Σ upstream · x_L
    sizes[l] = √(mean of x_l²),   norms[l] = √(sum of (∂loss/∂x_l)²), each over all numbers;   l = 0 … L
    Shapes: x and upstream the same, any; returns two lists of L + 1 numbers.
    """
    ### BEGIN SOLUTION
    steps = [x.detach().clone().requires_grad_()]
    for one in blocks:
        steps.append(one(steps[-1]))
    slopes = torch.autograd.grad(steps[-1], steps, upstream)
    sizes = [step.square().mean().sqrt().item() for step in steps]
    return sizes, [slope.norm().item() for slope in slopes]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_sizes_and_gradients", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch
from torch import nn


def times(factor, width=2):
    """Give a block that multiplies every number by the factor."""
    made = nn.Linear(width, width, bias=False)
    made.load_state_dict({"weight": factor * torch.eye(width)})
    return made


x, upstream = torch.tensor([[1.0, 7], [7, 1]]), torch.tensor([[3.0, 4], [0, 12]])
kept = x.clone()
sizes, norms = sizes_and_gradients([times(2.0), times(3.0)], x, upstream)
assert torch.equal(x, kept), "x was changed; make a copy."
sizes, norms = [float(v) for v in sizes], [float(v) for v in norms]
assert not near(sizes[0], 10) or len(sizes) != 2, "The size of x itself is missing: depth 0 is where x enters."
assert len(sizes) == 3, f"Two blocks have three depths, {len(sizes)} sizes came."
assert not near(sizes[0], 10), "That is the length, from the sum of the squares; the size is from their mean."
assert not near(sizes[0], 25), "The root is missing: a mean square of 25 is a size of 5."
assert not near(sizes[0], 4), "The mean of |x| was taken; the size is the root of the mean square."
assert not near(sizes[0], 3) and not near(sizes[0], 3.4641), "That is the deviation, without the mean; the size is of the numbers as they are."
assert not near(sizes, [5, 10, 15]), "Every block read x; each reads what the one before it gave."
assert not near(sizes, [5, 5, 20]), "The size of what a block adds was taken; asked is what stands there."
assert near(sizes, [5, 10, 30]), f"Times 2 and times 3 gives the sizes 5, 10 and 30, got {sizes}."
assert len(norms) != 2 or not near(norms, [78, 39]), "The gradient at the far end is missing: it is upstream, and has a norm too."
assert len(norms) != 2 or near(norms, [78, 39]), "One number a block came; asked is the gradient of what stands between them, not of their weights."
assert len(norms) == 3, f"Two blocks have three depths, {len(norms)} gradients came."
assert not near(norms, [13, 39, 78]), "The gradients came from the end to the beginning; x comes first."
assert not near(norms, [26, 39, 13]), (
    "The chain is cut between the blocks (detach): the first gets 2 · 13, and 2 · 3 · 13 is due."
)
assert not near(norms[2], 6.5), "The gradient's numbers were averaged; its norm is the root of their sum of squares."
assert not near(norms[2], 8.5), "The norms of the rows were averaged; the norm is over all numbers."
assert not near(norms[2], 169), "That is the square of the norm; the root is missing."
assert not near(norms[2], 2), "upstream has no effect: the loss is the sum of upstream · y, not of y."
assert not near(norms[2], 3.25), "The loss is a sum over all numbers; a mean makes each gradient smaller."
assert near(norms, [78, 39, 13]), f"13 arrives, and 3 · 13 = 39 and 2 · 39 = 78 go on, got {norms}."
print("sizes:", sizes, " gradients:", norms)
### BEGIN HIDDEN TESTS
torch.manual_seed(20250911)
for shape, n_blocks in (((5, 3), 1), ((2, 3, 5), 7), ((3, 2, 11), 2), ((7,), 0)):
    d = shape[-1]
    chain = [nn.Sequential(nn.Linear(d, d), nn.Tanh(), nn.LayerNorm(d)) for _ in range(n_blocks)]
    x, upstream = torch.randn(shape), torch.randn(shape)
    between = [x.clone().requires_grad_()]
    for layer in chain:
        between.append(layer(between[-1]))
    due = torch.autograd.grad((between[-1] * upstream).sum(), between)
    sizes, norms = sizes_and_gradients(chain, x.clone(), upstream.clone())
    assert len(sizes) == len(norms) == n_blocks + 1, f"{n_blocks} blocks have {n_blocks + 1} depths."
    for at, (step, slope) in enumerate(zip(between, due)):
        close = {"rel_tol": 1e-3, "abs_tol": 1e-5}
        expected = step.detach().pow(2).sum().item() / step.numel()
        assert math.isclose(float(sizes[at]) ** 2, expected, **close), f"The size at depth {at} is wrong."
        expected = slope.pow(2).sum().item()
        assert math.isclose(float(norms[at]) ** 2, expected, **close), f"The gradient at depth {at} is wrong."
### END HIDDEN TESTS

# %% [markdown]
# ## A stack of your blocks (5 minutes)
#
# Now 24 blocks with fresh weights, in three kinds: your block in both orders, and one without any norm, made of your `feed_forward` and two residual connections.
# All three have the same weights and the same shares.
#
# **Predict, then run.**
# The text enters with a size of 1.
# Which size leaves each stack?
# And the gradient that arrives at the end has the same norm in all three: what of it is there at the beginning?

# %%
from functools import partial

import matplotlib.pyplot as plt


def without_norm(x, mixing, weights):
    """Two residual connections and no norm."""
    x = x + mixing @ x
    return x + feed_forward(x, weights, "gelu")


torch.manual_seed(0)
n_blocks, n_places, d_model, d_ff = 24, 11, 32, 128
given = []
for _ in range(n_blocks):
    weights = {
        "hidden_weight": torch.randn(d_ff, d_model) / d_model**0.5,
        "output_weight": torch.randn(d_model, d_ff) / d_ff**0.5,
        "hidden_bias": torch.zeros(d_ff), "output_bias": torch.zeros(d_model),
    }  # fmt: skip
    for name in ("attend_norm", "feed_norm"):
        weights |= {f"{name}_weight": torch.ones(d_model), f"{name}_bias": torch.zeros(d_model)}
    given.append({"mixing": torch.randn(n_places, n_places).softmax(dim=1), "weights": weights})
x, upstream = torch.randn(2, 5, n_places, d_model)
stacks = {
    "without a norm": [partial(without_norm, **each) for each in given],
    "post-norm": [partial(block, norm_first=False, **each) for each in given],
    "pre-norm": [partial(block, norm_first=True, **each) for each in given],
}
curves = {name: sizes_and_gradients(stack, x, upstream) for name, stack in stacks.items()}
for name, (sizes, norms) in curves.items():
    print(f"{name:15} size {sizes[0]:.2f} -> {sizes[-1]:<9.3g} gradient {norms[-1]:.0f} -> {norms[0]:.3g}")

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
titles = "size of the numbers", "norm of the gradient"
for which, (axis, title) in enumerate(zip(axes, titles)):
    for name, found in curves.items():
        axis.plot(found[which], label=name)
    axis.set(title=title, xlabel="blocks passed", yscale="log")
axes[0].legend()
plt.show()

# %%
bare, post, pre = curves.values()
assert all(near(size, 1, 0.01) for size in post[0][1:]), "Behind every post-norm block the size is 1."
assert all(a < b for a, b in zip(pre[0], pre[0][1:])), "In pre-norm each block adds to what is there."
assert bare[0][-1] > 1000 * pre[0][-1], "Without a norm the numbers should explode."
assert min(pre[1]) > 0.9 * pre[1][-1], "In pre-norm what arrives at the end should be there at every depth."
assert bare[1][0] > 1000 * pre[1][0] > 1000 * post[1][0], "The gradients should keep the order of the sizes."
print("The picture is what it should be.")

# %% [markdown]
# Without a norm every block multiplies: the sizes form a straight line in powers of ten, and so do the gradients, which are steepest at the beginning.
#
# Behind each post-norm block the size is 1, whatever its parts did.
# The way back pays for it: each norm divides the gradient by the size of the sum that it was given, and half-way down less than half of what arrived is left.
#
# In pre-norm each block *adds* something of a bounded size, so the numbers grow with the number of blocks and not with a power of it.
# The gradient that arrives at the end is there at every depth, since nothing on the straight way divides it.
# But what leaves the stack is larger than what entered, and the gradient at its beginning is larger than at its end.
# That is why pre-norm models have one more norm, behind the last block.
# Put one there, `lambda h: F.layer_norm(h, h.shape[-1:])` at the end of that list, and predict first what becomes of both curves.
#
# What the order means for training, with and without a warm-up of the rate, is measured in [chapter 9](../../book/09_layer_norm.md).
