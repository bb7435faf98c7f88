"""Do checkpoints come back as they were, and does a damaged one say so?"""

import json

import pytest
import torch
from torch import nn

from course_lib.errors import CorruptFileError, UnknownNameError
from course_lib.training import pretrained, weights
from course_lib.training.pretrained_elmo import pretrained_elmo
from course_lib.training.pretrained_language import language_model
from course_lib.training.pretrained_pieces import causal_model, translator
from course_lib.training.weights import Card


def card(name: str = "tiny") -> Card:
    return Card(
        name=name, task="t", network="n", data="d", command="c", seed=0, steps=1, machine={},
        versions={}, metric="m", value=0.5, classes=["a", "b"], parameters=3, licence="MIT",
        limits="l", wall_seconds=1.0,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "CHECKPOINT_DIR", tmp_path)
    return tmp_path


def test_weights_come_back_rounded_to_16_bits_and_integers_exactly(folder):
    state = {"w": torch.randn(5, 7), "steps": torch.tensor(70_001)}
    weights.save_checkpoint(state, card())
    back = weights.load_checkpoint("tiny")
    assert back["w"].dtype == torch.float32
    assert torch.equal(back["w"], state["w"].half().float())
    assert torch.equal(back["steps"], state["steps"])


def test_tensors_keep_their_order_however_they_lie_in_memory(folder):
    """Transposed, strided, and part of another: the torch module of safetensors gets copies."""
    whole = torch.arange(35.0).view(5, 7)
    state = {"turned": whole.T, "strided": whole[::2, 1::3], "ids": torch.arange(12).view(3, 4).T}
    weights.save_checkpoint(state, card())
    for name, value in weights.load_checkpoint("tiny").items():
        assert torch.equal(value, state[name]), name


def test_the_same_weights_are_the_same_bytes(folder):
    """Several keys of metadata would stand in another order each time, and break checksums."""
    path = weights.save_checkpoint({"w": torch.ones(5), "b": torch.zeros(3)}, card())
    length = int.from_bytes(path.read_bytes()[:8], "little")
    assert set(json.loads(path.read_bytes()[8 : 8 + length])) == {"w", "b"}


def test_a_damaged_checkpoint_is_refused(folder):
    path = weights.save_checkpoint({"w": torch.ones(5)}, card())
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(CorruptFileError, match="course pretrain tiny"):
        weights.load_checkpoint("tiny")


def test_a_missing_checkpoint_file_is_refused(folder):
    weights.save_checkpoint({"w": torch.ones(5)}, card()).unlink()
    with pytest.raises(CorruptFileError, match="no file"):
        weights.load_checkpoint("tiny")


def test_an_unknown_checkpoint_names_the_known_ones(folder):
    weights.save_checkpoint({"w": torch.ones(5)}, card())
    with pytest.raises(UnknownNameError, match="did you mean 'tiny'"):
        weights.load_checkpoint("tinny")


def network(name: str) -> nn.Module:
    if name.startswith("lm_"):
        return language_model(name)[0]
    if name.startswith("causal_"):
        return causal_model(name)[0]
    if name in ("korean_pairs", "captions_german"):
        return translator(name).model
    return pretrained_elmo(name) if name.startswith("elmo_") else pretrained.small(name)


@pytest.mark.parametrize("name", weights.names())
def test_shipped_checkpoints_load_and_fit_their_cards(name):
    model, found = network(name), weights.load_card(name)
    assert sum(p.numel() for p in model.parameters()) == found.parameters
    assert all(p.isfinite().all() for p in model.parameters())
    size = (weights.CHECKPOINT_DIR / f"{name}.safetensors").stat().st_size
    assert size <= 8 * 2**20


@pytest.mark.parametrize("name", [n for n in weights.names() if weights.load_card(n).classes])
def test_image_networks_answer_with_a_score_for_each_class(name):
    answer = pretrained.small(name)(torch.zeros(1, 3, 64, 64))
    assert answer.shape == (1, len(weights.load_card(name).classes))


def test_shipped_checkpoints_together_stay_within_70_mb():
    sizes = [
        (weights.CHECKPOINT_DIR / f"{name}.safetensors").stat().st_size for name in weights.names()
    ]
    assert sizes
    assert sum(sizes) <= 70_000_000
