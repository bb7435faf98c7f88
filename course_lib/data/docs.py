"""The docs corpus: the English in the docstrings of the packages that this course installs.

Nothing is downloaded and nothing is committed: the corpus is read off the reader's installation,
so it is the same wherever the same versions are installed. See docs/decisions/0002-docs-corpus.md.
"""

import hashlib
import importlib.util
import json
import platform
import re
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.data import docs_clean, docs_extract
from course_lib.data.cache import cache_dir, discard, is_cached, store, verify
from course_lib.data.docs_workers import read_compiled, read_sources
from course_lib.errors import CorruptFileError

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

# name in the corpus -> distribution; the first of two packages keeps a paragraph that both have
PACKAGES = {
    "python": None,
    "numpy": "numpy",
    "pandas": "pandas",
    "matplotlib": "matplotlib",
    "sklearn": "scikit-learn",
    "torch": "torch",
    "sqlalchemy": "sqlalchemy",
    "tornado": "tornado",
    "datasets": "datasets",
}
NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
Row = tuple[str, str, str, list[str]]  # package, object, kind, paragraphs


def load_docs(*, progress: bool = True) -> "Dataset":
    """Return the docs corpus, one row an object: columns text, package, object, kind.

    `text` holds the object's paragraphs of prose between blank lines; no paragraph occurs twice in
    the corpus. The first call builds it (some 30 s on 2 cores) and caches it; later ones read the
    cache. A damaged cache is built again, with a line on standard error.

    progress: show a bar while building.
    """
    from datasets import Dataset

    path = cache_dir() / f"docs-{corpus_key()}.arrow"
    if is_cached(path):
        try:
            return Dataset.from_file(str(verify(path, redo="it is built again")))
        except CorruptFileError as error:
            print(f"docs corpus: the cached file is damaged ({error}).", file=sys.stderr)
            discard(path)
    rows = unique_paragraphs(read_packages(progress=progress))
    store(path, lambda part: _write(rows, part))
    return Dataset.from_file(str(path))


def corpus_key() -> str:
    """Return a hash of what decides the corpus: Python, the packages' versions, and our code."""
    versions: dict[str, str | None] = {"python": platform.python_version()}
    for package, distribution in PACKAGES.items():
        if distribution is not None:
            try:
                versions[package] = version(distribution)
            except PackageNotFoundError:
                versions[package] = None
    digest = hashlib.sha256(json.dumps(versions, sort_keys=True).encode())
    for name in ("docs_clean", "docs_compiled", "docs_extract"):
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()[:16]


def package_root(package: str) -> Path | None:
    """Return the folder of a package's sources without importing it; None if not installed."""
    if PACKAGES[package] is None:
        return Path(sysconfig.get_paths()["stdlib"])
    spec = importlib.util.find_spec(package)
    locations = spec.submodule_search_locations if spec else None
    return Path(next(iter(locations))) if locations else None


def read_packages(*, progress: bool = True) -> list[Row]:
    """Read every documented object of every package, sorted by package and name."""
    jobs = []
    for package in PACKAGES:
        root = package_root(package)
        if root is None:
            print(f"docs corpus: {package} is not installed, left out.", file=sys.stderr)
            continue
        files = docs_extract.source_files(root)
        if package == "python":
            files.append(root / "pydoc_data" / "topics.py")
        jobs += [(package, str(root), str(path)) for path in files]
    rows = read_sources(jobs, progress=progress) + read_compiled()
    order = {package: rank for rank, package in enumerate(PACKAGES)}
    return sorted(rows, key=lambda row: (order[row[0]], row[1], row[2], row[3]))


def unique_paragraphs(rows: list[Row]) -> list[Row]:
    """Keep the first of equal paragraphs (inherited, copied, shared by template), and join rows.

    Two paragraphs are equal when their letters and digits are, case aside. Rows of one object
    (the getter and the setter of a property) become one.
    """
    seen: set[bytes] = set()
    merged: dict[tuple[str, str], Row] = {}
    for package, name, kind, paragraphs in rows:
        kept = []
        for paragraph in paragraphs:
            letters = NOT_ALPHANUMERIC.sub("", paragraph.lower())
            digest = hashlib.md5(letters.encode(), usedforsecurity=False).digest()
            if digest not in seen:
                seen.add(digest)
                kept.append(paragraph)
        if kept:
            merged.setdefault((package, name), (package, name, kind, []))[3].extend(kept)
    return list(merged.values())


def _write(rows: list[Row], path: Path) -> None:
    import pyarrow as pa

    table = pa.table(
        {
            "text": ["\n\n".join(paragraphs) for *_, paragraphs in rows],
            "package": [package for package, *_ in rows],
            "object": [name for _, name, *_ in rows],
            "kind": [kind for *_, kind, _ in rows],
        }
    )
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)


def fingerprint(corpus: "Dataset") -> str:
    """Return the SHA-256 of the corpus' content: equal for equal rows, whatever file holds them."""
    digest = hashlib.sha256()
    columns = corpus[:]  # all rows at once: datasets decodes single ones a hundred times slower
    names = ("text", "package", "object", "kind")
    for row in zip(*(columns[name] for name in names), strict=True):
        digest.update("\x1f".join(row).encode() + b"\x1e")
    return digest.hexdigest()


def top_level_object(name: str) -> str:
    """Return the class, function or module that an object belongs to, methods with their class.

    `pandas.core.frame.DataFrame.merge` gives `pandas.core.frame.DataFrame`.
    """
    parts = name.split(".")
    for index, part in enumerate(parts):
        if part.lstrip("_")[:1].isupper():
            return ".".join(parts[: index + 1])
    return name


def split_docs(corpus: "Dataset", *, valid: float = 0.05, test: float = 0.05) -> "DatasetDict":
    """Split the corpus by object into train, valid and test; no paragraph is on two sides.

    A class and its methods stay together. The side is decided by a hash of the name, so it does
    not change when other objects come or go.
    """
    from datasets import DatasetDict

    if not (0 <= valid and 0 <= test and valid + test < 1):
        raise ValueError(f"valid and test must be shares with a sum below 1: {valid}, {test}")
    sides: dict[str, list[int]] = {"train": [], "valid": [], "test": []}
    columns = corpus[:]
    for index, (name, package) in enumerate(
        zip(columns["object"], columns["package"], strict=True)
    ):
        group = top_level_object(name)
        draw = int(hashlib.sha256(f"{package}:{group}".encode()).hexdigest()[:12], 16) / 16**12
        side = "test" if draw < test else "valid" if draw < test + valid else "train"
        sides[side].append(index)
    return DatasetDict({side: corpus.select(indices) for side, indices in sides.items()})


def count_words(corpus: "Dataset") -> int:
    """Count running words: runs of letters, with apostrophes and hyphens inside."""
    return sum(len(docs_clean.WORD.findall(text)) for text in corpus[:]["text"])
