"""Chapter 7: SQuAD without a pre-trained model: chance, overlap of words, and a linear ranker."""

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.sparse import vstack
from sklearn.linear_model import LogisticRegression

from course_lib.data import squad
from course_lib.data.squad_features import to_text
from course_lib.metrics.squad import evaluate
from course_lib.recipes.ch07 import squad_ranker as ranker
from course_lib.recipes.context import Context, Measured
from course_lib.text.tokenize import words

NAME = "ch07_squad"
SEEDS = [0, 1, 2]  # each takes another third of the titles for testing
NEEDS_DATA = True

N_TRAIN = 6000  # questions
NEGATIVES = 24  # wrong candidates a question, drawn at random
STRENGTH = 0.3


def folds(titles: list[str]) -> dict[str, int]:
    """Deal the titles out to three parts, in an order that depends on nothing else."""
    order = sorted(set(titles))
    random.Random("titles").shuffle(order)
    return {title: place % len(SEEDS) for place, title in enumerate(order)}


def measure(rows: list[dict[str, Any]], seed: int) -> dict[str, Any]:
    """Train on two thirds of the titles, answer the questions of the last."""
    part = folds([row["title"] for row in rows])
    train = [row for row in rows if part[row["title"]] != seed]
    test = [row for row in rows if part[row["title"]] == seed]
    weight = ranker.rarity([row["context"] for row in train])
    draw = random.Random(seed)
    model = fit(draw.sample(train, N_TRAIN), weight, draw)
    answers: dict[str, dict[str, str]] = {"random": {}, "sentence": {}, "window": {}, "ranker": {}}
    reachable = right_sentence = 0
    for row in test:
        context = ranker.Paragraph(row["context"])
        question = words(row["question"])
        spans, features = ranker.describe(context, question, weight)
        gold = ranker.gold_spans(context, row["answers"])
        reachable += bool(gold & set(spans))
        content = set(question) - ranker.FUNCTION - set(ranker.ASKS)
        overlap = ranker.sentence_overlap(context, content, weight)
        best = max(overlap, key=lambda number: overlap[number])
        right_sentence += any(context.sentence_of[first] == best for first, _ in gold)
        first, last = context.sentences[best]
        chosen = {
            "random": draw.choice(spans),
            "sentence": (first, last),
            "window": sliding_window(context, spans, content, weight),
            "ranker": spans[int(np.argmax(model.decision_function(features)))],
        }
        for name, span in chosen.items():
            answers[name][row["id"]] = to_text(row["context"], context.offsets, *span)
    official = squad.to_official(test)
    found: dict[str, Any] = {name: evaluate(official, given) for name, given in answers.items()}
    found |= {"n_test": len(test), "n_titles": len({row["title"] for row in test})}
    found["reachable"] = reachable / len(test)
    found["right_sentence"] = right_sentence / len(test)
    return found


def fit(rows: list[dict[str, Any]], weight: Mapping[str, float], draw: random.Random):
    """Tell right candidates from wrong ones."""
    parts, labels = [], []
    for row in rows:
        context = ranker.Paragraph(row["context"])
        spans, features = ranker.describe(context, words(row["question"]), weight)
        gold = ranker.gold_spans(context, row["answers"])
        right = [place for place, span in enumerate(spans) if span in gold]
        wrong = [place for place in range(len(spans)) if spans[place] not in gold]
        if right:
            drawn = draw.sample(wrong, min(NEGATIVES, len(wrong)))
            parts.append(features[[*right, *drawn]])
            labels += [1] * len(right) + [0] * len(drawn)
    return LogisticRegression(C=STRENGTH, max_iter=300).fit(vstack(parts, format="csr"), labels)


def sliding_window(
    context: ranker.Paragraph,
    spans: list[tuple[int, int]],
    content: set[str],
    weight: Mapping[str, float],
) -> tuple[int, int]:
    """Return the candidate with the most of the question's words around it, none of them inside.

    After Richardson et al. 2013, as Rajpurkar et al. 2016 use it; of equals the shorter, the first.
    """
    matched = [weight.get(word, 5.0) if word in content else 0.0 for word in context.lower]
    sums = np.concatenate([[0.0], np.cumsum(matched)])

    def score(span: tuple[int, int]) -> tuple[float, int, int]:
        first, last = span
        low, high = context.sentences[context.sentence_of[first]]
        reach = 2 * ranker.AROUND
        around = sums[min(high, last + reach) + 1] - sums[max(low, first - reach)]
        inside = sums[last + 1] - sums[first]
        return around - 2 * inside, -(last - first), -first

    return max(spans, key=score)


def run(context: Context) -> Measured:
    """Record exact match and F1, percent, a number a part of the titles."""
    rows = [dict(row) for row in squad.load("validation", context.need_data("squad"))]
    pieces = [
        context.once(f"{seed}", lambda s=seed: measure(rows, s))
        for seed in context.progress(context.seeds, "titles")
    ]
    metrics: dict[str, Any] = {
        name: {
            metric: [piece[name][metric] for piece in pieces] for metric in ("exact_match", "f1")
        }
        for name in ("random", "sentence", "window", "ranker")
    }
    for name in ("n_test", "n_titles", "reachable", "right_sentence"):
        metrics[name] = [piece[name] for piece in pieces]
    metrics["n_train"] = N_TRAIN
    return Measured(metrics=metrics, data={"squad": "validation of v1.1, cut by title in three"})
