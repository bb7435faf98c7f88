"""Does the small language model hide the future and know of places as it is told to?"""

import pytest
import torch
from torch.testing import assert_close

from course_lib.layers.masks import assert_causal
from course_lib.models.causal_lm import POSITIONS, CausalLm, CausalLmConfig

V, B, T = 13, 2, 7
IDS = torch.randint(V, (B, T), generator=torch.Generator().manual_seed(0))


def model_of(positions, **options):
    torch.manual_seed(0)
    sizes = {"d_model": 24, "n_heads": 3, "d_ff": 19, "max_len": T}
    return CausalLm(CausalLmConfig(vocab_size=V, positions=positions, **sizes | options)).eval()


@pytest.mark.parametrize("positions", POSITIONS)
def test_the_future_is_hidden_under_every_encoding(positions):
    assert_causal(model_of(positions), IDS)


def test_without_the_mask_it_is_not():
    with pytest.raises(AssertionError, match="the future leaks"):
        assert_causal(model_of("sinusoidal", masked=False), IDS)


@pytest.mark.parametrize("positions", POSITIONS)
def test_fused_kernels_change_nothing(positions):
    assert_close(model_of(positions, fused=True)(IDS), model_of(positions)(IDS))


@pytest.mark.parametrize("positions", POSITIONS)
def test_only_without_positions_the_order_of_the_past_does_not_matter(positions):
    """One layer: with two, the mask itself tells places apart."""
    turned = torch.cat([IDS[:, :-1].flip(1), IDS[:, -1:]], dim=1)
    model = model_of(positions, n_layers=1)
    moved = (model(turned) - model(IDS))[:, -1].abs().max()
    assert (moved < 1e-5) == (positions == "none")


def test_learned_places_end():
    with pytest.raises(ValueError, match="places 0 to 6, received places 0 to 7"):
        model_of("learned")(torch.zeros(1, T + 1, dtype=torch.long))


def test_another_encoding_is_refused():
    with pytest.raises(ValueError, match=r"positions is one of none, learned, .* received 'clock'"):
        CausalLmConfig(vocab_size=V, positions="clock")
    with pytest.raises(ValueError, match="n_layers must be 1 or more, received 0"):
        CausalLmConfig(vocab_size=V, n_layers=0)
