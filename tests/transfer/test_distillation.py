"""Are the losses torch's over real tokens alone, and does nothing else get a gradient?"""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.transfer.distillation import cosine_loss, layers_to_copy, soft_target_loss

B, T, V = 2, 5, 7
IS_TOKEN = torch.tensor([[True, True, True, False, False], [True, False, True, True, True]])


def pair(dtype=torch.float32):
    student, teacher = torch.randn(2, B, T, V, dtype=dtype) * 3
    return student.requires_grad_(), teacher.requires_grad_()


def at_2(student, teacher, is_token):
    return soft_target_loss(student, teacher, 2.0, is_token)


LOSSES = pytest.mark.parametrize("loss", [at_2, cosine_loss], ids=["soft_target", "cosine"])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("temperature", [0.5, 1, 2.0, 11.0])
def test_soft_targets_are_torchs_forward_and_gradient(temperature, dtype):
    student, teacher = pair(dtype)
    ours = soft_target_loss(student, teacher, temperature, IS_TOKEN)
    theirs = temperature**2 * F.kl_div(
        (student[IS_TOKEN] / temperature).log_softmax(dim=-1),
        (teacher[IS_TOKEN] / temperature).softmax(dim=-1),
        reduction="batchmean",
    )
    assert_close(ours, theirs)
    (a,), (b,) = (torch.autograd.grad(loss, student) for loss in (ours, theirs))
    assert_close(a, b)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("scale", [1e3, 1.0, 1e-6, 0.0])
def test_cosines_are_torchs_forward_and_gradient(scale, dtype):
    """The scale makes vectors so short that torch's small number under the root is felt."""
    student, teacher = pair(dtype)
    short = (student * scale).detach().requires_grad_()
    ours = cosine_loss(short, teacher, IS_TOKEN)
    n = int(IS_TOKEN.sum())
    theirs = nn.CosineEmbeddingLoss()(short[IS_TOKEN], teacher[IS_TOKEN], torch.ones(n))
    assert_close(ours, theirs.to(dtype))
    (a,), (b,) = (torch.autograd.grad(loss, short) for loss in (ours, theirs))
    assert_close(a, b)


def test_soft_targets_by_hand():
    """Golden: T = 2 halves (2 log 3, 0) to p = (3/4, 1/4), q = (1/2, 1/2).

    4 · (3/4 log 3/2 + 1/4 log 1/2). The other way round it would be 4 · 1/2 log 4/3.
    """
    student, teacher = torch.zeros(1, 2), torch.tensor([[2 * math.log(3), 0.0]])
    expected = 3 * math.log(3 / 2) - math.log(2)
    found = soft_target_loss(student, teacher, 2.0, torch.tensor([True]))
    assert float(found) == pytest.approx(expected)


def test_cosines_by_hand():
    """Golden: (3, 4) and (4, 3) have 24/25, opposite vectors -1; the mean of 1/25 and 2."""
    student = torch.tensor([[3.0, 4.0], [1.0, 1.0], [5.0, 0.0]])
    teacher = torch.tensor([[4.0, 3.0], [-2.0, -2.0], [0.0, 1.0]])
    found = cosine_loss(student, teacher, torch.tensor([True, True, False]))
    assert float(found) == pytest.approx((1 / 25 + 2) / 2)


@LOSSES
def test_a_student_like_its_teacher_has_no_loss(loss):
    _, teacher = pair(torch.float64)
    student = teacher.detach().clone().requires_grad_()
    found = loss(student, teacher, IS_TOKEN)
    assert_close(found, torch.zeros_like(found))
    (grad,) = torch.autograd.grad(found, student)
    assert_close(grad, torch.zeros_like(grad))


@LOSSES
def test_no_gradient_reaches_padding_or_the_teacher(loss):
    student, teacher = pair()
    loss(student, teacher, IS_TOKEN).backward()
    assert teacher.grad is None
    assert student.grad is not None
    assert not student.grad[~IS_TOKEN].any()
    assert student.grad[IS_TOKEN].any(dim=-1).all()


@LOSSES
@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_stands_at_padding_does_not_leak(loss, bad):
    student, teacher = pair()
    expected = loss(student, teacher, IS_TOKEN)
    (of_clean,) = torch.autograd.grad(expected, student)
    filled = [x.detach().masked_fill(~IS_TOKEN[..., None], bad) for x in (student, teacher)]
    filled[0].requires_grad_()
    with torch.autograd.detect_anomaly(check_nan=True):
        found = loss(*filled, IS_TOKEN)
        (of_filled,) = torch.autograd.grad(found, filled[0])
    assert_close(found, expected, rtol=0, atol=0)
    assert_close(of_filled, of_clean, rtol=0, atol=0)


@LOSSES
@given(seed=st.integers(0, 50), n_padding=st.integers(0, 11))
def test_more_padding_changes_nothing(loss, seed, n_padding):
    generator = torch.Generator().manual_seed(seed)
    student, teacher = torch.randn(2, B, T + n_padding, V, generator=generator)
    is_token = F.pad(IS_TOKEN, (0, n_padding))
    whole = loss(student, teacher, is_token)
    assert_close(whole, loss(student[:, :T], teacher[:, :T], IS_TOKEN))
    assert whole >= 0


