"""`course bench`: pairs of ways to the same result, timed in one run; ratios are what to read."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import click

from course_lib.bench.pairs import seconds

VOCABULARIES = [1_000, 10_000, 100_000]
ROUNDS = 7


@click.command()
@click.option("--corpus/--no-corpus", default=True, help="Also build the docs corpus.")
@click.option("--book/--no-book", default=True, help="Also build the book.")
@click.option("--grading/--no-grading", default=True, help="Also grade a class, plain and ours.")
@click.option("--language/--no-language", default=True, help="Also time language models.")
@click.option("--word2vec/--no-word2vec", default=True, help="Also time word2vec and gensim's.")
@click.option("--pretraining/--no-pretraining", default=True, help="Also time pre-training.")
@click.option("--attention/--no-attention", default=True, help="Also time attention and torch's.")
@click.option("--published/--no-published", default=True, help="Also time GPT, BERT, T5, llama.")
@click.option("--squad/--no-squad", default=True, help="Also time scoring SQuAD predictions.")
@click.option("--class-size", default=20, show_default=True, help="Submissions of that class.")
@click.option("--small-class", default=0, help="Also grade a class of this size per exercise.")
@click.option(
    "--courses",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="With --small-class: also the nbgrader courses below this folder.",
)
@click.option("--growth", default="", metavar="N,N,...", help="Also grade classes of these sizes.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="Rounds of each quick pair.")
def command(
    corpus: bool,
    book: bool,
    grading: bool,
    language: bool,
    word2vec: bool,
    pretraining: bool,
    attention: bool,
    published: bool,
    squad: bool,
    class_size: int,
    small_class: int,
    courses: Path | None,
    growth: str,
    rounds: int,
) -> None:
    """Time pairs of ways to the same result: lookup and one-hot product, cold and warm, graders.

    Both ways of a pair take turns, so that what else the machine does hits both.
    """
    click.echo(f"{'pair':44}{'first':>12}{'second':>12}{'ratio':>10}")
    for vocab_size in VOCABULARIES:
        shown = f"V = {vocab_size:,}"
        _print_pair(f"one-hot product / lookup, {shown}", *_embedding(vocab_size), rounds)
        _print_pair(f"dense / sparse gradient, {shown}", *_gradients(vocab_size), rounds)
    if language:
        from course_lib.bench.language import bench_ngrams

        bench_ngrams()
    if word2vec:
        from course_lib.bench.word2vec import bench_word2vec

        bench_word2vec(min(rounds, 3))
    if pretraining:
        from course_lib.bench.pretraining import bench_pretraining

        bench_pretraining(min(rounds, 5))
    if attention:
        from course_lib.bench.attention import bench_attention

        bench_attention(3 * rounds)
    if published:
        from course_lib.bench.published import bench_published

        bench_published(2 * rounds)
    if squad:
        from course_lib.bench.squad import bench_squad

        bench_squad(min(rounds, 3))
    if grading:
        from course_lib.bench.grading import bench_grading

        bench_grading(class_size, 1, [int(size) for size in growth.split(",") if size])
    if small_class:
        from course_lib.bench.small_classes import bench_small_classes

        bench_small_classes(small_class, courses)
    if corpus:
        _print_pair("docs corpus, built / from the cache", *_corpus(), 1)
    if book:
        _print_pair("book, every cell run / nothing changed", *_book(), 1)


def _print_pair(
    name: str, first: Callable[[], Any], second: Callable[[], Any], rounds: int
) -> None:
    pairs = [(seconds(first), seconds(second)) for _ in range(rounds)]
    ratio = median(a / b for a, b in pairs)
    shown = [f"{1000 * median(column):,.2f} ms" for column in zip(*pairs, strict=True)]
    click.echo(f"{name:44}{shown[0]:>12}{shown[1]:>12}{ratio:>9,.1f}x")


def _embedding(vocab_size: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    import torch

    from course_lib.layers.embedding import Embedding, one_hot_product

    layer = Embedding(vocab_size, 64).requires_grad_(False)
    ids = torch.randint(vocab_size, (16, 32))
    layer(ids)  # the first call of a kernel costs more
    return lambda: one_hot_product(ids, layer.weight), lambda: layer(ids)


def _gradients(vocab_size: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
    import torch

    from course_lib.layers.embedding import Embedding

    dense, sparse = Embedding(vocab_size, 64), Embedding(vocab_size, 64, sparse=True)
    ids = torch.randint(vocab_size, (16, 32))

    def backward(layer: Embedding) -> None:
        layer.weight.grad = None
        layer(ids).sum().backward()

    backward(dense)
    backward(sparse)
    return lambda: backward(dense), lambda: backward(sparse)


def _corpus() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Build into a folder of its own, so that the user's cache stays as it is."""
    import os
    import tempfile

    from course_lib.data.docs import load_docs

    def load(folder: str, progress: bool) -> None:
        before = os.environ.get("COURSE_CACHE")
        os.environ["COURSE_CACHE"] = folder
        try:
            load_docs(progress=progress)
        finally:
            if before is None:
                del os.environ["COURSE_CACHE"]
            else:
                os.environ["COURSE_CACHE"] = before

    import datasets  # noqa: F401  (its import is not what is measured)

    folder = tempfile.TemporaryDirectory()
    return lambda: load(folder.name, True), lambda: load(folder.name, False)


def _book() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Build a copy of the sources, so that the user's own build stays as it is."""
    import shutil
    import tempfile

    from course_lib.cli.book_build import ROOT, build

    folder = tempfile.TemporaryDirectory()
    copy = Path(folder.name) / "course"
    left_out = shutil.ignore_patterns(".venv", "_build", ".git", "tests", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=left_out)

    def once() -> None:
        assert folder.name  # keeps the folder until both builds are done
        if not build(copy, quiet=True).succeeded:
            raise click.ClickException("the book was not built; the warnings stand above")

    return once, once
