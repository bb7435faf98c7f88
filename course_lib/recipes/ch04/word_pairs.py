"""Word pairs that people judged: two published sets, which gensim carries among its test data."""

from dataclasses import asdict
from typing import Any

from course_lib.embeddings.vectors import WordVectors
from course_lib.embeddings.word_likeness import similarity

FILES = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}


def judged(vectors: WordVectors) -> dict[str, Any]:
    """Return {set: {spearman, covered, total, interval}}: cosines beside people's judgements."""
    from gensim.test.utils import datapath

    found = {name: similarity(vectors, datapath(file)) for name, file in FILES.items()}
    return {
        name: {
            "spearman": result.spearman,
            "covered": result.covered,
            "total": result.total,
            "interval": asdict(result.interval()),
        }
        for name, result in found.items()
    }
