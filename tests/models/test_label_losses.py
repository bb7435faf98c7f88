"""Do the losses give the numbers that follow by hand?"""

import math

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.models.label_losses import label_loss, span_loss, word_loss


def test_numbers_are_squared_errors():
    """Golden: errors 1 and 3: (1 + 9) / 2."""
    assert_close(label_loss(torch.tensor([[2.0], [5]]), torch.tensor([3, 2])), torch.tensor(5.0))


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32])
def test_one_label_is_a_cross_entropy(dtype):
    """Golden: logits 0 and log 3 give 1/4 and 3/4."""
    logits = torch.tensor([[0.0, math.log(3)]])
    labels = torch.tensor([0], dtype=dtype)
    assert_close(label_loss(logits, labels), torch.tensor(math.log(4)))


def test_several_labels_are_questions_of_yes_and_no():
    """Golden: log 3 is 3/4 for yes; twice right, once wrong, once even."""
    logits = torch.tensor([[math.log(3), -math.log(3)], [math.log(3), 0.0]])
    labels = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    by_hand = (2 * math.log(4 / 3) + math.log(4) + math.log(2)) / 4
    assert_close(label_loss(logits, labels), torch.tensor(by_hand))


def test_places_without_a_label_are_skipped():
    logits = torch.randn(2, 5, 3)
    labels = torch.tensor([[0, -100, 1, -100, 2], [-100] * 5])
    rows = logits[0, [0, 2, 4]].log_softmax(-1)
    assert_close(word_loss(logits, labels), -rows.diag().mean())


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_answers_that_were_cut_off_are_skipped(shape):
    start, end = torch.randn(3, 7), torch.randn(3, 7)
    places = torch.tensor([2, 9, -1]).reshape(shape)
    expected = [F.cross_entropy(x[[0, 2]], torch.tensor([2, 0])) for x in (start, end)]
    assert_close(span_loss(start, end, places, places), sum(expected) / 2)
