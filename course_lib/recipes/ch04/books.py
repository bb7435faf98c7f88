"""Chapter 4: 58 MB of old books, our word2vec and gensim's, with the settings of word2vec.c's demo.

Each seed trains both, one straight after the other, so that what else the machine does hits both.
gensim is needed for this recipe only.
"""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.data.running_text import load_books_text
from course_lib.embeddings.analogies import AnalogyResult, evaluate
from course_lib.embeddings.vectors import WordVectors
from course_lib.embeddings.word2vec import Word2Vec, Word2VecConfig
from course_lib.recipes.ch04.word_pairs import judged
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured

NAME = "ch04_books"
SEEDS = [0, 1, 2]
NEEDS_DATA = True
WORKERS = 2
SETTINGS: dict[str, Any] = {
    "d_model": 100, "window": 8, "negative": 10, "sample": 1e-4, "epochs": 5, "min_count": 5,
}  # fmt: skip
RESTRICT = 30_000
# every one stands in the text 90 times or more, so that its vector means something
JOBS = [
    "soldier", "captain", "officer", "sailor", "merchant", "lawyer", "doctor", "physician",
    "clergyman", "priest", "farmer", "servant", "clerk", "teacher", "cook", "housekeeper", "nurse",
    "dressmaker",
]  # fmt: skip
BY_MEANING = ["king", "brother", "uncle", "queen", "sister", "aunt"]  # words that name a gender
OPPOSITES = [
    ("good", "bad"), ("hot", "cold"), ("rich", "poor"), ("young", "old"), ("early", "late"),
    ("north", "south"), ("love", "hate"), ("day", "night"), ("left", "right"), ("black", "white"),
]  # fmt: skip
SHOWN = ["king", "river", "happy", "london", "good", "bank"]


def ours(sentences: list[list[str]], seed: int) -> tuple[WordVectors, float]:
    """Return our vectors and the words per second of training, counting not included."""
    trainer = Word2Vec(Word2VecConfig(**SETTINGS, workers=WORKERS, seed=seed))
    vectors = trainer.fit(sentences)
    return vectors, trainer.words_per_second


def gensims(sentences: list[list[str]], seed: int) -> tuple[WordVectors, float]:
    """Return gensim's vectors and words per second: of words in the vocabulary, as ours counts."""
    from gensim.models import Word2Vec as Theirs

    names = {"d_model": "vector_size"}
    settings = {names.get(name, name): value for name, value in SETTINGS.items()}
    model = Theirs(**settings, sg=1, workers=WORKERS, seed=seed + 1)
    model.build_vocab(sentences)
    total = sum(model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key)
    start = time.perf_counter()
    model.train(sentences, total_examples=model.corpus_count, epochs=SETTINGS["epochs"])
    speed = total * SETTINGS["epochs"] / (time.perf_counter() - start)
    words = [str(word) for word in model.wv.index_to_key]
    return WordVectors(words, model.wv.vectors), speed


def score(result: AnalogyResult) -> dict[str, Any]:
    """Return an analogy score as it is recorded."""
    semantic = [s for name, s in result.sections.items() if not name.startswith("gram")]
    syntactic = [s for name, s in result.sections.items() if name.startswith("gram")]
    return {
        "accuracy": result.accuracy,
        "correct": result.correct,
        "total": result.total,
        "skipped": result.skipped,
        "interval": asdict(result.interval()),
        "interval_by_section": asdict(result.interval_by_section()),
        "semantic": sum(s.correct for s in semantic) / max(1, sum(s.total for s in semantic)),
        "syntactic": sum(s.correct for s in syntactic) / max(1, sum(s.total for s in syntactic)),
        "sections": {name: s.accuracy for name, s in result.sections.items() if s.total},
    }


def lean(vectors: WordVectors) -> dict[str, float]:
    """Return the cosine of each word with he − she: positive leans to "he"."""
    axis = vectors.unit[vectors.id_of("he")] - vectors.unit[vectors.id_of("she")]
    axis /= np.linalg.norm(axis)
    return {word: float(vectors.unit[vectors.id_of(word)] @ axis) for word in JOBS + BY_MEANING}


