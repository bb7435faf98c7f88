"""The task that runs through the book: from which library does this passage come?

Passages of 20 to 60 words from the docs corpus, eight libraries, the same number of each. Names
are masked and format is levelled (docs_passages.py), so that the answer has to come from what a
passage is about. The card in the book reports what a classifier makes of format alone.
"""

import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.data import docs, docs_passages
from course_lib.data.cache import cache_dir, discard, is_cached, store, verify
from course_lib.data.docs_passages import passages, shingles
from course_lib.errors import CorruptFileError

if TYPE_CHECKING:
    from datasets import Dataset

CLASSES = ("matplotlib", "numpy", "pandas", "python", "sklearn", "sqlalchemy", "torch", "tornado")
BUDGETS = (4, 8, 16, 32, 64, 128, 256)  # labels a class
N_TEST, N_VALID, N_TRAIN = 150, 60, 400  # a class; for training, fewer where a library has fewer
MAX_OF_MODULE = {"test": 18, "valid": 12, "train": 100}  # passages, for each library
MAX_SHARED = 0.15  # of a passage's shingles may stand in passages that were taken before it


@dataclass(frozen=True, kw_only=True)
class Passages:
    """Texts with their labels: `texts[i]` comes from the library `CLASSES[labels[i]]`."""

    texts: list[str] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    objects: list[str] = field(default_factory=list, repr=False)
    modules: list[str] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self.texts)

    def select(self, indices: Iterable[int]) -> "Passages":
        """Return the passages at these places, in this order."""
        chosen = list(indices)
        return Passages(
            texts=[self.texts[i] for i in chosen],
            labels=[self.labels[i] for i in chosen],
            objects=[self.objects[i] for i in chosen],
            modules=[self.modules[i] for i in chosen],
        )


@dataclass(frozen=True, kw_only=True)
class LibraryTask:
    """The task's three sides; no module has passages on two of them.

    fingerprint: hash of all passages, labels and sides.
    """

    train: Passages
    valid: Passages
    test: Passages
    classes: tuple[str, ...] = CLASSES
    fingerprint: str = ""

    def few(self, n_per_class: int, seed: int) -> Passages:
        """Return n training passages of each class; for one seed, the few are part of the more.

        Raises: ValueError when n_per_class is below 1 or a class has fewer passages.
        """
        chosen: list[int] = []
        for label, name in enumerate(self.classes):
            candidates = [i for i, own in enumerate(self.train.labels) if own == label]
            if not 1 <= n_per_class <= len(candidates):
                raise ValueError(
                    f"n_per_class must lie in 1 .. {len(candidates)} (the training passages of "
                    f"{name}), received {n_per_class}"
                )
            random.Random(f"{seed}:{label}").shuffle(candidates)
            chosen += candidates[:n_per_class]
        return self.train.select(chosen)


def load(*, progress: bool = True) -> LibraryTask:
    """Return the task, made from the docs corpus the first time and cached.

    progress: show a bar while the docs corpus is built.
    """
    digest = hashlib.sha256(docs.corpus_key().encode())
    for source in (__file__, docs_passages.__file__):
        digest.update(Path(source).read_bytes())
    path = cache_dir() / f"library-task-{digest.hexdigest()[:16]}.json"
    if is_cached(path):
        try:
            sides = json.loads(verify(path, redo="it is made again").read_text(encoding="utf-8"))
            return _task({side: Passages(**columns) for side, columns in sides.items()})
        except CorruptFileError:
            discard(path)
    sides = make(docs.load_docs(progress=progress))
    content = json.dumps({side: asdict(columns) for side, columns in sides.items()})
    store(path, lambda part: part.write_bytes(content.encode()))
    return _task(sides)


def _task(sides: dict[str, Passages]) -> LibraryTask:
    digest = hashlib.sha256(json.dumps({s: asdict(p) for s, p in sides.items()}).encode())
    return LibraryTask(
        train=sides["train"],
        valid=sides["valid"],
        test=sides["test"],
        fingerprint=digest.hexdigest(),
    )


