"""Do the recipes of chapter 9 compare the norms, and nothing else?"""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from course_lib.layers.layer_norm import BatchNorm, LayerNorm
from course_lib.recipes.ch08.recall import N_KINDS, draw
from course_lib.recipes.ch09 import depth, padding

ROWS, LABELS = [[3, 4, 5], [6], [7, 8, 3, 2, 4], [5, 5]] * 10, [0, 1, 2, 1] * 10


@pytest.mark.parametrize(
    ("norm", "inside", "behind"),
    [("pre", LayerNorm, nn.LayerNorm), ("post", LayerNorm, nn.Identity),
     ("none", nn.Identity, nn.Identity)],
)  # fmt: skip
def test_a_stack_has_the_norms_that_it_is_named_for(norm, inside, behind):
    model = depth.Stack(norm, 2)
    for layer in model.layers:
        assert isinstance(layer.self_attention_norm, inside)
        assert isinstance(layer.feed_forward_norm, inside)
        assert layer.norm_first == (norm != "post")
    assert isinstance(model.norm, behind)
    *inputs, _ = draw(3, 1, torch.Generator().manual_seed(0))
    assert model(*inputs).shape == (3, N_KINDS)


def test_there_is_a_gradient_for_each_block():
    found = depth.gradient_norms("pre", 3, 0)
    assert len(found) == 3
    assert min(found) > 0


@pytest.mark.parametrize("norm", ["layer", "batch"])
def test_only_batch_norm_sees_what_a_passage_is_padded_to(norm):
    torch.manual_seed(0)
    model = padding.Classifier(norm, 9, 3).eval()
    for module in model.modules():
        if isinstance(module, BatchNorm):
            module.train()
    plain, padded = (model(*padding.batch_of(ROWS[:4], width)) for width in (0, 60))
    if norm == "layer":
        assert_close(plain, padded)
    else:
        assert (plain - padded).abs().max() > 1e-3


def test_judging_moves_no_running_average():
    torch.manual_seed(0)
    model = padding.Classifier("batch", 9, 3)
    before = {name: value.clone() for name, value in model.named_buffers()}
    found = padding.judged(model, ROWS, LABELS)
    assert set(found) == {"running", "own_mixed", "own_like_lengths", "own_padded_to_400"}
    assert all(torch.equal(value, before[name]) for name, value in model.named_buffers())
