"""Do the norms compute what torch's compute, forward and backward?"""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.autograd import gradcheck
from torch.testing import assert_close

from course_lib.layers.layer_norm import BatchNorm, LayerNorm, RmsNorm

B, T, D = 2, 5, 7


def randomise(module):
    torch.manual_seed(0)
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    return module


def test_by_hand():
    """Golden: 1, 2, 3, 10: mean 4, variance (9 + 4 + 1 + 36) / 4 = 12.5."""
    y = LayerNorm(4, eps=0.0)(torch.tensor([[1.0, 2, 3, 10]]))
    assert_close(y, torch.tensor([[-3.0, -2, -1, 6]]) / 12.5**0.5)


def test_eps_stands_inside_the_root():
    """Golden: −1, 1: variance 1; with eps 3 the divisor is √4 = 2."""
    assert_close(LayerNorm(2, eps=3.0)(torch.tensor([[-1.0, 1]])), torch.tensor([[-0.5, 0.5]]))
    assert_close(RmsNorm(2, eps=3.0)(torch.tensor([[1.0, 1]])), torch.tensor([[0.5, 0.5]]))


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("pair", ["layer", "rms"])
def test_parity_forward_and_gradient(pair, dtype, fused):
    if pair == "layer":
        theirs = randomise(nn.LayerNorm(D, eps=1e-3, dtype=dtype))
        ours = LayerNorm.from_torch(theirs, fused)
    else:
        theirs = randomise(nn.RMSNorm(D, eps=1e-3, dtype=dtype))
        ours = RmsNorm(D, 1e-3, fused).to(dtype)
        ours.load_state_dict(theirs.state_dict())
    x = torch.randn(B, T, D, dtype=dtype, requires_grad=True)
    scale = torch.randn(B, T, D, dtype=dtype)
    assert_close(ours(x), theirs(x))
    mine = torch.autograd.grad((ours(x) * scale).sum(), [x, *ours.parameters()])
    yours = torch.autograd.grad((theirs(x) * scale).sum(), [x, *theirs.parameters()])
    for a, b in zip(mine, yours, strict=True):
        assert_close(a, b)


def test_parameters_are_torchs_in_torchs_order():
    for ours, theirs in [(LayerNorm(D), nn.LayerNorm(D)), (RmsNorm(D), nn.RMSNorm(D))]:
        assert list(ours.state_dict()) == list(theirs.state_dict())
    assert list(BatchNorm(D).state_dict()) == [
        name for name in nn.BatchNorm1d(D).state_dict() if name != "num_batches_tracked"
    ]


@pytest.mark.parametrize("norm", [LayerNorm, RmsNorm, BatchNorm])
def test_the_way_back_is_the_derivative(norm):
    module = randomise(norm(D).double())
    x = torch.randn(3, D, dtype=torch.float64, requires_grad=True)
    assert gradcheck(module, (x,))


def test_as_exact_as_torch_far_from_zero():
    """E[x²] − E[x]² would be 0 or less here: 10⁸ + 1 is 10⁸ in 32 bits."""
    x = 1e4 + torch.tensor([-1.0, 1.0]).repeat(64)[None]
    exact = (x.double() - x.double().mean()) / (1 + 1e-5) ** 0.5
    errors = [(norm(128)(x).double() - exact).abs().max() for norm in (LayerNorm, nn.LayerNorm)]
    assert errors[0] <= errors[1]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize(("ours", "theirs"), [(LayerNorm, nn.LayerNorm), (RmsNorm, nn.RMSNorm)])
def test_half_types_are_computed_in_32_bits(ours, theirs, dtype):
    x = torch.randn(B, T, D) * 100 + 50
    own = ours(D).to(dtype)(x.to(dtype))
    assert own.dtype is dtype
    assert_close(own, theirs(D, eps=1e-5).to(dtype)(x.to(dtype)))


@given(st.floats(-100, 100), st.floats(0.1, 100))
def test_shift_and_scale_of_the_input_change_nothing(shift, scale):
    x = torch.randn(B, D, dtype=torch.float64)
    layer, rms = LayerNorm(D, eps=0.0).double(), RmsNorm(D, eps=0.0).double()
    assert_close(layer(x * scale + shift), layer(x))
    assert_close(rms(x * scale), rms(x))


def test_batch_norm_is_torchs_in_training_and_after():
    theirs = randomise(nn.BatchNorm1d(D))
    ours = BatchNorm(D)
    ours.load_state_dict({k: v for k, v in theirs.state_dict().items() if k in ours.state_dict()})
    for _ in range(3):
        x = torch.randn(B, T, D) * 3 + 1
        assert_close(ours(x), theirs(x.mT).mT)
    assert_close(ours.running_mean, theirs.running_mean)
    assert_close(ours.running_var, theirs.running_var)
    assert_close(ours.eval()(x), theirs.eval()(x.mT).mT)


def test_a_padded_batch_moves_batch_norm_and_not_layer_norm():
    x = torch.randn(B, T, D)
    padded = torch.cat([x, torch.zeros(B, 3, D)], dim=1)
    assert_close(LayerNorm(D)(padded)[:, :T], LayerNorm(D)(x))
    moved = (BatchNorm(D)(padded)[:, :T] - BatchNorm(D)(x)).abs().max()
    assert moved > 0.1


def test_wrong_sizes_are_refused():
    for norm in (LayerNorm, RmsNorm, BatchNorm):
        with pytest.raises(ValueError, match="d_model must be 1 or more, received 0"):
            norm(0)
        with pytest.raises(ValueError, match="eps must be 0 or more, received -1"):
            norm(3, eps=-1.0)
    with pytest.raises(ValueError, match="two places or more"):
        BatchNorm(D)(torch.randn(1, D))
    with pytest.raises(ValueError, match="one axis is normalised"):
        LayerNorm.from_torch(nn.LayerNorm((T, D)))


def test_torchs_default_eps_of_rms_norm_is_that_of_32_bits():
    """The trap box of chapter 9: eps=None takes 32-bit floats' rounding for 16-bit inputs."""
    x = torch.full((1, D), 1e-3).half()
    given = [nn.RMSNorm(D, eps=torch.finfo(t).eps).half()(x) for t in (torch.float, torch.half)]
    assert_close(nn.RMSNorm(D).half()(x), given[0])
    assert not torch.allclose(given[0], given[1])