@LOSSES
def test_every_real_token_counts_alike(loss):
    """The mean is over tokens: a long text weighs more than a short one."""
    student, teacher = pair()
    one_by_one = [
        loss(student[b, t], teacher[b, t], torch.tensor(True)) for b, t in IS_TOKEN.nonzero()
    ]
    assert_close(loss(student, teacher, IS_TOKEN), torch.stack(one_by_one).mean())


@LOSSES
def test_a_batch_without_a_real_token_is_no_loss(loss):
    student, teacher = pair()
    found = loss(student, teacher, torch.zeros_like(IS_TOKEN))
    assert found == 0
    (grad,) = torch.autograd.grad(found, student)
    assert not grad.any()


@LOSSES
def test_masks_of_0_and_1_are_masks(loss):
    """As numbers they would pick rows 0 and 1 of the batch, again and again."""
    student, teacher = pair()
    assert_close(loss(student, teacher, IS_TOKEN.long()), loss(student, teacher, IS_TOKEN))


@LOSSES
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_types_are_counted_in_32_bits(loss, dtype):
    """300² is more than float16 can hold."""
    student, teacher = (100 * x.detach().to(dtype) for x in pair())
    found = loss(student.requires_grad_(), teacher, IS_TOKEN)
    assert found.dtype is torch.float32
    assert_close(found, loss(student.float(), teacher.float(), IS_TOKEN))
    (grad,) = torch.autograd.grad(found, student)
    assert grad.dtype is dtype
    assert grad.isfinite().all()


def test_a_word_that_the_teacher_rules_out_costs_nothing():
    """Softmax over the others is the same; torch's kl_div gives NaN where both rule it out."""
    student, teacher = pair()
    is_out = torch.arange(V) == 3
    ruled_out = [x.detach().masked_fill(is_out, -math.inf) for x in (student, teacher)]
    ruled_out[0].requires_grad_()
    found = at_2(*ruled_out, IS_TOKEN)
    assert_close(found, at_2(student[..., ~is_out], teacher[..., ~is_out], IS_TOKEN))
    (grad,) = torch.autograd.grad(found, ruled_out[0])
    assert grad.isfinite().all()
    assert at_2(student, ruled_out[1], IS_TOKEN).isfinite()
    assert at_2(ruled_out[0], teacher, IS_TOKEN) == math.inf


def test_the_factor_keeps_gradients_alike_at_high_temperatures():
    """Hinton et al., equation 4, times T²: at a high T it nears (student − teacher) / V.

    Both must have the mean 0 over the words.
    """
    student, teacher = (x.detach() for x in pair(torch.float64))
    student, teacher = (x - x.mean(dim=-1, keepdim=True) for x in (student, teacher))
    student.requires_grad_()
    n = int(IS_TOKEN.sum())
    (grad,) = torch.autograd.grad(soft_target_loss(student, teacher, 1e3, IS_TOKEN), student)
    expected = (student - teacher).detach() / (n * V)
    assert_close(
        grad[IS_TOKEN], expected[IS_TOKEN], rtol=0, atol=1e-3
    )  # terms in 1 / T are left out


@pytest.mark.parametrize(
    ("n_teacher", "n_student", "expected"),
    [
        (12, 6, [0, 2, 4, 7, 9, 11]),  # DistilBERT's published code
        (6, 3, [0, 2, 5]),
        (12, 3, [0, 6, 11]),
        (12, 1, [0]),
        (5, 5, [0, 1, 2, 3, 4]),
        (7, 2, [0, 6]),
        (1, 1, [0]),
    ],
)
def test_layers_by_hand(n_teacher, n_student, expected):
    assert layers_to_copy(n_teacher, n_student) == expected


@given(st.integers(2, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(2, n))))
def test_layers_are_in_order_and_evenly_spread(sizes):
    n_teacher, n_student = sizes
    layers = layers_to_copy(n_teacher, n_student)
    assert len(layers) == n_student
    assert (layers[0], layers[-1]) == (0, n_teacher - 1)
    steps = [after - before for before, after in pairwise(layers)]
    assert min(steps) >= 1
    assert max(steps) - min(steps) <= 1


@pytest.mark.parametrize("n_student", [0, 7, -1])
def test_a_number_of_layers_outside_is_refused(n_student):
    with pytest.raises(ValueError, match=rf"1 to 6 layers .* received n_student={n_student}"):
        layers_to_copy(6, n_student)


@pytest.mark.parametrize("temperature", [0, -1.0])
def test_a_temperature_that_is_not_positive_is_refused(temperature):
    with pytest.raises(ValueError, match=f"temperature must be positive, received {temperature}"):
        soft_target_loss(*pair(), temperature, IS_TOKEN)


@LOSSES
def test_shapes_that_do_not_belong_together_are_refused(loss):
    student, teacher = pair()
    with pytest.raises(ValueError, match=r"\(2, 5, 7\), \(2, 5, 3\) and \(2, 5\)"):
        loss(student, teacher[..., :3], IS_TOKEN)
    for wrong in (IS_TOKEN[:, :1], IS_TOKEN[0], IS_TOKEN[..., None]):
        with pytest.raises(ValueError, match="is_token the same without its last axis"):
            loss(student, teacher, wrong)
