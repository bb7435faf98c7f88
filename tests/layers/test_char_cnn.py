"""Do the filters read every place of a word, and is cutting the filling off free of effect?"""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from course_lib.layers.char_cnn import CharCnn

N, C, K = 5, 13, 3
FILTERS = ((1, 2), (3, 7), (5, 11))
PAD = 16


def layer(seed=0, **changes):
    torch.manual_seed(seed)
    return CharCnn(17, K, FILTERS, **changes)


def by_hand(model, char_ids):
    """One window after the other, one word after the other."""
    rows = []
    for word in char_ids:
        letters = model.embedding.weight[word]  # (C, K)
        row = []
        for conv, (width, _) in zip(model.convolutions, FILTERS, strict=True):
            windows = [letters[s : s + width] for s in range(len(word) - width + 1)]
            answers = torch.stack([torch.einsum("nkw,wk->n", conv.weight, w) for w in windows])
            row.append((answers + conv.bias).max(dim=0).values)
        rows.append(torch.cat(row))
    return model.activation(torch.stack(rows))


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("pad_id", [None, PAD])
def test_parity_with_a_loop_forward_and_gradient(activation, pad_id):
    ours, theirs = (layer(activation=activation, pad_id=p) for p in (pad_id, None))
    char_ids = torch.randint(16, (N, C))
    char_ids[:, 9:] = PAD
    assert_close(ours(char_ids), by_hand(theirs, char_ids))
    scale = torch.randn(N, 20)
    (ours(char_ids) * scale).sum().backward()
    (by_hand(theirs, char_ids) * scale).sum().backward()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert_close(a.grad, b.grad)


@settings(max_examples=40)
@given(st.lists(st.integers(0, C), min_size=1, max_size=4))
def test_cutting_the_filling_off_changes_nothing(lengths):
    char_ids = torch.randint(16, (len(lengths), C))
    for row, length in enumerate(lengths):
        char_ids[row, length:] = PAD
    assert_close(layer(pad_id=PAD)(char_ids), layer()(char_ids))


def test_it_is_cut_off():
    seen = []
    model = layer(pad_id=PAD)
    model.embedding.register_forward_hook(lambda _, args, __: seen.append(args[0].shape[1]))
    char_ids = torch.full((2, C), PAD)
    char_ids[0, :3] = 1
    model(char_ids)
    assert seen == [3 + 5]


def test_a_pattern_is_found_wherever_it_stands():
    """Golden: a filter that answers 1 to the letter 4 alone; nothing else reaches above 0."""
    model = CharCnn(7, 1, [(1, 1)])
    with torch.no_grad():
        model.embedding.weight.zero_()
        model.embedding.weight[4] = 1
        nn.init.ones_(model.convolutions[0].weight)  # type: ignore[arg-type]
        nn.init.zeros_(model.convolutions[0].bias)  # type: ignore[arg-type]
    words = torch.tensor([[4, 0, 0], [0, 0, 4], [1, 2, 3]])
    assert_close(model(words).detach(), torch.tensor([[1.0], [1.0], [0.0]]))


@pytest.mark.parametrize("filters", [(), ((0, 3),), ((3, 0),)])
def test_filters_that_cannot_be_are_refused(filters):
    with pytest.raises(ValueError, match="filters must be pairs"):
        CharCnn(17, K, filters)


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="one of relu, tanh, received 'elu'"):
        layer(activation="elu")


def test_words_shorter_than_the_widest_filter_are_refused():
    with pytest.raises(ValueError, match=r"at least 5 characters.*received 4: fill them up"):
        layer()(torch.zeros(2, 4, dtype=torch.long))
