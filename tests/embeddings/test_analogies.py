"""Do both tests of word vectors give gensim's numbers, and honest intervals?"""

import math

import numpy as np
import pytest
from gensim.models import KeyedVectors
from scipy import stats

from course_lib.embeddings.analogies import (
    AnalogyResult,
    LikenessResult,
    Score,
    evaluate,
    questions,
    similarity,
)
from course_lib.embeddings.vectors import WordVectors
from course_lib.errors import CourseError

V, D = 61, 5


@pytest.fixture
def vectors() -> WordVectors:
    """Words of mixed case: "W3" and "w3" are two words that fold to one."""
    words = [f"w{i}" for i in range(V - 10)] + [f"W{i}" for i in range(10)]
    order = np.random.default_rng(1).permutation(V)
    matrix = np.random.default_rng(2).normal(size=(V, D)).astype(np.float32)
    return WordVectors([words[i] for i in order], matrix)


@pytest.fixture
def theirs(vectors) -> KeyedVectors:
    found = KeyedVectors(D)
    found.add_vectors(vectors.words, vectors.matrix)
    return found


@pytest.fixture
def path(tmp_path, vectors, theirs):
    """Questions of which some are right, some wrong, some have an unknown word."""
    draw = np.random.default_rng(3)
    lines = []
    for section in ("capitals", "gram1-plural"):
        lines.append(f": {section}")
        for i in range(40):
            a, b, c = (str(word) for word in draw.choice(vectors.words, 3, replace=False))
            d = theirs.most_similar([b, c], [a], topn=1)[0][0] if i % 2 else f"w{i}"
            lines.append(" ".join(word.title() if i % 3 else word for word in (a, b, c, d)))
        lines.append("w1 w2 nowhere w4")
    file = tmp_path / "questions.txt"
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.mark.parametrize("restrict", [V, 37])
def test_3cosadd_is_gensims(vectors, theirs, path, restrict):
    accuracy, sections = theirs.evaluate_word_analogies(path, restrict_vocab=restrict)
    ours = evaluate(vectors, path, restrict)
    assert ours.accuracy == pytest.approx(accuracy)
    assert 0 < ours.correct < ours.total
    for section in sections[:-1]:
        score = ours.sections[section["section"]]
        assert score.correct == len(section["correct"])
        assert score.total == len(section["correct"]) + len(section["incorrect"])
    assert ours.total + ours.skipped == 82


def test_3cosmul_is_gensims(tmp_path):
    """Gensim asks 3CosMul one question at a time."""
    words = [f"w{i}" for i in range(V)]
    matrix = np.random.default_rng(4).normal(size=(V, D)).astype(np.float32)
    theirs = KeyedVectors(D)
    theirs.add_vectors(words, matrix)
    draw = np.random.default_rng(5)
    lines, differ = [": all"], 0
    for _ in range(60):
        a, b, c = (str(word) for word in draw.choice(words, 3, replace=False))
        answer = theirs.most_similar_cosmul([b, c], [a], topn=1)[0][0]
        differ += answer != theirs.most_similar([b, c], [a], topn=1)[0][0]
        lines.append(f"{a} {b} {c} {answer}")
    file = tmp_path / "q.txt"
    file.write_text("\n".join(lines))
    assert differ > 5, "the two methods must differ, or this test says nothing"
    ours = evaluate(WordVectors(words, matrix), file, method="3cosmul")
    assert ours.correct == ours.total == 60
    assert evaluate(WordVectors(words, matrix), file).correct == 60 - differ


def test_words_of_the_question_are_no_answers(tmp_path):
    """Golden: b − a + c lies nearest to c itself; the answer is the next, d."""
    matrix = np.array([[1, 0.1], [1, 0.2], [0, 1], [0.1, 1], [-1, 0]], dtype=np.float32)
    vectors = WordVectors(["a", "b", "c", "d", "e"], matrix)
    file = tmp_path / "q.txt"
    file.write_text(": s\na b c d\n")
    assert evaluate(vectors, file).correct == 1
    file.write_text(": s\na b c a\na b c c\n")
    for method in ("3CosAdd", "3CosMul"):
        only = evaluate(vectors, file, restrict=3, method=method)
        assert (only.correct, only.total) == (0, 2)  # no word is left to answer with
    assert evaluate(WordVectors([], np.zeros((0, 2))), file).skipped == 2


def test_unknown_words_are_left_out_and_counted(vectors, path):
    ours = evaluate(vectors, path, restrict=10)
    assert ours.total + ours.skipped == 82
    assert ours.skipped > 60
    assert sum(score.skipped for score in ours.sections.values()) == ours.skipped


@pytest.mark.parametrize("content", ["a b c d\n", ": s\na b c\n", ": s\na b c d e\n"])
def test_another_format_is_refused(vectors, tmp_path, content):
    file = tmp_path / "q.txt"
    file.write_text(content)
    with pytest.raises(CourseError, match=r"line [12] of q\.txt"):
        evaluate(vectors, file)