def make(corpus: "Dataset") -> dict[str, Passages]:
    """Choose the passages of the three sides.

    A library's modules come in the order of a hash of their names and fill test, then validation,
    then training. A module goes to one side only. Passages that repeat what an earlier one says
    (of any library) are left out.
    """
    modules = _texts_by_module(corpus)
    sides: dict[str, Passages] = {side: Passages() for side in ("train", "valid", "test")}
    seen: set[tuple[str, ...]] = set()
    # the smallest library chooses first: near-duplicates then fall where there is plenty
    for name in sorted(CLASSES, key=lambda name: sum(map(len, modules[name].values()))):
        wanted = {"test": N_TEST, "valid": N_VALID, "train": N_TRAIN}
        for module in sorted(modules[name], key=_draw):
            found = _unseen(modules[name][module], seen)
            open_sides = [side for side in wanted if wanted[side] > 0]
            for side in open_sides:
                if side != "train" and len(found) > 2 * MAX_OF_MODULE[side]:
                    continue  # more than half of it would be lost; rather train on it
                taken = found[: min(wanted[side], MAX_OF_MODULE[side])]
                wanted[side] -= len(taken)
                for owner, text in taken:
                    sides[side].texts.append(text)
                    sides[side].labels.append(CLASSES.index(name))
                    sides[side].objects.append(owner)
                    sides[side].modules.append(module)
                    seen |= shingles(text)
                break
            if not open_sides:
                break
    return {side: _mixed(side, columns) for side, columns in sides.items()}


def _texts_by_module(corpus: "Dataset") -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return library -> module -> class or function -> its texts."""
    found: Any = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    columns = corpus[:]
    rows = zip(*(columns[name] for name in ("package", "object", "kind", "text")), strict=True)
    for package, name, kind, text in rows:
        if package in CLASSES:
            found[package][module_of(name, kind)][docs.top_level_object(name)].append(text)
    return found


def module_of(name: str, kind: str) -> str:
    """Return the module of an object; an article of the language reference is one by itself."""
    parts = docs.top_level_object(name).split(".")
    if kind in {"module", "topic"}:
        return name
    if parts[-1].lstrip("_")[:1].isupper():  # a class, written as classes are
        return ".".join(parts[:-1])
    return ".".join(parts[: -2 if kind == "method" else -1])


def _draw(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _unseen(objects: dict[str, list[str]], seen: set[tuple[str, ...]]) -> list[tuple[str, str]]:
    """Return the passages of a module, as (object, text), without those that repeat others."""
    own: set[tuple[str, ...]] = set()
    found = []
    for owner in sorted(objects, key=_draw):
        for text in passages(objects[owner]):
            runs = shingles(text)
            repeated = sum(run in seen or run in own for run in runs)
            if repeated <= MAX_SHARED * len(runs):
                own |= runs
                found.append((owner, text))
    return found


def _mixed(side: str, columns: Passages) -> Passages:
    order = list(range(len(columns)))
    random.Random(side).shuffle(order)
    return columns.select(order)


def without_held_out(corpus: "Dataset", task: LibraryTask) -> "Dataset":
    """Return the corpus without the modules of the test and validation passages.

    Whatever is pre-trained for this task has to be pre-trained on this part: in the corpus itself
    the names are not masked, so a model would have read the answers.
    """
    held_out = {
        (CLASSES[label], module)
        for side in (task.valid, task.test)
        for module, label in zip(side.modules, side.labels, strict=True)
    }
    columns = corpus[:]
    rows = zip(columns["package"], columns["object"], columns["kind"], strict=True)
    kept = [
        index
        for index, (package, name, kind) in enumerate(rows)
        if (package, module_of(name, kind)) not in held_out
    ]
    return corpus.select(kept)


def class_counts(side: Passages) -> dict[str, int]:
    """Return how many passages each library has."""
    counts = Counter(side.labels)
    return {name: counts[label] for label, name in enumerate(CLASSES)}
