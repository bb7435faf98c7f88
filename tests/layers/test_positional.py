"""Does each encoding have the property it was made for?"""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from course_lib.layers.positional import (
    LearnedPositions,
    alibi,
    alibi_slopes,
    relative_buckets,
    rotary,
    rotary_order,
    rotation,
    sinusoidal,
)
from course_lib.vision.torchvision import torchvision  # noqa: F401  before transformers, which loads it

B, H, T, K, D = 2, 3, 5, 8, 14


def test_learned_positions_are_added_from_where_the_text_starts():
    layer = LearnedPositions(7, D)
    x = torch.randn(B, T, D)
    assert_close(layer(x), x + layer.weight[:T])
    assert_close(layer(x, start=2), x + layer.weight[2:7])


def test_places_beyond_the_last_are_refused():
    with pytest.raises(ValueError, match="places 0 to 6, received places 3 to 7"):
        LearnedPositions(7, D)(torch.randn(B, T, D), start=3)
    with pytest.raises(ValueError, match="sizes must be 1 or more"):
        LearnedPositions(0, D)


def test_sinusoids_by_hand():
    """Golden: D = 4 has the speeds 1 and 1/100; place 2 is sin 2, cos 2, sin .02, cos .02."""
    expected = [math.sin(2), math.cos(2), math.sin(0.02), math.cos(0.02)]
    assert_close(sinusoidal(3, 4)[2], torch.tensor(expected))
    assert_close(sinusoidal(1, 4)[0], torch.tensor([0.0, 1.0, 0.0, 1.0]))


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_shift_is_a_rotation_that_does_not_depend_on_the_place(place, shift):
    table = sinusoidal(201, D).double()
    speeds = 10_000.0 ** (-torch.arange(0, D, 2).double() / D)
    cos, sin = torch.cos(shift * speeds), torch.sin(shift * speeds)
    s, c = table[place, 0::2], table[place, 1::2]
    assert_close(table[place + shift, 0::2], s * cos + c * sin, atol=1e-6, rtol=0)
    assert_close(table[place + shift, 1::2], c * cos - s * sin, atol=1e-6, rtol=0)


def test_an_odd_width_is_refused():
    with pytest.raises(ValueError, match=r"d_model must be even.*received 5"):
        sinusoidal(3, 5)


def test_buckets_by_hand():
    """Golden: 8 buckets, 4 a side, 2 of them exact; 2 and 3 share one, then up to 16 and beyond."""
    behind = [0, -1, -2, -5, -6, -7, -100]
    found = relative_buckets(torch.tensor(behind), True, 8, 16)
    assert found.tolist() == [0, 1, 2, 2, 3, 3, 3]
    ahead = relative_buckets(-torch.tensor(behind[1:]), True, 8, 16)
    assert ahead.tolist() == [5, 6, 6, 7, 7, 7]
    assert relative_buckets(torch.tensor([0, 3, -3, -4, -99]), False, 8, 16).tolist()[:3] == [
        0,
        0,
        3,
    ]


