"""Does the shipped ELMo come back as it was saved, small enough to ship?"""

import pytest
import torch
from torch.testing import assert_close

from course_lib.errors import CourseError
from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.training import pretrained_elmo, weights

TEXTS = ("task", "network", "data", "command", "metric", "licence", "limits")
CARD = dict.fromkeys(TEXTS, "test") | {
    "seed": 0,
    "steps": 1,
    "machine": {},
    "versions": {},
    "value": 1.0,
    "classes": [],
}


def test_it_comes_back_frozen_and_equal_up_to_sixteen_bits(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "CHECKPOINT_DIR", tmp_path)
    torch.manual_seed(0)
    elmo = Elmo(ElmoConfig.small()).eval().requires_grad_(False)
    n = sum(p.numel() for p in elmo.parameters())
    card = weights.Card(name="elmo_docs", parameters=n, wall_seconds=1, **CARD)
    path = weights.save_checkpoint(elmo.state_dict(), card)
    assert path.stat().st_size <= 8e6
    again = pretrained_elmo.pretrained_elmo()
    assert not again.training
    assert not any(p.requires_grad for p in again.parameters())
    ours = again.layer_activations([["the", "kernel", "."]])[0]
    theirs = elmo.layer_activations([["the", "kernel", "."]])[0]
    assert_close(ours, theirs, atol=1e-2, rtol=0)  # 16-bit weights


def test_a_missing_checkpoint_says_which_there_are(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "CHECKPOINT_DIR", tmp_path)
    with pytest.raises(CourseError, match="elmo_docs"):
        pretrained_elmo.pretrained_elmo()
