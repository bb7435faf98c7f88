"""Do the baselines of chapter 7 see what they should, and cut the data as they say?"""

import numpy as np
import pytest

from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.recipes.ch07 import common as ch07_common
from course_lib.recipes.ch07 import frozen as ch07_frozen
from course_lib.recipes.ch07 import glue_elmo as ch07_glue_elmo
from course_lib.recipes.ch07 import glue_majority as ch07_glue_majority
from course_lib.recipes.ch07 import glue_ngrams as ch07_glue_ngrams
from course_lib.recipes.ch07 import snli_artefacts as ch07_snli_artefacts
from course_lib.recipes.ch07 import squad as ch07_squad
from course_lib.recipes.ch07 import squad_ranker as ch07_squad_ranker
from course_lib.recipes.ch07.common import Attempt, Benchmark, Part

CONTEXT = "Ada Byron was born in 1815. She wrote about the engine in 1843, not in Rome."


def small(name="rte"):
    texts = [("a grey owl", "an owl"), ("a heron", "an owl"), ("a gull", "an owl eats")] * 7
    part = Part(texts=texts, labels=[0, 1, 1] * 7)
    return Benchmark(name=name, train=part, valid=part, test=part)


def test_cuts_depend_on_text_and_salt_alone():
    shares = [ch07_common.share(f"text {n}") for n in range(997)]
    assert 0 <= min(shares) < max(shares) < 1
    assert np.mean(shares) == pytest.approx(0.5, abs=0.03)
    assert shares[0] == ch07_common.share("text 0") != ch07_common.share("text 0", "1")


def test_the_first_of_equal_trials_wins():
    trials = [
        Attempt(choice=c, valid_score=s, predictions=[]) for c, s in (("a", 1), ("b", 2), ("c", 2))
    ]
    assert ch07_common.best(trials).choice == "b"


def test_test_labels_do_not_change_the_answers():
    benchmark = small()
    wrong = Part(texts=benchmark.test.texts, labels=[0] * len(benchmark.test))
    other = Benchmark(name="rte", train=benchmark.train, valid=benchmark.valid, test=wrong)
    for recipe in (ch07_glue_majority, ch07_glue_ngrams):
        ours, theirs = recipe.method(benchmark, 0), recipe.method(other, 0)
        assert [t.predictions for t in ours] == [t.predictions for t in theirs]


def test_a_row_is_scored_on_the_test_part():
    found = ch07_common.judge(small(), ch07_glue_majority.method, 0)
    assert found["scores"] == {"accuracy": pytest.approx(2 / 3)}
    assert found["n_test"] == 21
    assert found["interval"]["low"] < 2 / 3 < found["interval"]["high"]
    learnt = ch07_common.judge(small(), ch07_glue_ngrams.method, 0)
    assert learnt["scores"] == {"accuracy": 1.0}


def test_overlaps_by_hand():
    """Shared: owl. Of 4 words in all 1/4, of the first's 3 1/3, of the second's 2 1/2."""
    assert ch07_glue_ngrams.overlaps(("a grey owl", "an owl"))[:4] == [1 / 4, 1 / 3, 1 / 2, 0]


def test_telling_words_are_those_of_one_class():
    hypotheses = ["nobody sleeps"] * 300 + ["people rest"] * 300 + ["they rest for fun"] * 300
    found = ch07_snli_artefacts.telling_words(hypotheses, [2] * 300 + [0] * 300 + [1] * 300)
    assert found["contradiction"][:2] == ["nobody", "sleeps"]
    assert found["entailment"][0] == "people"


def test_candidates_stay_inside_sentences_and_begin_with_content():
    context = ch07_squad_ranker.Paragraph(CONTEXT)
    first, last = ch07_squad_ranker.candidates(context)
    spans = [" ".join(context.words[a : b + 1]) for a, b in zip(first, last, strict=True)]
    assert {"Ada", "Ada Byron", "1815", "wrote about the engine", "Rome"} <= set(spans)
    assert not [span for span in spans if "1815 . She" in span]
    assert not {"in 1815", "the engine", "1843 ,"} & set(spans)
    assert max(last - first) < ch07_squad_ranker.MAX_TOKENS


def test_shapes_by_hand():
    context = ch07_squad_ranker.Paragraph("Ada saw 12 owls in 1843")
    places = np.arange(6)
    assert ch07_squad_ranker.shapes(context, places, places).tolist() == [2, 0, 3, 0, 0, 4]
    assert ch07_squad_ranker.shapes(context, np.array([0]), np.array([1])).tolist() == [1]


def test_features_have_a_row_for_each_candidate():
    context = ch07_squad_ranker.Paragraph(CONTEXT)
    question = ["when", "was", "ada", "born"]
    spans, rows = ch07_squad_ranker.describe(context, question, {"ada": 2.0, "born": 3.0})
    assert rows.shape == (len(spans), ch07_squad_ranker.N_FEATURES)
    of = dict(zip(spans, rows.toarray()[:, -4:], strict=True))
    ada = of[0, 0]  # the sentence holds all of it; the span 2 of 5; "born" lies to the right
    assert ada.tolist() == [1.0, pytest.approx(2 / 5), 0.0, pytest.approx(3 / 5)]


def test_the_kind_of_a_question():
    asked = ch07_squad_ranker.asked
    assert asked(["how", "many", "owls"]) == "how many"
    assert asked(["in", "when"]) == "when"
    assert asked(["name", "it"]) == "none"


def test_titles_are_dealt_out_evenly_and_always_alike():
    titles = [f"title {n}" for n in range(47)]
    part = ch07_squad.folds(titles * 2)
    sizes = [list(part.values()).count(fold) for fold in range(3)]
    assert sizes == [16, 16, 15]
    assert part == ch07_squad.folds(titles[::-1])


def test_two_texts_are_compared_by_four_parts():
    """Golden: one number a text, its length; of "aaa" and "a" 3, 1, 2 and 3."""
    pairs = Part(texts=[("aaa", "a"), ("bb", "bbbb")], labels=[0, 1])
    rows = ch07_frozen.features(lambda texts: np.array([[len(t)] for t in texts]), pairs)
    assert rows.tolist() == [[3, 1, 2, 3], [2, 4, 2, 8]]


def test_frozen_vectors_that_tell_are_enough():
    benchmark = small()
    method = ch07_frozen.method_of(
        lambda seed: lambda ts: np.array([[float("eats" in t)] for t in ts])
    )
    assert ch07_common.judge(benchmark, method, 0)["scores"]["accuracy"] == pytest.approx(2 / 3)
    both = ch07_frozen.method_of(
        lambda seed: lambda ts: np.array([[float("grey" in t)] for t in ts])
    )
    assert ch07_common.judge(benchmark, both, 0)["scores"] == {"accuracy": 1.0}


def test_elmos_encoder_reads_every_text():
    elmo = Elmo(ElmoConfig.tiny()).eval().requires_grad_(False)
    rows = ch07_glue_elmo.encode(elmo, ["an owl", "", "a gull eats. it flies."])
    assert rows.shape == (3, 3 * 22)
    assert np.isfinite(rows).all()
    assert not rows[1].any()
