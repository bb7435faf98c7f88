"""Chapter 3: perplexity of count models against order and training size, and what was never seen.

One vocabulary of 10,000 words a corpus throughout (see ch03_text).
"""

from typing import Any

import numpy as np

from course_lib.embeddings.ngram_lm import CountModel, KneserNey, Laplace, StupidBackoff
from course_lib.metrics.perplexity import perplexity
from course_lib.recipes.ch03.text import FixedText, Sentences, fix, load
from course_lib.recipes.context import Context, Measured

NAME = "ch03_perplexity"
SEEDS = [0]  # nothing is drawn but the order of the sentences, once
NEEDS_DATA = True

VOCAB_SIZE = 10_000
ORDERS = [1, 2, 3, 4, 5]
SIZES = {
    "docs": [10_000, 30_000, 100_000, 300_000, 1_000_000, None],
    "books": [10_000, 100_000, 1_000_000],
}
EVERY_MODEL = ("docs",)  # on the others modified Kneser-Ney alone
ADDED = [1.0, 0.1, 0.01, 0.001]  # k of Laplace; chosen on validation
PADDED_ORDER = 5


def unseen(model: CountModel, sentences: Sentences) -> float:
    """Return the share of tokens whose n-gram the training text does not have.

    At a sentence's start the n-gram is as long as the sentence allows.
    """
    counts = model.counts
    stream = counts.encode(sentences)
    depth = counts.depth(stream)
    missing = np.zeros(len(stream), dtype=bool)
    for n, (level, _, rows) in enumerate(counts.walk(stream, depth), start=1):
        known = (rows >= 0) & (level.raw[rows] > 0)
        missing = np.where(depth >= n - 1, ~known, missing)
    return float(missing[depth > 0].mean())


def measure(
    text: FixedText, size: int | None, order: int, every_model: bool = True
) -> dict[str, Any]:
    """Fit the models of one order on one size."""
    train = text.train if size is None else text.first(size)
    best = KneserNey(order).fit(train, vocabulary=text.vocabulary)
    found: dict[str, Any] = {
        "modified_kneser_ney": best.perplexity(text.test),
        "unseen": unseen(best, text.test),
        "n_params": best.n_params,
        "n_ngrams": sum(best.n_ngrams.values()),
        "n_tokens": best.counts.n_tokens,
    }
    if not every_model:
        return found
    plain = KneserNey(order, modified=False).fit_counts(best.counts)
    found["kneser_ney"] = plain.perplexity(text.test)
    trials = {}
    for k in ADDED:
        model = Laplace(order, k).fit_counts(best.counts)
        trials[k] = model.perplexity(text.valid), model.perplexity(text.test)
    found["laplace"] = trials[1.0][1]
    chosen = min(trials, key=lambda k: trials[k][0])
    found["add_k"], found["k"] = trials[chosen][1], chosen
    scores = StupidBackoff(order).fit_counts(best.counts)
    pseudo = scores.pseudo_perplexity(text.test)
    found["stupid_backoff_pseudo"] = pseudo if np.isfinite(pseudo) else "infinite"
    return found


def padded(text: FixedText) -> dict[str, float]:
    """Measure what N − 1 marks in front of a sentence, in the place of one, do to the figure.

    The additional marks stand in as a word, `<p>`, which no text holds.
    """
    front = ["<p>"] * (PADDED_ORDER - 2)
    vocabulary = [*text.vocabulary, "<p>"]
    train, test = ([[*front, *sentence] for sentence in side] for side in (text.train, text.test))
    logs = KneserNey(PADDED_ORDER).fit(train, vocabulary=vocabulary).log_probs(test)
    is_mark = np.concatenate([[True] * len(front) + [False] * (len(s) + 1) for s in text.test])
    one_mark = KneserNey(PADDED_ORDER).fit(text.train, vocabulary=text.vocabulary)
    logs_one = one_mark.log_probs(text.test)
    is_end = np.concatenate([[False] * len(s) + [True] for s in text.test])
    return {
        "one_mark": perplexity(logs_one),
        "marks_not_counted": perplexity(logs[~is_mark]),
        "marks_counted": perplexity(logs),
        "ends_not_counted": perplexity(logs_one[~is_end]),
    }


def run(context: Context) -> Measured:
    """Record {corpus: {model: {order: {size: number}}}}; the whole training part is `all`."""
    metrics: dict[str, Any] = {"V": VOCAB_SIZE}
    data = {}
    for corpus, sizes in SIZES.items():
        raw = load(context, corpus)
        text = fix(raw, VOCAB_SIZE)
        data[corpus] = f"sha256 {raw.fingerprint[:16]}"
        del raw
        pieces = [(order, size) for size in sizes for order in ORDERS]
        runs = {
            (order, size): context.once(
                f"{corpus}-{order}-{size or 'all'}",
                lambda o=order, n=size, t=text, c=corpus: measure(t, n, o, c in EVERY_MODEL),
            )
            for order, size in context.progress(pieces, corpus)
        }
        names = {name for found in runs.values() for name in found}
        metrics[corpus] = {
            "text": text.describe(),
            **{
                name: {
                    str(order): {
                        str(size or "all"): runs[order, size][name]
                        for size in sizes
                        if name in runs[order, size]
                    }
                    for order in ORDERS
                }
                for name in sorted(names)
            },
        }
        if corpus == "docs":
            metrics["padding"] = context.once("padding", lambda t=text: padded(t))
    return Measured(metrics=metrics, data=data)
