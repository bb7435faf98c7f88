"""Chapter 5: do the vectors of kernel, axis and head tell apart what these words mean?

Which package a word stands in serves for its sense: a kernel is a function of two points in
scikit-learn and a small filter in torch. A vector is right when its nearest places in the own
package are nearer than those in the other; places of its own module do not count, so that repeated
sentences and one author's phrases decide nothing. Packages are drawn in equal numbers.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import torch
from sklearn.metrics import silhouette_score
from torch import Tensor
from torch.nn import functional as F

from course_lib.data import docs, library_task
from course_lib.embeddings.vectors import WordVectors
from course_lib.models.elmo import Elmo
from course_lib.recipes.axis import word2vec as axis_word2vec
from course_lib.recipes.axis.mean_vectors import mean_vectors
from course_lib.recipes.ch05.features import all_layers
from course_lib.recipes.context import Context, Measured
from course_lib.seeding import seed_everything
from course_lib.text.sentences import sentences
from course_lib.training.pretrained_elmo import pretrained_elmo

NAME = "ch05_senses"
SEEDS = [0, 1, 2]  # of the occurrences that are drawn

# packages in which a word clearly means different things
SENSES = {
    "kernel": ("sklearn", "torch"),  # a function of two points, a filter or a program on a GPU
    "axis": ("matplotlib", "numpy"),  # a line with ticks, a direction of an array
    "head": ("python", "torch"),  # of a message or a queue, of attention
    "leaf": ("sklearn", "torch"),  # of a decision tree, of the graph of gradients
    "frame": ("pandas", "python"),  # a table, a level of the call stack
    "label": ("matplotlib", "sklearn"),  # a text beside a line, the answer to be learnt
    "backend": ("matplotlib", "sqlalchemy"),  # what draws, which database
}
MOST, FEWEST = 60, 12  # occurrences a package
MOST_OF_MODULE = 5
NEIGHBOURS = 3  # of each package
WINDOW = 5  # words to each side, for the vector without a language model


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One place of a word: its sentence, where in it, and whose it is."""

    tokens: list[str]
    place: int
    package: str
    module: str


def find_occurrences() -> dict[str, dict[str, list[Occurrence]]]:
    """Return word -> package -> its places in the docs corpus, no sentence twice."""
    found: dict[str, dict[str, list[Occurrence]]] = {w: defaultdict(list) for w in SENSES}
    seen: set[str] = set()
    columns = docs.load_docs()[:]
    rows = zip(*(columns[c] for c in ("package", "object", "kind", "text")), strict=True)
    for package, name, kind, text in rows:
        for tokens in sentences(text):
            if not 6 <= len(tokens) <= 60 or (key := " ".join(tokens)) in seen:
                continue
            seen.add(key)
            for word, packages in SENSES.items():
                if package in packages and word in tokens:
                    module = f"{package}:{library_task.module_of(name, kind)}"
                    place = tokens.index(word)
                    found[word][package].append(
                        Occurrence(tokens=tokens, place=place, package=package, module=module)
                    )
    return found


def draw(places: dict[str, list[Occurrence]], seed: int) -> list[Occurrence]:
    """Return equally many places of each package, few of any one module.

    Raises: ValueError where a package has too few.
    """
    rng = random.Random(seed)
    spread: dict[str, list[Occurrence]] = {}
    for package in sorted(places):
        taken: Counter[str] = Counter()
        spread[package] = []
        for o in rng.sample(places[package], len(places[package])):
            if taken[o.module] < MOST_OF_MODULE:
                taken[o.module] += 1
                spread[package].append(o)
    n = min(MOST, *map(len, spread.values()))
    if n < FEWEST:
        raise ValueError(f"needs {FEWEST} places a package, has {n}")
    return [o for found in spread.values() for o in found[:n]]


def near(o: Occurrence) -> list[int]:
    """Return the places around an occurrence, at most WINDOW to each side."""
    reach = range(max(0, o.place - WINDOW), min(len(o.tokens), o.place + WINDOW + 1))
    return [t for t in reach if t != o.place]


def word2vec_around(vectors: WordVectors, chosen: list[Occurrence]) -> Tensor:
    """Return the mean of word2vec's vectors of the words around each place, (places, D)."""
    texts = [" ".join(o.tokens[t] for t in near(o)) for o in chosen]
    return torch.tensor(mean_vectors(texts, vectors))


