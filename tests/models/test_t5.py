"""Is our T5 transformers' T5: numbers, gradients, maps and what it writes?"""

import copy
from functools import cache

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

import course_lib.vision.torchvision  # noqa: F401  (transformers would import a broken one)
from course_lib.layers.masks import assert_causal
from course_lib.models.decoding import beam_search, greedy
from course_lib.models.t5 import T5, NextWord
from course_lib.models.t5_config import T5Config, layout

V, B, S, T = 53, 5, 19, 11
SIZES = {
    "vocab_size": V,
    "d_model": 13,
    "d_kv": 7,
    "d_ff": 17,
    "num_heads": 3,
    "num_layers": 2,
    "num_decoder_layers": 2,
    "relative_attention_num_buckets": 8,
    "relative_attention_max_distance": 12,
    "decoder_start_token_id": 0,
}
T5_1_1 = {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}
KINDS = {"t5": {}, "t5 1.1": T5_1_1, "deep": {"num_decoder_layers": 3}}
# scores are not divided by √K and the sum of all parts is never normalised: roundings of 32 bits
# grow to 8e-5 between two ways of computing the same
NOISE = {"atol": 8e-5, "rtol": 1.3e-6}


@cache
def pair(kind):
    """Return transformers' model and ours with its weights."""
    torch.manual_seed(0)
    config = transformers.T5Config(**SIZES | KINDS[kind])
    theirs = transformers.T5ForConditionalGeneration(config).eval()
    if kind == "t5 1.1":  # transformers 5.23 ties it, unless its files hold two tables
        theirs.lm_head.weight = nn.Parameter(torch.empty(V, SIZES["d_model"]))
    for parameter in theirs.parameters():  # its norms are ones
        nn.init.normal_(parameter, std=0.3)
    own = T5Config.from_published(config.to_dict() | KINDS[kind])
    ours = T5(own).eval()
    parameters = dict(ours.named_parameters())
    for name, entry in layout(own).entries.items():
        parameters[entry.own[0]].data = theirs.get_parameter(name).detach().clone()
    return theirs, ours


@pytest.fixture(params=KINDS)
def both(request):
    return copy.deepcopy(pair(request.param))


@pytest.fixture
def ours():
    return copy.deepcopy(pair("t5")[1])


def example(masked=True):
    """A batch; with padding behind, in front, and on both sides, and a source without a word."""
    generator = torch.Generator().manual_seed(1)
    given = {
        "input_ids": torch.randint(2, V, (B, S), generator=generator),
        "labels": torch.randint(2, V, (B, T), generator=generator),
    }
    if masked:
        source, target = torch.ones(B, S, dtype=torch.long), torch.ones(B, T, dtype=torch.long)
        source[0, 12:] = source[1, :4] = source[2, :3] = source[2, 9:] = source[3] = 0
        target[0, 8:] = target[1, :4] = 0
        given |= {"attention_mask": source, "decoder_attention_mask": target}
        given["labels"][0, 7:] = -100
    return given


def in_64_bits(norm, x):
    """Their norm takes the mean square in 32 bits whatever comes."""
    return norm.weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + norm.variance_epsilon)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_logits_loss_states_and_gradients_are_theirs(both, masked, dtype, monkeypatch):
    noise = NOISE
    if dtype is torch.float64:
        noise = {}
        monkeypatch.setattr(type(both[0].encoder.final_layer_norm), "forward", in_64_bits)
    theirs, ours = (model.to(dtype) for model in both)
    a, b = (m(**example(masked), output_hidden_states=True) for m in (ours, theirs))
    for name in ("logits", "loss", "encoder_last_hidden_state"):
        assert_close(getattr(a, name), getattr(b, name), **noise)
    for name in ("encoder_hidden_states", "decoder_hidden_states"):
        for own, other in zip(getattr(a, name), getattr(b, name), strict=True):
            assert_close(own, other, **noise)
    a.loss.backward()
    b.loss.backward()
    own = dict(ours.named_parameters())
    for name, entry in layout(ours.config).entries.items():
        gradient = own.pop(entry.own[0]).grad
        assert gradient.abs().max() > 1e-5, name
        assert_close(gradient, theirs.get_parameter(name).grad, **noise)
    assert not own


