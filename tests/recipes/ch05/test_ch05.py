"""Do the recipes of chapter 5 measure what they say, on an untrained ELMo and small data?"""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from course_lib.data.library_task import CLASSES, LibraryTask, Passages
from course_lib.data.running_text import RunningText
from course_lib.embeddings.vectors import WordVectors
from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.recipes.axis import elmo as axis_elmo
from course_lib.recipes.ch05 import features as ch05_features
from course_lib.recipes.ch05 import layers as ch05_layers
from course_lib.recipes.ch05 import senses as ch05_senses
from course_lib.recipes.ch05.senses import Occurrence, neighbour_accuracy
from course_lib.recipes.pretrain import elmo as pretraining
from course_lib.training import state
from course_lib.training.speed import FAST

torch.manual_seed(0)
ELMO = Elmo(ElmoConfig.tiny()).eval().requires_grad_(False)
TOPICS = "plots arrays frames files trees tables tensors sockets".split()


def side(n_per_class, offset):
    labels = [label for label in range(len(CLASSES)) for _ in range(n_per_class)]
    texts = [" ".join([TOPICS[c]] * (2 + (i + offset) % 3)) for i, c in enumerate(labels)]
    return Passages(texts=texts, labels=labels, objects=texts, modules=texts)


@pytest.fixture(scope="module")
def task():
    return LibraryTask(train=side(5, 0), valid=side(2, 1), test=side(3, 2))


@pytest.fixture(scope="module")
def features(task):
    return ch05_features.features_of_task(ELMO, task, show_progress=False)


def test_a_passages_vector_is_the_mean_over_all_its_sentences():
    (mean,) = ch05_features.means_of_passages(ELMO, ["A head. The axis is a line."])
    rows = [["a", "head", "."], ["the", "axis", "is", "a", "line", "."]]
    layers = torch.cat(ELMO.layer_activations(rows), dim=1)
    assert_close(mean[1:], layers.mean(dim=1))
    assert_close(mean[0, :11], torch.cat(ELMO.token_layer(rows)).mean(dim=0))


def test_rows_come_back_in_their_order():
    rows = [["a"] * n for n in (5, 1, 3)]
    layers = ch05_features.all_layers(ELMO, rows, progress=None)
    assert [x.shape for x in layers] == [(3, n, 22) for n in (5, 1, 3)]


def test_an_easy_task_is_learned_by_every_layer_and_the_mix(task, features):
    few = task.few(4, 0)
    trials = axis_elmo.trials(features, task, few, 0)
    assert len(trials) == 15
    assert max(trial.valid_accuracy for trial in trials) > 0.8
    found = ch05_layers.score(features, task, 4, 0)
    assert set(found) == {"token", "first", "second", "mix", "shares"}
    assert sum(found["shares"]) == pytest.approx(1)


def test_test_labels_change_nothing(task, features):
    few = task.few(4, 0)
    wrong = Passages(texts=task.test.texts, labels=[0] * len(task.test))
    other = LibraryTask(train=task.train, valid=task.valid, test=wrong)
    ours, theirs = (axis_elmo.trials(features, t, few, 0) for t in (task, other))
    assert [t.predictions for t in ours] == [t.predictions for t in theirs]


def test_a_mix_finds_the_layer_that_tells():
    torch.manual_seed(0)
    labels = [0, 1] * 20
    layers = torch.randn(40, 3, 7)
    layers[:, 1, 0] += torch.tensor(labels) * 8.0
    fit = ch05_features.fit_mix(
        layers, labels, (layers, layers), n_classes=2, penalty=1.0, seed=0, steps=300
    )
    assert fit.shares[1] > 0.6
    assert fit.test == labels


def occurrences(packages, modules):
    return [
        Occurrence(tokens=["a"], place=0, package=p, module=m)
        for p, m in zip(packages, modules, strict=True)
    ]


def test_one_vector_for_all_places_scores_as_guessing_does():
    chosen = occurrences("aaaaabbbbb", "1122334455")
    assert neighbour_accuracy(torch.ones(10, 3), chosen) == 0.5


def test_separate_packages_score_one_and_a_swapped_place_is_wrong():
    """Golden: two directions, one a package; then one place of each package has the other's."""
    chosen = occurrences("aaaaabbbbb", "0123456789")
    directions = torch.eye(2).repeat_interleave(5, dim=0)
    assert neighbour_accuracy(directions, chosen) == 1
    # of five places four are left to compare with: three of the own direction, or one and a stray
    mixed = directions[[0, 1, 2, 3, 5, 4, 6, 7, 8, 9]]
    assert neighbour_accuracy(mixed, chosen) == pytest.approx(8 / 10)