def counted_lean(sentences: list[list[str]]) -> dict[str, float]:
    """Return log((he + 1) / (she + 1)): how many sentences with the word hold one, or the other.

    Minus the same logarithm for the whole text, so that 0 means "as everywhere".
    """
    wanted = set(JOBS + BY_MEANING)
    he, she = dict.fromkeys(wanted, 1), dict.fromkeys(wanted, 1)
    all_he = all_she = 1
    for sentence in sentences:
        found = set(sentence)
        has_he, has_she = "he" in found, "she" in found
        all_he, all_she = all_he + has_he, all_she + has_she
        for word in wanted & found:
            he[word] += has_he
            she[word] += has_she
    base = np.log(all_he / all_she)
    return {word: float(np.log(he[word] / she[word]) - base) for word in JOBS + BY_MEANING}


def rank(vectors: WordVectors, word: str, other: str) -> int:
    """Return which neighbour of `word` the other is; 1 is the nearest."""
    cosines = vectors.unit @ vectors.unit[vectors.id_of(word)]
    return int((cosines > cosines[vectors.id_of(other)]).sum())


def measure(sentences: list[list[str]], questions: Path, seed: int, who: str) -> dict[str, Any]:
    """Train one of the two and ask everything."""
    vectors, speed = (ours if who == "ours" else gensims)(sentences, seed)
    found = {
        "words_per_second": speed,
        "vocab_size": len(vectors),
        "3cosadd": score(evaluate(vectors, questions, RESTRICT)),
        "3cosmul": score(evaluate(vectors, questions, RESTRICT, method="3cosmul")),
        "pairs": judged(vectors),
    }
    if who == "ours":
        found["lean"] = lean(vectors)
        found["opposites"] = {f"{a}_{b}": rank(vectors, a, b) for a, b in OPPOSITES}
        near = {word: vectors.most_similar(word, topn=6) for word in SHOWN}
        found["neighbours"] = {w: ", ".join(other for other, _ in near[w]) for w in SHOWN}
    return found


def run(context: Context) -> Measured:
    """Record speed, analogies, leanings and opposites."""
    folder = context.need_data("classic_books")
    questions = folder.parent / "questions-words.txt"
    text = load_books_text(folder, punctuation=False)
    sentences = text.train + text.valid + text.test
    pieces = [(who, seed) for seed in context.seeds for who in ("ours", "gensim")]
    found = {
        (who, seed): context.once(
            f"{who}-{seed}", lambda w=who, s=seed: measure(sentences, questions, s, w)
        )
        for who, seed in context.progress(pieces, "books")
    }
    metrics: dict[str, Any] = {
        "n_words": sum(map(len, sentences)),
        "settings": SETTINGS | {"workers": WORKERS, "restrict": RESTRICT},
        "counted_lean": context.once("counted_lean", lambda: counted_lean(sentences)),
    }
    for who in ("ours", "gensim"):
        metrics[who] = columns([found[who, seed] for seed in context.seeds])
    pairs = zip(
        metrics["ours"]["words_per_second"], metrics["gensim"]["words_per_second"], strict=True
    )
    metrics["speed_ratio"] = [a / b for a, b in pairs]
    metrics["lean_agreement"] = [
        _agreement(found["ours", seed]["lean"], metrics["counted_lean"]) for seed in context.seeds
    ]
    return Measured(
        metrics=metrics,
        data={"classic_books": f"sha256 {text.fingerprint[:16]}", "questions-words": "19,544"},
    )


def _agreement(cosines: dict[str, float], counted: dict[str, float]) -> float:
    """Return the rank correlation over the occupations."""
    from scipy.stats import spearmanr

    both = [cosines[word] for word in JOBS], [counted[word] for word in JOBS]
    return float(np.asarray(spearmanr(*both))[0])
