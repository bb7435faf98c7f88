"""Chapter 3: the neural n-gram model against models that count, at several training sizes.

A vocabulary of 2,000 words: the softmax over it is most of the network's work, and with 10,000 the
run would take hours on a processor. So these perplexities do not compare with those of
ch03_perplexity; the count models are measured here again, on the same words.
"""

from collections.abc import Iterator
from typing import Any

import torch

from course_lib.embeddings.neural_ngram import NeuralNgram, NeuralNgramConfig, log_probs
from course_lib.embeddings.ngram_lm import KneserNey, Laplace
from course_lib.metrics.perplexity import perplexity
from course_lib.recipes.ch03.text import FixedText, Sentences, fix, load
from course_lib.recipes.context import Context, Measured
from course_lib.seeding import seed_everything
from course_lib.text.ngrams import BEGIN, END, examples
from course_lib.training.loop import fit

NAME = "ch03_neural"
SEEDS = [0, 1, 2]
NEEDS_DATA = True

VOCAB_SIZE = 2_000
ORDER = 5
EPOCHS = {10_000: 15, 30_000: 10, 100_000: 8, 300_000: 5, 1_000_000: 4}  # at most
SIZES = {"docs": list(EPOCHS), "books": list(EPOCHS)}
BATCH, RATE = 256, 3e-3
WATCHED = 20_000  # validation tokens that decide on the epoch


def tensors(text: FixedText, sentences: Sentences) -> tuple[torch.Tensor, torch.Tensor]:
    """Return contexts and targets; ids as the count models have them."""
    words = [*sorted(set(text.vocabulary)), END, BEGIN]
    contexts, targets = examples(sentences, {word: i for i, word in enumerate(words)}, ORDER)
    return torch.from_numpy(contexts), torch.from_numpy(targets)


def neural(text: FixedText, size: int, seed: int) -> dict[str, float]:
    """Train one network; return its perplexity on the test part, at the epoch validation chose."""
    seed_everything(seed)
    contexts, targets = tensors(text, text.first(size))
    watched = tuple(side[:WATCHED] for side in tensors(text, text.valid))
    config = NeuralNgramConfig(vocab_size=VOCAB_SIZE, order=ORDER, dropout=0.2)
    model = NeuralNgram(config)
    steps = -(-len(targets) // BATCH) * EPOCHS[size]
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)

    def epoch_batches(epoch: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        draw = torch.Generator().manual_seed(1000 * seed + epoch)
        for rows in torch.randperm(len(targets), generator=draw).split(BATCH):
            yield contexts[rows], targets[rows]

    history = fit(
        model,
        epoch_batches,
        optimizer=optimizer,
        scheduler=torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, steps),
        epochs=EPOCHS[size],
        evaluate=lambda m: -perplexity(log_probs(m, *watched)),
        patience=2,
    )
    return {
        "perplexity": perplexity(log_probs(model, *tensors(text, text.test))),
        "valid_perplexity": -max(history.scores),
        "epoch": history.best_epoch + 1,
        "n_params": sum(p.numel() for p in model.parameters()),
    }


def counted(text: FixedText, size: int) -> dict[str, Any]:
    """Return the perplexity of Laplace, order 2, and modified Kneser-Ney, order 3 and 5."""
    laplace = Laplace(2).fit(text.first(size), vocabulary=text.vocabulary)
    found: dict[str, Any] = {"laplace": laplace.perplexity(text.test)}
    for order in (3, ORDER):
        model = KneserNey(order).fit(text.first(size), vocabulary=text.vocabulary)
        found[str(order)] = {
            "perplexity": model.perplexity(text.test),
            "n_params": model.n_params,
        }
    return found


def run(context: Context) -> Measured:
    """Record perplexities by size: of the network one a seed, of a count model one."""
    torch.set_num_threads(1)
    metrics: dict[str, Any] = {"V": VOCAB_SIZE, "order": ORDER}
    data = {}
    for corpus, sizes in SIZES.items():
        raw = load(context, corpus)
        text = fix(raw, VOCAB_SIZE)
        data[corpus] = f"sha256 {raw.fingerprint[:16]}"
        del raw
        counts = {
            n: context.once(f"{corpus}-counts-{n}", lambda n=n, t=text: counted(t, n))
            for n in sizes
        }
        pieces = [(n, seed) for n in sizes for seed in context.seeds]
        runs = {
            (n, seed): context.once(
                f"{corpus}-{n}-{seed}", lambda n=n, s=seed, t=text: neural(t, n, s)
            )
            for n, seed in context.progress(pieces, f"neural, {corpus}")
        }
        metrics[corpus] = {
            "text": text.describe(),
            "neural": {
                name: {str(n): [runs[n, seed][name] for seed in context.seeds] for n in sizes}
                for name in ("perplexity", "valid_perplexity", "epoch")
            },
            "neural_n_params": runs[pieces[0]]["n_params"],
            "laplace": {str(n): counts[n]["laplace"] for n in sizes},
            "kneser_ney": {
                order: {
                    name: {str(n): counts[n][order][name] for n in sizes}
                    for name in ("perplexity", "n_params")
                }
                for order in ("3", str(ORDER))
            },
        }
    return Measured(metrics=metrics, data=data)
