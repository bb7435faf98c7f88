"""Files that the course computes once and keeps: where they lie, how a damaged one is noticed.

A cached file is two files: NAME holds the bytes, NAME.sha256 their checksum. The checksum is
written last, so a file without one was interrupted and counts as absent.
"""

import glob
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from course_lib.errors import CorruptFileError


def cache_dir() -> Path:
    """Return the folder for cached files: $COURSE_CACHE, or course_lib in the user's cache.

    The folder is made if it does not exist.
    """
    if named := os.environ.get("COURSE_CACHE"):
        folder = Path(named).expanduser()
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
        folder = Path(base) / "course_lib"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as a hexadecimal string."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checksum_path(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def is_cached(path: Path) -> bool:
    """Say whether a file was written to its end; its bytes are not read."""
    return path.is_file() and _checksum_path(path).is_file()


def store(path: Path, write: Callable[[Path], object]) -> Path:
    """Write a cached file whole or not at all.

    write: fills the (temporary) file whose path it is given.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(dir=path.parent, prefix=path.name + ".part"))
    try:
        part = workplace / path.name
        write(part)
        digest = sha256_of(part)
        checksum = _checksum_path(path)
        checksum.unlink(missing_ok=True)  # from here to the last line the file counts as absent
        part.replace(path)
        part_checksum = workplace / checksum.name
        part_checksum.write_text(digest + "\n", encoding="ascii")
        part_checksum.replace(checksum)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    return path


def verify(path: Path, redo: str) -> Path:
    """Compare a cached file with its checksum.

    redo: what the user can do where they differ, for the error's last line.

    Raises: CorruptFileError where they differ.
    """
    expected = _checksum_path(path).read_text(encoding="ascii").strip()
    received = sha256_of(path)
    if received != expected:
        raise CorruptFileError(
            f"{path} with SHA-256 {expected[:12]}…", f"SHA-256 {received[:12]}…", redo
        )
    return path


def discard(path: Path) -> None:
    """Remove a cached file, its checksum and what killed writers of it left behind."""
    for workplace in path.parent.glob(glob.escape(path.name) + ".part*"):
        shutil.rmtree(workplace, ignore_errors=True)
    path.unlink(missing_ok=True)
    _checksum_path(path).unlink(missing_ok=True)