@given(st.booleans(), st.sampled_from([(32, 128), (8, 20), (64, 64), (4, 9)]))
def test_farther_is_never_a_nearer_bucket_and_ends_in_the_last(bidirectional, sizes):
    n, far = sizes
    found = relative_buckets(-torch.arange(400), bidirectional, n, far)
    assert (found.diff() >= 0).all()
    side = n // 2 if bidirectional else n
    assert found[far:].unique().tolist() == [side - 1]
    assert found[: side // 2].tolist() == list(range(side // 2))


def test_buckets_that_cannot_be_filled_are_refused():
    for sizes in [(2, 128), (32, 8)]:
        with pytest.raises(ValueError, match="n_buckets must be at least 4 and max_distance above"):
            relative_buckets(torch.arange(3), True, *sizes)


@given(st.booleans(), st.integers(0, 300))
def test_products_of_turned_vectors_depend_on_the_distance_alone(interleaved, shift):
    torch.manual_seed(0)
    query, key = torch.randn(H, T, K), torch.randn(H, T, K)
    places = torch.arange(T)

    def scores(at):
        q, k = (rotary(x, at, interleaved=interleaved) for x in (query, key))
        return q @ k.mT

    assert_close(scores(places + shift), scores(places), atol=3e-4, rtol=1e-4)


@pytest.mark.parametrize("interleaved", [False, True])
def test_a_turn_keeps_lengths_and_place_zero(interleaved):
    x = torch.randn(B, H, T, K)
    turned = rotary(x, torch.arange(T), interleaved=interleaved)
    assert_close(turned.norm(dim=-1), x.norm(dim=-1))
    assert_close(turned[..., 0, :], x[..., 0, :])


def test_rotary_by_hand():
    """Golden: K = 4, speeds 1 and 1/100; place 1 turns (1, 0) to (cos, sin)."""
    fast, slow = (math.cos(1), math.sin(1)), (math.cos(0.01), math.sin(0.01))
    pairs = torch.tensor([[1.0, 0, 1, 0]])
    assert_close(rotary(pairs, torch.tensor([1]), interleaved=True), torch.tensor([[*fast, *slow]]))
    halves = torch.tensor([[1.0, 1, 0, 0]])
    expected = torch.tensor([[fast[0], slow[0], fast[1], slow[1]]])
    assert_close(rotary(halves, torch.tensor([1])), expected)


def test_the_two_layouts_are_one_permutation_of_rows_apart():
    torch.manual_seed(0)
    x, weight, places = torch.randn(T, D), torch.randn(K, D), torch.arange(T)
    order = rotary_order(K)
    of_neighbours = rotary(x @ weight.T, places, interleaved=True)
    of_halves = rotary(x @ weight[order].T, places)
    assert_close(of_halves, of_neighbours[:, order])
    assert_close(of_halves @ of_halves.T, of_neighbours @ of_neighbours.T)


@pytest.mark.parametrize("interleaved", [False, True])
def test_each_row_may_have_places_of_its_own(interleaved):
    x, places = torch.randn(B, H, T, K), torch.tensor([[0, 1, 2, 3, 4], [0, 0, 0, 1, 2]])
    turned = rotation(places[:, None], K, 50.0, interleaved)(x)
    for own, row, at in zip(turned, x, places, strict=True):
        assert_close(own, rotary(row, at, 50.0, interleaved))


def test_an_odd_head_is_refused():
    with pytest.raises(ValueError, match="K must be even, received 5"):
        rotary(torch.randn(T, 5), torch.arange(T))


def test_slopes_by_hand():
    """Golden: 8 heads halve from 1/2; 12 add every second of sixteen, 2^(−1/2) and so on."""
    eight = [2.0**-i for i in range(1, 9)]
    assert_close(alibi_slopes(8), torch.tensor(eight))
    more = [2 ** (-0.5 - i) for i in range(4)]
    assert_close(alibi_slopes(12), torch.tensor(eight + more))
    assert_close(alibi_slopes(1), torch.tensor([2.0**-8]))
    with pytest.raises(ValueError, match="n_heads must be 1 or more"):
        alibi_slopes(0)


def test_alibi_falls_with_distance_and_the_last_query_stands_at_the_last_key():
    bias = alibi(2, 2, 4)
    slopes = alibi_slopes(2)[:, None, None]
    assert_close(bias, -slopes * torch.tensor([[2.0, 1, 0, 1], [3, 2, 1, 0]]))
    assert_close(alibi(2, 4)[:, 2:], bias)
    assert alibi(2, 3, 2).shape == (2, 3, 2)


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize(("n_buckets", "max_distance"), [(32, 128), (8, 20), (64, 1000)])
def test_buckets_are_those_of_transformers(bidirectional, n_buckets, max_distance):
    from transformers.models.t5.modeling_t5 import T5Attention

    distances = torch.arange(-2100, 2100)
    theirs = T5Attention._relative_position_bucket(
        distances, bidirectional, n_buckets, max_distance
    )
    assert_close(relative_buckets(distances, bidirectional, n_buckets, max_distance), theirs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_rotary_is_that_of_transformers_forward_and_gradient(dtype):
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

    config = LlamaConfig(hidden_size=H * K, num_attention_heads=H, max_position_embeddings=4096)
    places = torch.tensor([0, 1, 7, 900, 4000])
    x = torch.randn(B, H, T, K, dtype=dtype, requires_grad=True)
    cos, sin = LlamaRotaryEmbedding(config)(x, places[None])
    theirs, _ = apply_rotary_pos_emb(x, x, cos, sin)
    ours = rotary(x, places)
    assert_close(ours, theirs)
    scale = torch.randn(B, H, T, K, dtype=dtype)
    (a,), (b,) = (torch.autograd.grad((y * scale).sum(), x) for y in (ours, theirs))
    assert_close(a, b)
