"""`course bench --word2vec`: our fast word2vec and gensim's on the same text, in turn."""

import time
from statistics import median

import click

SENTENCES = 60_000
WORKERS = 2
SETTINGS = {"window": 5, "negative": 5, "sample": 1e-3, "min_count": 5, "epochs": 1}


def bench_word2vec(rounds: int) -> None:
    """Print words per second of both, and the ratio of each round; also the torch reference's.

    Counting is left out of both; gensim is a package of the dev extra.
    """
    from course_lib.data.running_text import load_docs_text
    from course_lib.embeddings.word2vec import Word2Vec, Word2VecConfig

    try:
        from gensim.models import Word2Vec as Theirs
    except ImportError:
        click.echo("word2vec: gensim is not installed (pip install gensim), nothing to compare")
        return
    text = load_docs_text(punctuation=False).train[:SENTENCES]
    ours_config = Word2VecConfig(**SETTINGS, workers=WORKERS)

    def ours() -> float:
        trainer = Word2Vec(ours_config)
        trainer.fit(text, progress=False)
        return trainer.words_per_second

    def theirs() -> float:
        model = Theirs(**SETTINGS, sg=1, vector_size=100, workers=WORKERS)
        model.build_vocab(text)
        total = sum(model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key)
        start = time.perf_counter()
        model.train(text, total_examples=model.corpus_count, epochs=1)
        return total / (time.perf_counter() - start)

    ours()  # the first call compiles, or reads what was compiled before
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    fast, slow = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(a / b for a, b in pairs)
    click.echo(
        f"word2vec, skip-gram, {WORKERS} workers: ours {fast:,.0f} words/s, "
        f"gensim {slow:,.0f} words/s, {ratio:.1f}x"
    )
    reference = Word2Vec(Word2VecConfig(**SETTINGS, engine="torch"))
    reference.fit(text[:2000], progress=False)
    click.echo(
        f"word2vec, reference in torch, 1 worker: {reference.words_per_second:,.0f} words/s, "
        f"the fast path with {WORKERS} workers {fast / reference.words_per_second:.0f}x"
    )
