"""Does a translator give the texts that its searches find, and the looks that led there?"""

import pytest
import torch
from torch.testing import assert_close

from course_lib.data.sentence_pairs import Codec, Pairs, english_korean, padded
from course_lib.models.decoding import beam_search, greedy
from course_lib.models.translation import Transformer, TransformerConfig
from course_lib.models.translator import LENGTH_PENALTY, Translator

PAIRS = english_korean(40, "train")


@pytest.fixture(scope="module")
def translator():
    torch.manual_seed(0)
    codec = Codec.trained(PAIRS, 400)
    config = TransformerConfig(
        vocab_size=len(codec), d_model=20, n_heads=2, d_ff=30, n_layers=2, max_len=90,
        pad_id=codec.pad_id,
    )  # fmt: skip
    return Translator(Transformer(config), codec)


def test_each_text_gets_what_greedy_search_finds_for_it_alone(translator):
    texts = PAIRS.source[:5]
    codec, model = translator.codec, translator.model.eval()
    expected = []
    for text in texts:
        step = model.decoder(torch.tensor([codec.source_ids(text)]))
        ids = greedy(step, torch.tensor([codec.begin_id]), codec.end_id, 7)
        expected.append(codec.text(ids.tolist()))
    assert translator.translate(texts, batch_size=3, max_new=7) == expected
    assert len(set(expected)) > 1


def test_a_beam_gives_the_best_text_of_its_search(translator):
    codec, model = translator.codec, translator.model.eval()
    step = model.decoder(torch.tensor([codec.source_ids(PAIRS.source[0])]))
    begin = torch.tensor([codec.begin_id])
    best = beam_search(step, begin, codec.end_id, 3, 6, LENGTH_PENALTY)[0][0]
    assert translator.translate(PAIRS.source[:1], 3, max_new=6) == [codec.text(best.tolist())]


def test_looks_are_the_weights_of_each_place_that_predicts(translator):
    source, target = PAIRS.source[0], PAIRS.target[0]
    source_pieces, target_pieces, layers = translator.looks(source, target)
    assert "".join(source_pieces[:-1]) == source
    assert len(target_pieces) == len(translator.codec.target_ids(target)) - 1
    assert target_pieces[-1] == source_pieces[-1] == "</s>"
    assert len(layers) == 2
    for weights in layers:
        assert weights.shape == (2, len(target_pieces), len(source_pieces))
        assert_close(weights.sum(dim=-1), torch.ones(weights.shape[:2]))


def test_padding_gets_no_look_and_hooks_are_taken_away(translator):
    codec, model = translator.codec, translator.model.eval()
    long, short = (codec.source_ids(text) for text in (PAIRS.source[0], "the child ."))
    target = torch.tensor([[codec.begin_id, 5]] * 2)
    weights = model.cross_attention(padded([long, short], codec.pad_id), target)
    for layer in weights:
        assert layer[1, :, :, len(short) :].abs().max() == 0
        assert layer[0, :, :, len(short) :].max() > 0
    assert not any(layer.cross_attention._forward_hooks for layer in model.stacks.decoder)


def test_pairs_keep_their_places():
    pairs = Pairs(source=["a", "b", "c"], target=["x", "y", "z"])
    part = pairs.part(slice(1, None))
    assert (part.source, part.target, len(part)) == (["b", "c"], ["y", "z"], 2)
    assert part.fingerprint != pairs.fingerprint
