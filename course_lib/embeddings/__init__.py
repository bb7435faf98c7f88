"""Language models that count, and vectors for words; names are handed on when asked for."""

from importlib import import_module
from typing import Any

WHERE = {
    "KneserNey": "ngram_lm",
    "Laplace": "ngram_lm",
    "NeuralNgram": "neural_ngram",
    "NeuralNgramConfig": "neural_ngram",
    "StupidBackoff": "ngram_lm",
}


def __getattr__(name: str) -> Any:
    if name not in WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{WHERE[name]}"), name)
