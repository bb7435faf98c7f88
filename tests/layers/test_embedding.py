"""Does our Embedding equal torch's, forward and backward, and the product with one-hot vectors?"""

import pytest
import torch
from beartype.roar import BeartypeCallHintParamViolation
from jaxtyping import TypeCheckError
from torch import nn
from torch.testing import assert_close

from course_lib.layers.embedding import Embedding, one_hot_product

B, T, V, D = 2, 5, 11, 3  # primes: a swapped axis cannot pass


@pytest.fixture
def input_ids():
    # id 4 occurs three times, so that gradients have to add up; id 0 is padding
    return torch.tensor([[4, 9, 4, 0, 0], [1, 4, 10, 2, 0]])


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("pad_id", [None, 0, 10])
def test_parity_with_torch(input_ids, pad_id, sparse):
    torch.manual_seed(0)
    ours = Embedding(V, D, pad_id=pad_id, sparse=sparse)
    theirs = nn.Embedding(V, D, padding_idx=pad_id, sparse=sparse)
    theirs.weight.data.copy_(ours.weight.data)
    weights = torch.randn(B, T, D)
    assert_close(ours(input_ids), theirs(input_ids))
    (ours(input_ids) * weights).sum().backward()
    (theirs(input_ids) * weights).sum().backward()
    our_grad, their_grad = ours.weight.grad, theirs.weight.grad
    assert our_grad.is_sparse == their_grad.is_sparse == sparse
    assert_close(our_grad.to_dense(), their_grad.to_dense())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_lookup_equals_one_hot_times_table(input_ids, dtype):
    torch.manual_seed(1)
    looked_up = Embedding(V, D).to(dtype)
    table = looked_up.weight.detach().clone().requires_grad_()
    weights = torch.randn(B, T, D, dtype=dtype)
    product = one_hot_product(input_ids, table)
    assert_close(looked_up(input_ids), product)
    (looked_up(input_ids) * weights).sum().backward()
    (product * weights).sum().backward()
    assert_close(looked_up.weight.grad, table.grad)


def test_gradient_of_a_word_is_the_sum_over_its_places():
    """Golden: with a loss that sums vectors, each row's gradient counts how often it occurs."""
    layer = Embedding(V, D)
    layer(torch.tensor([[4, 4, 9]])).sum().backward()
    counts = torch.zeros(V)
    counts[4], counts[9] = 2, 1
    assert_close(layer.weight.grad, counts[:, None].expand(V, D))


@pytest.mark.parametrize("sparse", [False, True])
def test_one_step_of_sgd_is_the_same_dense_and_sparse(input_ids, sparse):
    torch.manual_seed(2)
    ours = Embedding(V, D, sparse=sparse)
    start = ours.weight.detach().clone()
    optimizer = torch.optim.SGD(ours.parameters(), lr=0.1)
    ours(input_ids).pow(2).sum().backward()
    optimizer.step()
    counts = torch.bincount(input_ids.flatten(), minlength=V)[:, None]
    assert_close(ours.weight.detach(), start - 0.1 * 2 * counts * start)


def test_pad_row_starts_at_zero_and_stays(input_ids):
    layer = Embedding(V, D, pad_id=0)
    assert_close(layer.weight[0].detach(), torch.zeros(D))
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.1)
    (layer(input_ids) - 1).pow(2).sum().backward()
    optimizer.step()
    assert_close(layer.weight[0].detach(), torch.zeros(D))
    assert layer.weight[4].detach().abs().sum() > 0


def test_drawn_from_a_standard_normal():
    torch.manual_seed(3)
    weight = Embedding(997, 101).weight.detach()
    assert_close(weight.mean().item(), 0.0, atol=0.01, rtol=0)  # 3 standard errors
    assert_close(weight.std().item(), 1.0, atol=0.01, rtol=0)


@pytest.mark.parametrize(("size", "d_model"), [(0, 3), (11, 0), (-1, 3)])
def test_sizes_below_one_are_refused(size, d_model):
    with pytest.raises(ValueError, match="must be 1 or more"):
        Embedding(size, d_model)


@pytest.mark.parametrize("pad_id", [-1, V])
def test_pad_id_outside_the_table_is_refused(pad_id):
    with pytest.raises(ValueError, match=r"pad_id must lie in 0 \.\. 10"):
        Embedding(V, D, pad_id=pad_id)


@pytest.mark.parametrize(
    "wrong",
    [torch.zeros(T, dtype=torch.long), torch.zeros(B, T), torch.zeros(B, T, D, dtype=torch.long)],
    ids=["one axis", "floats", "three axes"],
)
def test_shapes_are_checked_under_pytest(wrong):
    with pytest.raises((TypeCheckError, BeartypeCallHintParamViolation)):
        Embedding(V, D)(wrong)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("wrong", [-1, 7])
def test_an_id_outside_the_table_is_refused(wrong: int, sparse: bool) -> None:
    """Indexing with −1 would silently return the last row."""
    table = Embedding(7, 3, sparse=sparse)
    with pytest.raises(IndexError):
        table(torch.tensor([[0, wrong]]))
