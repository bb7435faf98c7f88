"""Does pre-training go through its stages, and on after a kill?"""

from dataclasses import replace

import pytest
import torch

from course_lib.recipes.pretrain import language as recipe
from course_lib.recipes.pretrain.language import LanguagePretraining, Stage, first_tokens
from course_lib.training import loop, weights
from course_lib.training.pretrained_language import language_model
from course_lib.training.speed import FAST
from course_lib.transfer.ulmfit_stages import Tuning

CONFIG = LanguagePretraining(
    name="toy",
    task="count",
    data="numbers",
    command="none",
    licence="MIT",
    limits="none",
    max_vocabulary=12,
    d_model=5,
    d_hidden=7,
    bptt=10,
    n_valid_tokens=200,
    speed=replace(FAST, sample=4),  # fewer than there are, so that draws must go on too
)
TUNING = Tuning(lr=0.02, epochs=1, batch_size=4)


def stage(name: str, words: str) -> Stage:
    sentences = [words.split()] * 200
    return Stage(name=name, train=sentences, valid=sentences, tuning=TUNING, parts=3)


STAGES = [stage("first", "one two three"), stage("second", "two four six")]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "CHECKPOINT_DIR", tmp_path / "checkpoints")
    monkeypatch.setattr(recipe, "cache_dir", lambda: tmp_path)
    return tmp_path


def test_the_checkpoint_speaks_the_last_stages_words(folder):
    path = recipe.pretrain_language_model(CONFIG, STAGES)
    assert path == folder / "checkpoints" / "toy.safetensors"
    _, vocabulary = language_model("toy")
    assert set(vocabulary) == {"<pad>", "<unk>", "</s>", "two", "four", "six"}
    card = weights.load_card("toy")
    assert 1 < card.value < 6
    assert card.steps == 40


def test_a_killed_run_goes_on_and_repeats_no_finished_stage(folder, monkeypatch):
    recipe.pretrain_language_model(CONFIG, STAGES)
    whole = weights.load_checkpoint("toy")
    for path in (folder / "runs").iterdir():
        path.unlink()
    saved, save = [], loop.save_state

    def save_and_stop(path, state):
        save(path, state)
        saved.append(path.name.split("-")[1])
        if len(saved) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop, "save_state", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        recipe.pretrain_language_model(CONFIG, STAGES)
    assert saved == ["first"] * 3 + ["second"] * 2
    recipe.pretrain_language_model(CONFIG, STAGES)
    assert saved[5:] == ["second"]
    resumed = weights.load_checkpoint("toy")
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_first_tokens_stops_at_the_limit():
    assert first_tokens([["a", "b"], ["c"], ["d"]], 4) == [["a", "b"], ["c"]]
    assert first_tokens([["a"]], 99) == [["a"]]
