"""The folder autograded/STUDENT/ASSIGNMENT, as nbgrader would leave it, written aside and swapped.

At every moment the folder is the old one, the new one, or for an instant moved aside as .NAME.old;
`tidy` puts that one back when a run was killed just then.
"""

import os
import shutil
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from course_lib.grading.course.files import write_through

WRITABLE_BY_GROUP = 0o2770


def deliver(
    folder: Path,
    notebooks: Mapping[str, str],
    files: Mapping[str, bytes],
    own: Mapping[str, bytes],
    *,
    ignore: list[str],
    mode: int = 0o444,
    group: bool = False,
) -> None:
    """Replace `folder` by one with these notebooks, the source's files and the student's own.

    A file of the source goes before a student's of the same name. Raises: OSError; nothing changed.
    """
    tidy(folder)
    new, old = _beside(folder)
    try:
        new.mkdir(parents=True)
        for name, text in notebooks.items():
            _write(new, f"{name}.ipynb", text.encode())
        for name in sorted(files):
            if _wanted(name, ignore):
                _write(new, name, files[name])
        for name in sorted(own.keys() - files.keys()):
            if _wanted(name, ignore):
                _write_if_possible(new, name, own[name])
        _set_modes(new, mode, group)
        if folder.is_symlink() or folder.exists():
            folder.rename(old)
        new.rename(folder)
    except BaseException:
        _remove(new)
        tidy(folder)
        raise
    _remove(old)


def tidy(folder: Path) -> None:
    """Undo what a killed run left: put a folder that was moved aside back, drop a half-made one."""
    new, old = _beside(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)
    for left in (new, old):
        _remove(left)


def is_delivered(folder: Path, notebooks: list[str]) -> bool:
    """Whether the folder has these notebooks, none of them empty."""
    paths = [folder / f"{name}.ipynb" for name in notebooks]
    return bool(paths) and all(path.is_file() and path.stat().st_size > 0 for path in paths)


def _beside(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _wanted(name: str, ignore: list[str]) -> bool:
    """Whether nbgrader would copy the file: no notebook, no part of its path ignored."""
    parts = PurePosixPath(name).parts
    if not parts or parts[0] == "/" or ".." in parts:
        return False
    return not fnmatch(parts[-1], "*.ipynb") and not any(
        fnmatch(part, pattern) for part in parts for pattern in ignore
    )


def _write(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_through(path, content)


def _write_if_possible(folder: Path, name: str, content: bytes) -> None:
    """Write a student's file unless a file of the source stands where its folder would be."""
    try:
        _write(folder, name, content)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        return


def _set_modes(folder: Path, mode: int, group: bool) -> None:
    for where, _, names in os.walk(folder):
        for name in names:
            (Path(where) / name).chmod(mode)
        if group:
            now = Path(where).stat().st_mode
            Path(where).chmod((now | WRITABLE_BY_GROUP) & 0o2777)