def vectors_of(elmo: Elmo, chosen: list[Occurrence]) -> dict[str, Tensor]:
    """Return the vectors of each place, (places, width), by the way they are made."""
    layers = all_layers(elmo, [o.tokens for o in chosen], progress=None)
    token, first, second = (
        torch.stack([x[number, o.place] for x, o in zip(layers, chosen, strict=True)])
        for number in range(3)
    )
    around = [x[0, near(o)].mean(dim=0) for x, o in zip(layers, chosen, strict=True)]
    return {
        "word alone": token,
        "words around": torch.stack(around),
        "first LSTM layer": first,
        "second LSTM layer": second,
    }


def neighbour_accuracy(vectors: Tensor, chosen: list[Occurrence]) -> float:
    """Return the share of places, 0 to 1, whose nearest places lie in their own package.

    The mean cosine of the three nearest places of the own package, from other modules, is compared
    with that of the three nearest of as many places of the other package. Equal means count half,
    so that a word with one vector for all places scores one half, as guessing does. A place with
    fewer than three to compare with is left out.
    """
    cosine = F.normalize(vectors, dim=1) @ F.normalize(vectors, dim=1).T
    right, counted = 0.0, 0
    for i, own in enumerate(chosen):
        sides = [
            [
                j
                for j, o in enumerate(chosen)
                if o.package == own.package and o.module != own.module
            ],
            [j for j, o in enumerate(chosen) if o.package != own.package],
        ]
        n = min(map(len, sides))
        if n < NEIGHBOURS:
            continue
        counted += 1
        rng = random.Random(i)  # of the larger side a part, or it would win by its number
        near = [cosine[i, rng.sample(side, n)].topk(NEIGHBOURS).values.mean() for side in sides]
        gap = float(near[0] - near[1])
        right += 0.5 if abs(gap) < 1e-5 else float(gap > 0)
    return right / max(1, counted)


def measure(
    elmo: Elmo, untrained: Elmo, vectors: WordVectors, chosen: list[Occurrence]
) -> dict[str, Any]:
    """Score one draw of one word's places.

    untrained: random weights carry words along as well; what training adds is the difference.
    """
    labels = [o.package for o in chosen]
    found: dict[str, Any] = {"n": len(chosen)}
    ways = vectors_of(elmo, chosen)
    ways["word2vec around"] = word2vec_around(vectors, chosen)
    ways["untrained"] = vectors_of(untrained, chosen)["second LSTM layer"]
    for way, found_vectors in ways.items():
        found[way] = {"neighbours": neighbour_accuracy(found_vectors, chosen)}
        if way != "word alone":  # one point has no silhouette
            cosine = F.normalize(found_vectors, dim=1).numpy()
            found[way]["silhouette"] = float(silhouette_score(cosine, labels, metric="cosine"))
    return found


KEYS = {
    "word alone": "alone",
    "words around": "around",
    "word2vec around": "word2vec",
    "first LSTM layer": "first",
    "second LSTM layer": "second",
    "untrained": "untrained",
}


def run(context: Context) -> Measured:
    """Record neighbours and silhouettes for each word, and their mean over the words."""
    places, elmo = find_occurrences(), pretrained_elmo()
    seed_everything(0)
    untrained = Elmo(elmo.config).eval().requires_grad_(False)
    vectors, _ = axis_word2vec.pretrained(0)
    metrics: dict[str, Any] = {"neighbours": {}, "silhouette": {}, "places": {}}
    for word in context.progress(SENSES, "senses"):
        pieces = [
            context.once(
                f"{word}-{seed}",
                lambda w=word, s=seed: measure(elmo, untrained, vectors, draw(places[w], s)),
            )
            for seed in context.seeds
        ]
        metrics["places"][word] = pieces[0]["n"]
        for measure_name in ("neighbours", "silhouette"):
            metrics[measure_name][word] = {
                key: [piece[way][measure_name] for piece in pieces]
                for way, key in KEYS.items()
                if measure_name in pieces[0][way]
            }
    metrics["mean_neighbours"] = {
        key: [
            sum(metrics["neighbours"][word][key][i] for word in SENSES) / len(SENSES)
            for i in range(len(context.seeds))
        ]
        for key in KEYS.values()
    }
    fingerprint = docs.fingerprint(docs.load_docs())
    return Measured(metrics=metrics, data={"docs corpus": f"sha256 {fingerprint[:16]}"})