@given(st.integers(0, 10_000), st.integers(1, S), st.integers(1, T), st.sampled_from([*KINDS]))
@settings(max_examples=25)
def test_logits_are_theirs_under_any_masks(seed, n_read, n_written, kind):
    torch.manual_seed(seed)
    given = {
        "input_ids": torch.randint(V, (B, n_read)),
        "attention_mask": (torch.rand(B, n_read) < 0.6).long(),
        "decoder_input_ids": torch.randint(V, (B, n_written)),
        "decoder_attention_mask": (torch.rand(B, n_written) < 0.6).long(),
    }
    with torch.no_grad():
        theirs, ours = (model(**given).logits for model in pair(kind))
    assert_close(ours, theirs, **NOISE)


def test_maps_are_those_of_their_explicit_attention(both):
    theirs, ours = both
    theirs.set_attn_implementation("eager")
    a, b = (m(**example(), output_attentions=True) for m in (ours, theirs))
    for name in ("encoder_attentions", "decoder_attentions", "cross_attentions"):
        found = getattr(a, name)
        assert found[0].shape == (B, 3, S if "enc" in name else T, T if "dec" in name else S)
        for own, other in zip(found, getattr(b, name), strict=True):
            assert_close(own, other, **NOISE)
    assert_close(a.logits, b.logits, **NOISE)
    assert ours(**example()).cross_attentions is None


def test_labels_are_shifted_behind_the_start(ours):
    """Golden: before 7 stands the start mark, before 9 a skipped label, which becomes padding."""
    ours.config = T5Config(**vars(ours.config) | {"start_id": 3, "pad_id": 2})
    labels = torch.tensor([[7, -100, 9, 8]])
    before = torch.tensor([[3, 7, 2, 9]])
    assert torch.equal(ours.shift_right(labels), before)
    source = torch.arange(S)[None]
    a, b = ours(source, labels=labels), ours(source, decoder_input_ids=before)
    assert torch.equal(a.logits, b.logits)
    expected = -b.logits.log_softmax(-1)[0, [0, 2, 3], [7, 9, 8]].mean()
    assert_close(a.loss, expected)


def test_what_was_read_before_is_taken(ours):
    given = example()
    whole = ours(**given)
    del given["input_ids"]
    memory = (whole.encoder_last_hidden_state,)
    found = ours(**given, encoder_outputs=memory, output_hidden_states=True)
    assert torch.equal(found.logits, whole.logits)
    assert found.encoder_hidden_states is None


@pytest.mark.parametrize("cached", [True, False])
def test_greedy_words_are_theirs_with_padding_on_either_side(both, cached):
    theirs, ours = both
    given = {name: example()[name] for name in ("input_ids", "attention_mask")}
    found = ours.generate(**given, max_new_tokens=23, temperature=0.0, use_cache=cached)
    # transformers 5.23 cannot keep keys for a decoder that is deeper than the encoder
    cached = cached and theirs.config.num_decoder_layers == 2
    expected = theirs.generate(**given, max_new_tokens=23, do_sample=False, use_cache=cached)
    assert torch.equal(found, expected)
    assert (found[:, 0] == 0).all()
    assert len(found.unique()) > 3


def test_a_row_ends_with_its_mark_as_theirs():
    theirs, ours = copy.deepcopy(pair("t5"))
    source = example()["input_ids"]
    free = ours.generate(source, 9, temperature=0.0)
    end = int(free[0, 3])
    for ends in (end, (end, V - 1)):
        ours.config = T5Config(**vars(ours.config) | {"eos_id": ends})
        theirs.generation_config.eos_token_id = [ends] if isinstance(ends, int) else list(ends)
        found = ours.generate(source, 9, temperature=0.0)
        assert torch.equal(found, theirs.generate(source, max_new_tokens=9, do_sample=False))
        assert (found[0, 4:] == 0).all()
    ours.config = T5Config(**vars(ours.config) | {"eos_id": None})
    assert ours.generate(source, 9, temperature=0.0).shape == (B, 10)


