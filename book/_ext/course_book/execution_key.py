"""Run a chapter again when what its code rests on has changed, and only then.

jupyter-cache keeps the outputs of a chapter under a hash of its code cells. That misses a change in
the package. Before Sphinx decides what to read, this extension computes for each chapter a key of

- the files of `course_lib` that its cells reach (see import_closure), the data files beside them,
- the recorded runs and the checkpoints that the cells or those modules name,
- which published networks were fetched, where those modules can ask for one,
- requirements.lock and the version of Python.

Where the key differs from the one that the kept outputs were made with, they are dropped and the
page is read again.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from course_book.import_closure import Package, code_of

LOGGER = logging.getLogger(__name__)
KEYS = "chapter_keys.json"
# a cell that says one of these reads every record or checkpoint there is
LISTING = {"names", "CHECKPOINT_DIR", "RESULTS_DIR"}


def inputs_of(page: str, root: Path, package: Package) -> set[Path]:
    """Return the files, besides the page, that decide what its cells print."""
    program = code_of(page)
    modules = package.closure(program)
    beside = {
        path
        for folder in {module.parent for module in modules}
        for path in folder.iterdir()
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    words = set(re.findall(r"[\w-]+", program))
    lists_all = bool(words & LISTING)
    for module in modules:
        words |= set(re.findall(r"[\w-]+", module.read_text(encoding="utf-8")))
    named = {
        path
        for folder in (root / "book" / "results", package.folder / "checkpoints")
        for path in folder.glob("*")
        if lists_all or path.stem in words
    }
    lock = root / "requirements.lock"
    return modules | beside | named | ({lock} if lock.exists() else set())


def fetched(files: set[Path], package: Package) -> list[str]:
    """Return the published networks that are here, if these files can ask for one."""
    if package.file(f"{package.name}.training.published") not in files:
        return []
    from course_lib.training import published

    return [name for name in published.PUBLISHED if published.is_here(name)]


def key_of(files: Iterable[Path], root: Path, networks: Iterable[str] = ()) -> str:
    """Return one hash of the files' names and bytes, the networks, and the Python that runs."""
    digest = hashlib.sha256(repr((sys.version_info[:3], *networks)).encode())
    for path in sorted(files):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def drop_outputs(cache_folder: Path, page: Path, root: Path) -> int:
    """Remove every kept run of a page from the cache; return how many there were."""
    cache = get_cache(cache_folder)
    ending = "/" + page.relative_to(root).as_posix()
    records = [r for r in cache.list_cache_records() if Path(r.uri).as_posix().endswith(ending)]
    for record in records:
        cache.remove_cache(record.pk)
    return len(records)


def _read_keys(path: Path) -> dict[str, str]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    root = Path(app.srcdir)
    package = Package(root / "course_lib")
    default = Path(app.outdir).parent / ".jupyter_cache"  # as myst_nb
    cache_folder = Path(env.mystnb_config.execution_cache_path or default)
    kept = _read_keys(cache_folder / KEYS)
    read_with: dict[str, str] = env.__dict__.setdefault("chapter_keys", {})
    again = []
    for docname in sorted(env.found_docs):
        page = Path(env.doc2path(docname))
        text = page.read_text(encoding="utf-8") if page.suffix == ".md" else ""
        if "{code-cell}" not in text:
            continue
        try:
            files = inputs_of(text, root, package)
            key = key_of(files, root, fetched(files, package))
        except SyntaxError as error:
            LOGGER.warning("a code cell is no Python: %s", error, location=docname)
            continue
        if kept.get(docname) != key:
            if drop_outputs(cache_folder, page, root):
                LOGGER.info("what %s rests on has changed: its cells run again", docname)
            kept[docname] = key
        if read_with.get(docname) != key:
            again.append(docname)
            read_with[docname] = key
    cache_folder.mkdir(parents=True, exist_ok=True)
    (cache_folder / KEYS).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return again


def setup(app: Sphinx) -> dict[str, Any]:
    """Join Sphinx's question of what is outdated."""
    app.connect("env-get-outdated", _outdated)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
