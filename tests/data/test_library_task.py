"""Is the axis task honest: no names, no repetition across sides, balanced, nested budgets?"""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.data import docs, library_task
from course_lib.data.docs_passages import LONG_NAMES, MASK, SHORT_NAMES, level, passages, shingles
from course_lib.text.tokenize import words


@pytest.fixture(scope="module")
def task():
    return library_task.load()


@pytest.fixture(scope="module")
def sides(task):
    return {"train": task.train, "valid": task.valid, "test": task.test}


@pytest.mark.parametrize(
    ("sentence", "levelled"),
    [
        ("Convert to a NumPy array.", "convert to a _ array"),
        ("np.sin, np.cos and plt are names", "_ and _ are names"),
        ('Use "pd" or scikit-learn\'s API', "use _ or _ api"),
        ("TorchScript's parser (since 1.4)", "_ parser since 0"),
        ("a DataFrame x_y f(x) a=b C:\\d", "a _"),
        ("The left-hand side doesn't match: it's 3.5.", "the left-hand side doesn't match it 0"),
        ("rows - columns", "rows columns"),
    ],
)
def test_level(sentence, levelled):
    assert level(sentence) == levelled


@given(st.text())
def test_level_is_stable_and_survives_anything(text):
    once = level(text)
    assert once == once.lower() or not once.isascii()
    assert LONG_NAMES.search(once) is None
    assert level(once) == once or not text.isascii()


def test_sides_are_balanced(sides):
    assert set(library_task.class_counts(sides["test"]).values()) == {library_task.N_TEST}
    assert set(library_task.class_counts(sides["valid"]).values()) == {library_task.N_VALID}
    assert min(library_task.class_counts(sides["train"]).values()) >= max(library_task.BUDGETS)


def test_no_module_is_on_two_sides(sides):
    found = [
        {(label, module) for label, module in zip(side.labels, side.modules, strict=True)}
        for side in sides.values()
    ]
    assert not found[0] & found[1]
    assert not found[0] & found[2]
    assert not found[1] & found[2]


def test_no_module_dominates(sides):
    for name in ("valid", "test"):
        counts = Counter(zip(sides[name].labels, sides[name].modules, strict=True))
        assert max(counts.values()) <= library_task.MAX_OF_MODULE[name]


def test_no_passage_says_a_name(sides):
    for side in sides.values():
        for text in side.texts:
            assert LONG_NAMES.search(text) is None
            assert SHORT_NAMES.isdisjoint(words(text))
            assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0'’-,._ ") or not text.isascii()


def test_passages_have_their_length(sides):
    for side in sides.values():
        lengths = [len(words(text)) for text in side.texts]
        assert min(lengths) >= 20
        assert max(lengths) <= 60


def test_no_near_duplicates_across_sides(sides):
    trained = set().union(*map(shingles, sides["train"].texts))
    for name in ("valid", "test"):
        shared = [
            len(shingles(text) & trained) / max(1, len(shingles(text)))
            for text in sides[name].texts
        ]
        assert max(shared) < 0.5
        assert np.mean(shared) < 0.02


def test_few_is_nested_and_balanced(task):
    for seed in range(3):
        earlier: set[str] = set()
        for budget in library_task.BUDGETS:
            few = task.few(budget, seed)
            assert set(Counter(few.labels).values()) == {budget}
            assert earlier <= set(few.texts)
            earlier = set(few.texts)
        assert earlier <= set(task.train.texts)
    assert task.few(4, 0) == task.few(4, 0)
    assert task.few(4, 0) != task.few(4, 1)


@pytest.mark.parametrize("wrong", [0, -1, 10_000])
def test_few_refuses_what_it_does_not_have(task, wrong):
    with pytest.raises(ValueError, match="n_per_class must lie in"):
        task.few(wrong, 0)


def test_the_cache_gives_the_same_task(task, monkeypatch):
    monkeypatch.setattr(library_task, "make", lambda _: pytest.fail("made again"))
    again = library_task.load()
    assert again == task
    assert again.fingerprint == task.fingerprint


def test_pretraining_does_not_see_held_out_modules(task):
    corpus = docs.load_docs()
    seen = library_task.without_held_out(corpus, task)
    assert 0.85 * len(corpus) < len(seen) < len(corpus)
    columns = zip(seen["package"], seen["object"], seen["kind"], strict=True)
    owners = {(package, library_task.module_of(name, kind)) for package, name, kind in columns}
    for side in (task.valid, task.test):
        for label, module in zip(side.labels, side.modules, strict=True):
            assert (task.classes[label], module) not in owners


def test_passages_end_where_sentences_end():
    text = " ".join(f"This is the sentence of number {word} in a row." for word in "abcdefg")
    (first, *_) = passages([text])
    assert first.endswith(".")
    assert first.count("this is the sentence of number") == first.count(".")


def test_sentences_on_versions_and_of_blanks_are_left_out():
    prose = "The first thing to say is that the method returns the rows that were asked for. " * 2
    noisy = prose + "It was added in version 3 of it. The x_y of a_b is c_d or e_f."
    assert list(passages([noisy])) == list(passages([prose]))
    assert all(MASK not in words(text) for text in passages([noisy]))
