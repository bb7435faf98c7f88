"""Does the compiled loop give what torch's LSTM and the readable one give, gradients too?"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from course_lib.layers import fast_lstm, lstm_cells
from course_lib.layers.fast_lstm import Weights, computed_by, read_steps
from course_lib.models.awd_lstm import WeightDropLstm
from course_lib.models.elmo_cells import ProjectedLstm

B, T, D_IN, H, P = 3, 5, 7, 11, 2  # primes: a swapped axis cannot pass


def gradients(layer, engine: str, x, *args):
    """Return outputs, last state, and the gradients of everything that has one."""
    layer.zero_grad()
    x = x.clone().requires_grad_()
    *args, (h, c) = args
    h, c = h.clone().requires_grad_(), c.clone().requires_grad_()
    torch.manual_seed(0)  # the same weights are dropped
    with computed_by(layer, engine):
        output, (last_h, last_c) = layer(x, *args, (h, c))
    weights = torch.linspace(-1, 2, output.numel()).view_as(output)
    ((output * weights).sum() + last_h.sin().sum() + last_c.pow(2).sum()).backward()
    found = {name: p.grad.clone() for name, p in layer.named_parameters()}
    return output, last_h, last_c, found | {"x": x.grad, "h": h.grad, "c": c.grad}


@contextmanager
def cut(enough: int, n_threads: int) -> Iterator[None]:
    """Take gradients of weights from so many rows at once; let every row be worth a thread."""
    before = fast_lstm.ENOUGH, fast_lstm.FEWEST, torch.get_num_threads()
    fast_lstm.ENOUGH, fast_lstm.FEWEST = enough, 1
    torch.set_num_threads(n_threads)
    try:
        yield
    finally:
        fast_lstm.ENOUGH, fast_lstm.FEWEST = before[:2]
        torch.set_num_threads(before[2])


CUTS = st.tuples(st.sampled_from([1, 2 * B, 3 * B, 999]), st.sampled_from([1, 2]))


@pytest.mark.parametrize("weight_drop", [0.0, 0.5])
def test_an_awd_layer_is_the_same_by_both_engines(weight_drop):
    torch.manual_seed(1)
    layer = WeightDropLstm(D_IN, H, weight_drop)
    start = torch.randn(1, B, H), torch.randn(1, B, H)
    x = 3 * torch.randn(B, T, D_IN)
    theirs = gradients(layer, "torch", x, start)
    for enough, n_threads in ((999, 1), (2 * B, 1), (B, 2)):
        with cut(enough, n_threads):
            assert_close(gradients(layer, "fast", x, start), theirs)


@settings(max_examples=40)
@given(
    lengths=st.lists(st.integers(0, T), min_size=B, max_size=B),
    clips=st.sampled_from([(None, None), (0.4, None), (None, 0.1), (0.4, 0.1)]),
    cuts=CUTS,
    seed=st.integers(0, 99),
)
def test_a_projected_layer_is_the_same_by_both_engines(lengths, clips, cuts, seed):
    torch.manual_seed(seed)
    layer = ProjectedLstm(D_IN, H, P, cell_clip=clips[0], output_clip=clips[1])
    start = 0.3 * torch.randn(B, P), torch.randn(B, H)
    x = 3 * torch.randn(B, T, D_IN)
    theirs = gradients(layer, "torch", x, torch.tensor(lengths), start)
    with cut(*cuts):
        ours = gradients(layer, "fast", x, torch.tensor(lengths), start)
    assert_close(ours, theirs)


def test_the_fast_engine_is_what_runs(monkeypatch):
    calls = []
    remember = lstm_cells.remember
    monkeypatch.setattr(lstm_cells, "remember", lambda *a: calls.append(a[0]) or remember(*a))
    layer = WeightDropLstm(D_IN, H)
    layer(torch.randn(B, T, D_IN))
    assert calls == [], "torch's is the default"
    with computed_by(torch.nn.Sequential(layer), "fast"):
        layer(torch.randn(B, T, D_IN))
        assert calls == list(range(T))
        layer.double()(torch.randn(B, T, D_IN).double())
    assert calls == list(range(T)), "64-bit floats are torch's"
    layer.float()(torch.randn(B, T, D_IN))
    assert calls == list(range(T)), "afterwards it is torch's again"


def test_functions_of_the_gates_are_right_to_the_last_digits():
    x = np.linspace(-100, 100, 20001, dtype=np.float32)
    wide = x.astype(np.float64)
    ours = {
        name: np.array([getattr(lstm_cells, name)(v) for v in x]) for name in ("sigmoid", "tanh")
    }
    np.testing.assert_allclose(ours["sigmoid"], 1 / (1 + np.exp(-wide)), atol=2e-7)
    np.testing.assert_allclose(ours["tanh"], np.tanh(wide), atol=4e-7)


def test_what_is_not_a_number_stays_so():
    x = torch.zeros(T, 1, 4)
    x[1] = torch.nan
    weights = Weights(torch.eye(4), torch.ones(4, 1), torch.zeros(4))
    output, _, _ = read_steps(x, torch.zeros(1, 1), torch.zeros(1, 1), weights)
    assert output.isnan().flatten().tolist() == [False, True, True, True, True]


def test_under_bfloat16_products_lose_digits_and_nothing_else():
    """A product of bfloat16 numbers is off by 2⁻⁸ of each term at most; 0.02 leaves room for T."""
    torch.manual_seed(2)
    layer = WeightDropLstm(D_IN, H)
    start = torch.zeros(1, B, H), torch.zeros(1, B, H)
    x = torch.randn(B, T, D_IN)
    exact, _, _, exact_gradients = gradients(layer, "fast", x, start)
    with torch.autocast("cpu", torch.bfloat16):
        rough, _, _, rough_gradients = gradients(layer, "fast", x, start)
    assert rough.dtype == torch.float32
    assert not torch.equal(rough, exact)
    assert_close(rough, exact, rtol=0, atol=0.02)
    for name, gradient in exact_gradients.items():
        assert_close(rough_gradients[name], gradient, rtol=0, atol=0.02 * gradient.abs().max())


def test_other_tensors_and_engines_are_refused():
    with pytest.raises(ValueError, match=r"takes float32 on the CPU, received torch\.float64"):
        read_steps(
            *(torch.zeros(shape).double() for shape in ((T, B, D_IN), (B, H), (B, H))),
            Weights(*(torch.zeros(shape).double() for shape in ((4 * H, D_IN), (4 * H, H), 4 * H))),
        )
    with (
        pytest.raises(ValueError, match="engine is one of torch, fast, received 'quick'"),
        computed_by(WeightDropLstm(D_IN, H), "quick"),
    ):
        pass
