"""Is BLEU sacrebleu's, and is every other shape of references refused?"""

import pytest
import sacrebleu

from course_lib.errors import CourseError
from course_lib.metrics.bleu import corpus_bleu

TEXTS = ["the cat sat on the mat", "a small dog runs fast", "it rains today ."]
FIRST = ["the cat sat on a mat", "a little dog runs very fast", "it is raining today ."]
SECOND = ["there is a cat on the mat", "a small dog is running fast", "today it rains ."]


@pytest.mark.parametrize("streams", [[FIRST], [FIRST, SECOND]])
def test_parity_with_sacrebleu(streams):
    ours = corpus_bleu(TEXTS, streams)
    assert ours.score == sacrebleu.corpus_bleu(TEXTS, streams).score
    assert 0 < ours.score < 100
    assert f"nrefs:{len(streams)}|case:mixed|eff:no|tok:13a|smooth:exp" in ours.signature
    assert f"version:{sacrebleu.__version__}" in ours.signature
    assert ours.signature in repr(ours)


def test_a_perfect_translation_scores_100_whatever_its_case_where_asked():
    assert corpus_bleu(TEXTS, [TEXTS]).score == pytest.approx(100)
    upper = [text.upper() for text in TEXTS]
    assert corpus_bleu(upper, [TEXTS]).score < 5
    assert corpus_bleu(upper, [TEXTS], lowercase=True).score == pytest.approx(100)


@pytest.mark.parametrize(
    ("texts", "references", "message"),
    [
        (TEXTS, FIRST, "a flat list of texts; wrap it"),
        (TEXTS, "text", "a flat list of texts"),
        (TEXTS, [[a, b] for a, b in zip(FIRST, SECOND, strict=True)], "by sentence round"),
        (TEXTS, [[a] for a in FIRST], "by sentence round"),
        (TEXTS, [FIRST, SECOND[:2]], r"lists of \[2, 3\] references"),
        (TEXTS, [FIRST[:2]], r"3 hypotheses and lists of \[2\] references"),
        (TEXTS, [], "nothing to compare"),
        ([], [[]], "nothing to compare"),
        ("text", [["text"]], "one text"),
        ([["a"]], [["a"]], "something other than texts"),
        (TEXTS, [[*FIRST[:2], None]], "references that are no texts"),
    ],
)
def test_other_shapes_are_refused(texts, references, message):
    with pytest.raises(CourseError, match=message):
        corpus_bleu(texts, references)
