"""Is the smoothed loss torch's, over real tokens alone?"""

import math

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.training.losses import label_smoothed_cross_entropy

B, T, V = 2, 5, 7


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("pad_id", [None, 3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_parity_with_torch_forward_and_gradient(smoothing, pad_id, dtype):
    logits = torch.randn(B, T, V, dtype=dtype, requires_grad=True)
    targets = torch.randint(V, (B, T))
    targets[0, 0] = 3
    ours = label_smoothed_cross_entropy(logits, targets, smoothing, pad_id)
    theirs = F.cross_entropy(
        logits.flatten(0, 1),
        targets.flatten(),
        label_smoothing=smoothing,
        ignore_index=-100 if pad_id is None else pad_id,
    )
    assert_close(ours, theirs)
    (a,), (b,) = (torch.autograd.grad(loss, logits) for loss in (ours, theirs))
    assert_close(a, b)


def test_by_hand():
    """Golden: p = (3/4, 1/4), right is the first, smoothing .2: .9 of it is −log 3/4."""
    logits = torch.tensor([[math.log(3), 0.0]])
    expected = -0.9 * math.log(3 / 4) - 0.1 * math.log(1 / 4)
    assert float(label_smoothed_cross_entropy(logits, torch.tensor([0]), 0.2)) == pytest.approx(
        expected
    )


def test_padding_alone_is_no_loss():
    logits = torch.randn(B, V, requires_grad=True)
    loss = label_smoothed_cross_entropy(logits, torch.zeros(B, dtype=torch.long), 0.1, 0)
    assert loss == 0
    (grad,) = torch.autograd.grad(loss, logits)
    assert not grad.any()


def test_a_smoothing_outside_is_refused():
    with pytest.raises(ValueError, match=r"smoothing must lie between 0 and 1, received 1.5"):
        label_smoothed_cross_entropy(torch.randn(1, V), torch.zeros(1, dtype=torch.long), 1.5)
