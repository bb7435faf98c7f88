"""SQuAD's exact match and F1, versions 1.1 and 2.0, equal to the official scripts' every digit.

The scripts add floats in a certain order and with certain operations; so does this file.
"""

import re
import string
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from numbers import Real
from typing import Any

from course_lib.errors import CourseError

Articles = Sequence[Mapping[str, Any]]
NO_PUNCTUATION = str.maketrans("", "", string.punctuation)  # ASCII only: “, – and 。 stay
ARTICLE = re.compile(r"\b(a|an|the)\b")


def normalize_answer(text: str) -> str:
    """Return the form in which answers are compared.

    Lower case; without ASCII punctuation; without the words a, an, the; single spaces.
    subtle: the order matters. "the-man" loses its hyphen before articles are looked for and is
    the word "theman"; an article inside "a.k.a" is found neither.

    Paper: Rajpurkar et al. 2016, section 6.1.
    """
    return _normal(text)


@lru_cache(maxsize=1024)  # a prediction is compared with several answers, by two metrics
def _normal(text: str) -> str:
    return " ".join(ARTICLE.sub(" ", text.lower().translate(NO_PUNCTUATION)).split())


def exact_match(prediction: str, answer: str) -> bool:
    """Say whether the two are the same once normalised."""
    return normalize_answer(prediction) == normalize_answer(answer)


def f1(prediction: str, answer: str) -> float:
    """Return the harmonic mean of precision and recall over the words of the two, 0 to 1.

    Words are counted with their repetitions. Version 1.1's rule: nothing in common is 0, also
    where both are empty after normalisation.
    """
    return _f1(normalize_answer(prediction).split(), normalize_answer(answer).split())


def f1_or_no_answer(prediction: str, answer: str) -> float:
    """Return `f1` by version 2.0's rule: 1 where both are empty once normalised, 0 if one is."""
    guess, gold = normalize_answer(prediction).split(), normalize_answer(answer).split()
    if not guess or not gold:
        return int(guess == gold)
    return _f1(guess, gold)


def _f1(guess: list[str], gold: list[str]) -> float:
    shared = sum((Counter(guess) & Counter(gold)).values())
    if shared == 0:
        return 0
    precision, recall = 1.0 * shared / len(guess), 1.0 * shared / len(gold)
    return (2 * precision * recall) / (precision + recall)


def evaluate(
    dataset: Articles | Mapping[str, Any],
    predictions: Mapping[str, str],
    na_probs: Mapping[str, float] | None = None,
    *,
    version: str | None = None,
) -> dict[str, float]:
    """Score predictions as the official scripts do.

    dataset: the official JSON, whole or its "data" list (see `data.squad.to_official` for rows).
    predictions: question id → text of the answer; "" stands for "no answer" in version 2.0.
    na_probs: question id → probability that there is no answer; see `evaluate_v2`.
    version: "1.1" or "2.0", with or without a v in front; None takes 2.0 where `na_probs` is given,
    a question has no answer or the file says so, and else 1.1.
    Returns: version 1.1: {"exact_match", "f1"}, percent. A question without a prediction counts 0,
    and one warning says how many there were. Version 2.0: see `evaluate_v2`.
    Raises: CourseError when the data set is of another shape, has no question, has a question
    without an answer in version 1.1, or a prediction is no text; also for predictions that are no
    mapping.
    """
    articles = _articles(dataset)
    _must_be_mapping("predictions", predictions)
    if version is None:
        version = "2.0" if na_probs is not None or _is_v2(dataset, articles) else "1.1"
    version = version.removeprefix("v")
    if version not in {"1.1", "2.0"}:
        raise CourseError("version 1.1 or 2.0", repr(version), "leave it out to have it found")
    if version == "2.0":
        return evaluate_v2(articles, predictions, na_probs)
    exact_sum = f1_sum = total = missing = 0
    for qa in _questions(articles):
        total += 1
        if qa["id"] not in predictions:
            missing += 1
            continue
        answers, guess = _answer_texts(qa), _text(predictions, qa["id"])
        if not answers:
            raise CourseError(
                "an answer to every question in version 1.1",
                f"none for question {qa['id']!r}",
                'give version="2.0"',
            )
        exact_sum += max(exact_match(guess, answer) for answer in answers)
        f1_sum += max(f1(guess, answer) for answer in answers)
    if missing:
        warnings.warn(
            f"{missing} of {total} questions have no prediction and score 0", stacklevel=2
        )
    return {"exact_match": 100.0 * exact_sum / total, "f1": 100.0 * f1_sum / total}