def test_the_own_module_does_not_count():
    """All nearness comes from the modules: without them random directions are left."""
    torch.manual_seed(0)
    chosen = occurrences("a" * 30 + "b" * 30, [str(i // 5) for i in range(60)])
    directions = torch.randn(12, 7).repeat_interleave(5, dim=0)
    assert 0.2 < neighbour_accuracy(directions, chosen) < 0.8


def test_random_vectors_score_one_half_whatever_the_modules():
    """The own package has fewer places to offer, its own module being out; that is evened out."""
    torch.manual_seed(1)
    modules = ["m"] * 40 + [str(i) for i in range(160)]
    chosen = occurrences("a" * 100 + "b" * 100, modules)
    assert neighbour_accuracy(torch.randn(200, 5), chosen) == pytest.approx(0.5, abs=0.12)


def test_a_place_with_nothing_to_compare_with_is_left_out():
    assert neighbour_accuracy(torch.randn(4, 3), occurrences("aabb", "1122")) == 0


def test_few_places_of_any_one_module_are_drawn():
    places = {p: occurrences(p * 50, ["big"] * 25 + [str(i) for i in range(25)]) for p in "ab"}
    chosen = ch05_senses.draw(places, 0)
    assert sum(o.module == "big" for o in chosen) <= 2 * ch05_senses.MOST_OF_MODULE
    assert [sum(o.package == p for o in chosen) for p in "ab"] == [30, 30]


def test_vectors_of_places():
    chosen = [Occurrence(tokens=["a", "head", "of"], place=1, package="p", module="m")]
    found = ch05_senses.vectors_of(ELMO, chosen)
    layers = ELMO.layer_activations([["a", "head", "of"]])[0]
    assert_close(found["first LSTM layer"][0], layers[0, 1])
    assert_close(found["second LSTM layer"][0], layers[1, 1])
    token = ELMO.token_layer([["a", "head", "of"]])[0]
    assert_close(found["word alone"][0, :11], token[1])
    assert_close(found["words around"][0, :11], (token[0] + token[2]) / 2)


def test_a_word_is_scored_in_every_way():
    tokens = [["the", "head", "of", "a", w] for w in ("list", "tree", "queue", "arrow")]
    chosen = [
        Occurrence(tokens=t, place=1, package=p, module=p + t[4]) for p in "ab" for t in tokens
    ]
    vectors = WordVectors(["the", "of", "list"], np.eye(3))
    found = ch05_senses.measure(ELMO, ELMO, vectors, chosen)
    assert found["n"] == 8
    assert set(found) - {"n"} == set(ch05_senses.KEYS)
    assert found["word alone"] == {"neighbours": 0.5}
    around = ch05_senses.word2vec_around(vectors, chosen)
    assert_close(around[0], torch.full((3,), 1 / 3, dtype=torch.float64))
    assert found["untrained"] == found["second LSTM layer"]


def test_too_few_places_are_refused():
    with pytest.raises(ValueError, match="needs 12 places a package, has 1"):
        ch05_senses.draw({"a": occurrences("a", "1"), "b": occurrences("b", "2")}, 0)


CONFIG = pretraining.ElmoPretraining(
    name="tiny",
    data="two sentences",
    command="course pretrain tiny",
    licence="MIT",
    limits="two sentences",
    elmo=ElmoConfig.tiny(),
    n_out=7,
    passes=3,
    batch_tokens=30,
    longest=4,
    steps_a_piece=2,
    valid_batches=2,
    lr=0.02,
    speed=replace(FAST, sample=5),  # fewer than can be named, so that draws must go on too
)


@pytest.fixture
def text(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    rows = [["a", "b", "c"], ["a", "b", "d", "e", "f", "g"]] * 6
    return RunningText(train=rows, valid=[["a", "b", "z"]], test=[])


def test_sentences_become_pieces_with_marks(text):
    """Golden: marks, <unk>, a, b and two more can be named; six tokens become 4 and 2."""
    encoded = pretraining.encode(text, CONFIG)
    assert encoded.words == list("abcdefgz")
    assert encoded.train[0] == [1, 3, 4, 5, 2]
    assert encoded.train[1:3] == [[1, 3, 4, 6, 7, 2], [1, 8, 9, 2]]
    assert encoded.outputs[:4] == [0, 1, 3, 4]
    assert encoded.outputs[-1] == 2  # z was never seen: it counts as <unk>


def test_batches_hold_every_row_once_and_little_padding():
    rows = [[1] * n for n in [3, 9, 4, 3, 8, 2, 5, 30]]
    found = pretraining.batches(rows, batch_tokens=20, seed=1)
    assert sorted(int(n) for ids in found for n in (ids > 0).sum(dim=1)) == sorted(map(len, rows))
    assert all(ids.numel() <= 20 or len(ids) == 1 for ids in found)


def test_pretraining_learns_and_resumes_to_the_same_weights(text, monkeypatch):
    model, card = pretraining.pretrain_on(text, CONFIG)
    assert card.value < math.exp(1.9) < 7  # better than guessing among seven
    assert card.parameters == sum(p.numel() for p in model.elmo.parameters())

    class KilledError(Exception):
        pass

    written = []

    def killed(path, content):
        state.save_state(path, content)
        written.append(path)
        if len(written) == 2:
            raise KilledError

    monkeypatch.setattr("course_lib.training.loop.save_state", killed)
    with pytest.raises(KilledError):
        pretraining.pretrain_on(text, CONFIG)
    monkeypatch.setattr("course_lib.training.loop.save_state", state.save_state)
    again, _ = pretraining.pretrain_on(text, CONFIG)
    for ours, theirs in zip(again.parameters(), model.parameters(), strict=True):
        assert_close(ours, theirs)