def test_the_source_is_read_once(ours, monkeypatch):
    calls = []
    ours.encoder.register_forward_hook(lambda *_: calls.append("read"))
    keys = type(ours.decoder.layers[0].cross_attention).keys_and_values
    monkeypatch.setattr(
        type(ours.decoder.layers[0].cross_attention),
        "keys_and_values",
        lambda *given: calls.append("keys") or keys(*given),
    )
    ours.generate(example()["input_ids"], 7, temperature=0.0)
    n_words = calls.count("keys") - 2 - 2  # of two encoder layers, of the memory for two layers
    assert calls.count("read") == 1
    assert n_words == 2 * 7


def test_drawing_is_repeatable(ours):
    def draw(seed):
        generator = torch.Generator().manual_seed(seed)
        return ours.generate(
            example()["input_ids"], 7, temperature=2.0, top_k=29, top_p=0.9, generator=generator
        )

    assert torch.equal(draw(3), draw(3))
    assert not torch.equal(draw(3), draw(4))


def test_searches_of_chapter_12_take_its_steps(ours):
    source = example()["input_ids"][:1]
    start = torch.tensor([0])
    words = greedy(NextWord(ours, source), start, 1, 7)
    assert torch.equal(words, ours.generate(source, 7, temperature=0.0)[0])

    @torch.no_grad()
    def step(ids):
        """Read everything anew."""
        return (
            ours(source.expand(len(ids), -1), decoder_input_ids=ids).logits[:, -1].log_softmax(-1)
        )

    cached = NextWord(ours, source, torch.ones_like(source))

    def cached_step(ids):
        return cached(ids).log_softmax(-1)

    cached_step.reorder = cached.reorder
    plain, quick = (beam_search(s, start, 1, 3, 7) for s in (step, cached_step))
    for (a, score), (b, other) in zip(plain, quick, strict=True):
        assert torch.equal(a, b)
        assert score == pytest.approx(other, abs=1e-4)


@pytest.mark.parametrize("cached", [True, False])
def test_rows_change_places_with_their_sources(ours, cached):
    given, rows = example(), torch.tensor([4, 1, 1, 0])
    source, mask = given["input_ids"], given["attention_mask"]
    written = example(masked=False)["labels"]
    step = NextWord(ours, source, mask, cached)
    step(written[:, :2])
    step.reorder(rows)
    step(written[rows, :3])
    fresh = NextWord(ours, source[rows], mask[rows], use_cache=False)
    step.reorder(torch.arange(4))
    assert_close(step(written[rows, :4]), fresh(written[rows, :4]), **NOISE)


def test_what_is_written_does_not_look_ahead(ours):
    class Writer(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = ours

        def forward(self, ids):
            return self.model(example()["input_ids"], decoder_input_ids=ids)

    assert_causal(Writer(), example(masked=False)["labels"])


@given(st.integers(0, 5), st.integers(0, 5))
@settings(max_examples=12)
def test_padding_of_a_source_changes_nothing(before, behind):
    """Only distances count, so that a text may stand anywhere."""
    ours = pair("t5")[1]
    source, labels = example()["input_ids"], example()["labels"]
    padded = nn.functional.pad(source, (before, behind))
    mask = nn.functional.pad(torch.ones_like(source), (before, behind))
    with torch.no_grad():
        a, b = ours(source, labels=labels), ours(padded, attention_mask=mask, labels=labels)
    assert_close(a.logits, b.logits, **NOISE)


def test_wrong_use_is_refused(ours):
    source = example()["input_ids"]
    with pytest.raises(ValueError, match="nothing to write"):
        ours(source)
    with pytest.raises(ValueError, match="nothing to read"):
        ours(labels=example()["labels"])
    with pytest.raises(TypeError, match="atention_mask"):
        ours(source, atention_mask=None, labels=example()["labels"])