def evaluate_v2(
    dataset: Articles | Mapping[str, Any],
    predictions: Mapping[str, str],
    na_probs: Mapping[str, float] | None = None,
    *,
    na_prob_thresh: float = 1.0,
) -> dict[str, float]:
    """Score predictions where some questions have no answer (Rajpurkar et al. 2018).

    Where a question's `na_probs` exceeds `na_prob_thresh`, "no answer" is taken as the prediction.
    Returns: exact, f1 (percent), total; the same with HasAns_ and NoAns_ in front over the
    questions with and without an answer, where there are such; with `na_probs` also best_exact,
    best_f1 (percent) and best_exact_thresh, best_f1_thresh: the best threshold *on these data*.
    Differs from the official script: a missing prediction is a clear error (there: a KeyError).
    Raises: CourseError as `evaluate`, and for a question without prediction or probability.
    """
    articles = _articles(dataset)
    _must_be_mapping("predictions", predictions)
    if na_probs is not None:
        _must_be_mapping("na_probs", na_probs)
    answerable = {qa["id"]: bool(qa["answers"]) for qa in _questions(articles)}
    for name, given in {"predictions": predictions, "na_probs": na_probs}.items():
        missing = [] if given is None else [key for key in answerable if key not in given]
        if missing:
            raise CourseError(
                f"a value for every question in {name}",
                f"none for {len(missing)} of {len(answerable)}, such as {missing[0]!r}",
                'version 2.0 wants one for each; "" stands for no answer',
            )
    probabilities = dict.fromkeys(predictions, 0.0) if na_probs is None else na_probs
    strange = [key for key in answerable if not isinstance(probabilities[key], Real)]
    if strange:
        raise CourseError(
            "a number for every question in na_probs",
            f"{probabilities[strange[0]]!r} for {strange[0]!r}",
            "give the probability that there is no answer",
        )
    exact: dict[str, float] = {}
    overlap: dict[str, float] = {}
    for qa in _questions(articles):
        # subtle: an answer that normalises to nothing, such as "The", is no answer to compare with
        answers = [text for text in _answer_texts(qa) if normalize_answer(text)] or [""]
        guess = _text(predictions, qa["id"])
        exact[qa["id"]] = max(int(exact_match(guess, answer)) for answer in answers)
        overlap[qa["id"]] = max(f1_or_no_answer(guess, answer) for answer in answers)

    def decided(scores: Mapping[str, float]) -> dict[str, float]:
        return {
            key: float(not answerable[key]) if probabilities[key] > na_prob_thresh else score
            for key, score in scores.items()
        }

    decided_exact, decided_f1 = decided(exact), decided(overlap)
    found: dict[str, float] = {}
    parts = {"": list(answerable)}
    parts["HasAns_"] = [key for key, has in answerable.items() if has]
    parts["NoAns_"] = [key for key, has in answerable.items() if not has]
    for prefix, keys in parts.items():
        if keys:
            found[f"{prefix}exact"] = 100.0 * sum(decided_exact[key] for key in keys) / len(keys)
            found[f"{prefix}f1"] = 100.0 * sum(decided_f1[key] for key in keys) / len(keys)
            found[f"{prefix}total"] = len(keys)
    if na_probs is not None:
        for name, scores in {"exact": exact, "f1": overlap}.items():
            best, threshold = best_threshold(predictions, scores, na_probs, answerable)
            found[f"best_{name}"], found[f"best_{name}_thresh"] = best, threshold
    return found


def best_threshold(
    predictions: Mapping[str, str],
    scores: Mapping[str, float],
    na_probs: Mapping[str, float],
    answerable: Mapping[str, bool],
) -> tuple[float, float]:
    """Return the best score (percent) over thresholds on the no-answer probability, and where.

    Begins with "no answer" for all and lets the questions in, the surest first: one with an answer
    adds its score, one without takes a point off if something was predicted.
    """
    current: float = sum(not has for has in answerable.values())
    best, threshold = current, 0.0
    for key in sorted(na_probs, key=lambda key: na_probs[key]):
        if key not in scores:
            continue
        current += scores[key] if answerable[key] else (-1 if predictions[key] else 0)
        if current > best:
            best, threshold = current, na_probs[key]
    return 100.0 * best / len(scores), threshold


def best_over_answers(
    score: Callable[[str, str], float], prediction: str, answers: Sequence[str]
) -> float:
    """Return the best score over the answers that people gave."""
    if not answers:
        raise ValueError("there must be at least one answer to compare with, received none")
    return max(score(prediction, answer) for answer in answers)


def _articles(dataset: Articles | Mapping[str, Any]) -> Articles:
    given = dataset.get("data") if isinstance(dataset, Mapping) else dataset
    try:
        found, articles = 0, list(given or [])
        for qa in _questions(articles):
            found += bool(qa["id"]) and all(isinstance(text, str) for text in _answer_texts(qa))
        if found:
            return articles
        received = "no question"
    except (KeyError, TypeError) as error:
        received = f"another shape ({type(error).__name__}: {error})"
    raise CourseError(
        'the official JSON: {"data": [{"paragraphs": [{"qas": [{"id", "answers", …}]}]}]}',
        received,
        "turn rows into it with course_lib.data.squad.to_official",
    )


def _questions(articles: Articles) -> Iterator[Mapping[str, Any]]:
    for article in articles:
        for paragraph in article["paragraphs"]:
            yield from paragraph["qas"]


def _is_v2(dataset: Articles | Mapping[str, Any], articles: Articles) -> bool:
    named = str(dataset.get("version", "")) if isinstance(dataset, Mapping) else ""
    named = named.removeprefix("v")
    if any(not qa["answers"] for qa in _questions(articles)) or named.startswith("2"):
        return True
    return not named.startswith("1") and any("is_impossible" in qa for qa in _questions(articles))


def _answer_texts(qa: Mapping[str, Any]) -> list[str]:
    return [answer["text"] for answer in qa["answers"]]


def _must_be_mapping(name: str, values: Any) -> None:
    if not isinstance(values, Mapping) or not all(isinstance(key, str) for key in values):
        raise CourseError(
            f"{name} as {{question id: value}}, ids as the texts of the data set",
            f"{type(values).__name__} {str(values)[:60]}",
            'of rows make {row["id"]: row["prediction_text"] for row in rows}',
        )


def _text(predictions: Mapping[str, str], key: str) -> str:
    if not isinstance(predictions[key], str):
        raise CourseError(
            "a text as the prediction of each question",
            f"{type(predictions[key]).__name__} for {key!r}",
            "give the span's text, not its place",
        )
    return predictions[key]
