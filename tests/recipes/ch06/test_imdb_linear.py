"""Do the ways without fine-tuning learn an easy task of invented reviews, from the right part?"""

import numpy as np
import pandas as pd
import pytest
import torch

from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.recipes.ch06 import imdb_linear, imdb_task
from course_lib.recipes.ch06.imdb_task import last_tokens

WORDS = {0: ["dull", "awful", "boring"], 1: ["fine", "lovely", "moving"]}


def reviews(n: int, seed: int) -> pd.DataFrame:
    """Return reviews that say what they think in one word of four."""
    rng = np.random.default_rng(seed)
    labels = [i % 2 for i in range(n)]
    texts = [f"A film. It was {rng.choice(WORDS[label])}." for label in labels]
    return pd.DataFrame({"text": texts, "label": labels})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(imdb_task, "N_VALID", 20)
    for side, n, seed in (("train", 80, 0), ("test", 40, 1)):
        reviews(n, seed).to_parquet(tmp_path / f"{side}.parquet")
    torch.manual_seed(0)
    elmo = Elmo(ElmoConfig.tiny()).eval().requires_grad_(False)
    monkeypatch.setattr(imdb_linear, "pretrained_elmo", lambda name: elmo)
    card = type("Card", (), {"sha256": "0" * 64})
    monkeypatch.setattr(imdb_linear, "load_card", lambda name: card)
    return tmp_path


@pytest.mark.parametrize("way", [imdb_linear.tf_idf, imdb_linear.elmo_features])
def test_an_easy_task_is_learned(folder, way):
    found = way(folder, 40, 0)
    assert found["error"] < 0.1
    assert found["strength"] in imdb_linear.STRENGTHS + imdb_linear.STRENGTHS_STANDARDISED


def test_labels_dealt_the_wrong_way_round_are_learned_as_such(folder):
    """The test labels are turned round, so that what was right is wrong."""
    wrong = reviews(40, 1)
    wrong["label"] = 1 - wrong["label"]
    other = folder / "other"
    other.mkdir()
    (folder / "train.parquet").rename(other / "train.parquet")
    wrong.to_parquet(other / "test.parquet")
    assert imdb_linear.tf_idf(other, 40, 0)["error"] > 0.9


def test_reviews_are_read_once_and_found_again(folder, monkeypatch):
    width = imdb_linear.read_with_elmo(folder)
    assert width == 3 * 22
    imdb_linear._elmo_means.cache_clear()
    monkeypatch.setattr(imdb_linear, "pretrained_elmo", lambda name: 1 / 0)
    assert imdb_linear.read_with_elmo(folder) == width


@pytest.mark.parametrize(
    ("n", "kept"),
    [
        (1, [["e"]]),
        (2, [["d", "e"]]),
        (4, [["b", "c"], ["d", "e"]]),
        (9, [["a", "b", "c"], ["d", "e"]]),
        (0, []),
    ],
)
def test_the_end_of_a_review_is_kept(n, kept):
    assert last_tokens([["a", "b", "c"], ["d", "e"]], n) == kept
