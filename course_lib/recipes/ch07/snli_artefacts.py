"""Chapter 7: how much of SNLI's label does the hypothesis alone give away (Poliak et al. 2018)?"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from course_lib.data.snli import LABELS
from course_lib.metrics.classification import accuracy, wilson_interval
from course_lib.recipes.ch07.common import Benchmark, Part, load
from course_lib.recipes.context import Context, Measured
from course_lib.text.tokenize import WORD, words

NAME = "ch07_snli_artefacts"
SEEDS = [0, 1, 2, 3, 4]  # each cuts the pairs anew, by premise
NEEDS_DATA = True

STRENGTHS = [0.1, 0.3, 1.0, 3.0]
SMOOTHING = 100  # added to each count, as Gururangan et al. 2018 do: a rare word tells nothing
SHOWN = 4  # words a class

See = Callable[[tuple[str, ...]], str]
SEEN: dict[str, See] = {
    "hypothesis": lambda texts: texts[1],
    "premise": lambda texts: texts[0],
    "length": lambda texts: f"length{len(words(texts[1]))}",
}


def linear(benchmark: Benchmark, see: See, *, shuffle: int | None = None) -> float:
    """Return the test accuracy of tf-idf and logistic regression on what `see` lets through.

    shuffle: deal the training labels out at random, from this seed: nothing is left to learn.
    """
    labels = np.array(benchmark.train.labels)
    if shuffle is not None:
        np.random.default_rng(shuffle).shuffle(labels)
    vectorizer = TfidfVectorizer(token_pattern=WORD.pattern, ngram_range=(1, 2))

    def texts(part: Part) -> list[str]:
        return [see(own) for own in part.texts]

    train = vectorizer.fit_transform(texts(benchmark.train))
    valid, test = (vectorizer.transform(texts(p)) for p in (benchmark.valid, benchmark.test))
    models = [LogisticRegression(C=c, max_iter=2000).fit(train, labels) for c in STRENGTHS]
    chosen = max(models, key=lambda m: accuracy(benchmark.valid.labels, m.predict(valid)))
    return accuracy(benchmark.test.labels, chosen.predict(test))


def telling_words(hypotheses: Sequence[str], labels: Sequence[int]) -> dict[str, list[str]]:
    """Return for each class the words that are likelier in it than elsewhere.

    By pointwise mutual information of word and class, both counted once a hypothesis.
    """
    joint: Counter[tuple[str, int]] = Counter()
    for text, label in zip(hypotheses, labels, strict=True):
        joint.update((word, label) for word in set(words(text)))
    n_classes = len(LABELS)
    vocabulary = {word for word, _ in joint}
    found = {}
    for label, name in enumerate(LABELS):

        def information(word: str, own: int = label) -> float:
            counts = [joint[word, kind] + SMOOTHING for kind in range(n_classes)]
            return math.log(counts[own] * n_classes / sum(counts))

        found[name] = sorted(vocabulary, key=lambda w, f=information: (-f(w), w))[:SHOWN]
    return found


def measure(context: Context, seed: int) -> dict[str, Any]:
    """Cut once and train on each view of the pairs."""
    benchmark = load(context, "snli", seed)
    labels, train = benchmark.test.labels, Counter(benchmark.train.labels)
    found: dict[str, Any] = {name: linear(benchmark, see) for name, see in SEEN.items()}
    found["shuffled"] = linear(benchmark, SEEN["hypothesis"], shuffle=seed)
    found["majority"] = labels.count(train.most_common(1)[0][0]) / len(labels)
    found["n_test"], found["n_train"] = len(labels), len(benchmark.train)
    return found


def run(context: Context) -> Measured:
    """Record accuracy by what is seen, the interval of the first seed, the telling words."""
    pieces = [
        context.once(f"{seed}", lambda s=seed: measure(context, s))
        for seed in context.progress(context.seeds, "cuts")
    ]
    benchmark = load(context, "snli", 0)
    hypotheses = [texts[1] for texts in benchmark.train.texts]
    first = pieces[0]
    interval = wilson_interval(round(first["hypothesis"] * first["n_test"]), first["n_test"])
    metrics: dict[str, Any] = {name: [piece[name] for piece in pieces] for name in first}
    metrics["interval_first_seed"] = asdict(interval)
    metrics["words"] = {
        label: ", ".join(found)
        for label, found in telling_words(
            hypotheses, [int(x) for x in benchmark.train.labels]
        ).items()
    }
    return Measured(metrics=metrics, data={"snli": "published validation part, cut by premise"})