def test_wrong_arguments_are_refused(vectors, path):
    with pytest.raises(ValueError, match="3CosAdd"):
        evaluate(vectors, path, method="3cossub")
    with pytest.raises(ValueError, match="restrict must be 1"):
        evaluate(vectors, path, restrict=0)


def test_sections_are_read_in_order(path):
    assert [(name, len(found)) for name, found in questions(path)] == [
        ("capitals", 41),
        ("gram1-plural", 41),
    ]


def test_intervals_hold_the_score_and_sections_make_them_wider():
    sections = {"easy": Score(95, 100), "hard": Score(5, 100), "middle": Score(50, 100)}
    result = AnalogyResult(150, 300, 0, sections)
    by_question, by_section = result.interval(), result.interval_by_section()
    assert by_section.low < by_question.low < result.accuracy < by_question.high < by_section.high


def test_a_difference_is_surer_than_two_intervals():
    """Three sections of ten: both ways find the same ones hard, and one is always two ahead."""
    ahead, behind = (
        AnalogyResult(sum(right), 30, sections={f"s{i}": Score(n, 10) for i, n in enumerate(right)})
        for right in ([3, 6, 9], [1, 4, 7])
    )
    difference = ahead.difference_by_section(behind)
    assert math.isclose(difference.low, 0.2)
    assert math.isclose(difference.high, 0.2)
    assert behind.interval_by_section().high > ahead.interval_by_section().low
    uneven = AnalogyResult(
        12, 30, sections={"s0": Score(0, 10), "s1": Score(5, 10), "s2": Score(7, 10)}
    )
    difference = ahead.difference_by_section(uneven)
    assert math.isclose(difference.low, 0.1)  # all draws are s1
    assert math.isclose(difference.high, 0.3)  # all are s0
    with pytest.raises(ValueError, match="the same questions on both sides"):
        ahead.difference_by_section(AnalogyResult(1, 2, sections={"s0": Score(1, 2)}))


def test_no_restriction_knows_all_words_and_a_file_without_questions_is_refused(tmp_path):
    words = ["man", "woman", "king", "queen", "owl"]
    rows = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1], [-1, 0, 0]], dtype=np.float32)
    path = tmp_path / "q.txt"
    path.write_text(": family\nman woman king queen\n")
    assert evaluate(WordVectors(words, rows), path, restrict=None).total == 1
    path.write_text(": family\n")
    with pytest.raises(CourseError, match="sections of questions; received none"):
        evaluate(WordVectors(words, rows), path)


def test_a_perfect_correlation_has_no_interval():
    with pytest.raises(ValueError, match="no interval around a correlation of 1"):
        LikenessResult(1.0, 4, 4).interval()


def test_nothing_asked_has_no_interval():
    result = AnalogyResult(0, 0, 3, {"a": Score(0, 0, 3)})
    assert np.isnan(result.accuracy)
    with pytest.raises(ValueError, match="n be 1 or more"):
        result.interval()
    with pytest.raises(ValueError, match="2 or more, received 0"):
        result.interval_by_section()


@pytest.fixture
def pairs(tmp_path, vectors):
    draw = np.random.default_rng(6)
    lines = ["# a comment", "word 1\tword 2\tmean"]
    for _ in range(50):
        a, b = (str(word).upper() for word in draw.choice(vectors.words, 2, replace=False))
        lines.append(f"{a}\t{b}\t{draw.integers(0, 11)}")
    lines.append("w1\tnowhere\t5.5")
    file = tmp_path / "pairs.tsv"
    file.write_text("\n".join(lines) + "\n")
    return file


def test_similarity_is_gensims(vectors, theirs, pairs):
    _, spearman, unknown = theirs.evaluate_word_pairs(pairs)
    ours = similarity(vectors, pairs)
    assert ours.spearman == pytest.approx(spearman[0], abs=1e-6)
    assert (ours.covered, ours.total, ours.skipped_lines) == (50, 51, 1)
    assert 100 * (1 - ours.covered / ours.total) == pytest.approx(unknown)


def test_interval_of_a_rank_correlation_covers_it_as_often_as_it_says():
    """Property: of 400 samples of 40 pairs with a true ρ of 0.58, some 95 % cover it."""
    draw = np.random.default_rng(7)
    true = 6 / np.pi * np.arcsin(0.6 / 2)  # Spearman's ρ of normal pairs with correlation 0.6
    hits = 0
    for _ in range(400):
        x = draw.normal(size=40)
        y = 0.6 * x + 0.8 * draw.normal(size=40)
        rho = float(np.asarray(stats.spearmanr(x, y))[0])
        interval = LikenessResult(rho, 40, 40).interval()
        hits += interval.low <= true <= interval.high
    assert 0.92 < hits / 400 < 0.98


def test_too_few_pairs_have_no_interval(vectors, tmp_path):
    file = tmp_path / "p.tsv"
    file.write_text("w1\tw2\t3\n")
    found = similarity(vectors, file)
    assert np.isnan(found.spearman)
    with pytest.raises(ValueError, match="4 pairs or more"):
        found.interval()
    file.write_text("w1 w2 3\n")
    with pytest.raises(CourseError, match="1 other lines"):
        similarity(vectors, file)
