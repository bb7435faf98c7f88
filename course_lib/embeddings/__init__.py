"""Language models that count, and vectors for words; names are handed on when asked for."""

from importlib import import_module
from typing import Any

WHERE = {
    "Glove": "glove",
    "GloveConfig": "glove",
    "KneserNey": "ngram_lm",
    "Laplace": "ngram_lm",
    "LineSentences": "word2vec",
    "NeuralNgram": "neural_ngram",
    "NeuralNgramConfig": "neural_ngram",
    "StupidBackoff": "ngram_lm",
    "Word2Vec": "word2vec",
    "Word2VecConfig": "word2vec",
    "WordVectors": "vectors",
}


def __getattr__(name: str) -> Any:
    if name not in WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{WHERE[name]}"), name)
