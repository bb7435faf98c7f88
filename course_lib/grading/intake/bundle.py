"""An nbgrader course directory as bundles and jobs: what is read from disk before anything runs."""

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import NotebookError
from course_lib.grading.course.limits import Limits
from course_lib.grading.intake.expected import expected_notebooks, notebook_of
from course_lib.grading.intake.work import Bundle, Job

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from course_lib.grading.course.course_dir import Course

NOTEBOOK_LIMIT = 20_000_000  # bytes: a notebook with its figures stays far below
FILES_LIMIT = 50_000_000  # bytes of all files beside the notebooks
FILES_MOST = 500
NOTEBOOKS_MOST = 50


def make_bundle(course: "Course", assignment: str) -> Bundle:
    """Return the assignment with everything that decides a score.

    Raises: CourseDirectoryError for a source that cannot be read.
    """
    notebooks = expected_notebooks(course, assignment)
    kept = _config(course, "Autograde", "exclude_overwriting", {}).get(assignment, [])
    files = _files(course.folder("source", assignment), course.directory().ignore)
    return Bundle(assignment, notebooks, files, tuple(kept), limits=_limits(course))


def bundle_of(name: str, source: "NotebookNode", limits: Limits | None = None) -> Bundle:
    """Return the bundle of one source notebook that is in no course directory."""
    return Bundle(name, (notebook_of(name, source),), limits=limits or Limits())


def make_job(course: "Course", assignment: str, student: str) -> Job:
    """Return what a student handed in.

    Raises: NotebookError when there is no notebook, or a file is a link or too large.
    """
    folder = course.folder("submitted", assignment, student)
    paths = sorted(folder.glob("*.ipynb"))
    if not paths or len(paths) > NOTEBOOKS_MOST:
        count = len(paths) or "no"
        raise NotebookError("a notebook", f"{count} notebooks in {folder.name}", "ask for it again")
    notebooks = {path.stem: _read(path, NOTEBOOK_LIMIT) for path in paths}
    left_out: list[str] = []
    files = _files(folder, course.directory().ignore, left_out)
    return Job(student, notebooks, files, tuple(f"{path} left out: a link" for path in left_out))


def _limits(course: "Course") -> Limits:
    default = Limits()
    seconds = default.cell_seconds
    for section in ("NbClientApp", "ExecutePreprocessor", "Execute"):
        given = _config(course, section, "timeout", None)
        seconds = float(given) if given else seconds
    whole = float(_config(course, "CourseAutograde", "submission_timeout", 0) or 0)
    return Limits(
        cell_seconds=seconds, submission_seconds=max(whole or default.submission_seconds, seconds)
    )


def _config(course: "Course", section: str, name: str, default: Any) -> Any:
    # asking a Config for a section that it lacks would add it
    return course.config[section].get(name, default) if section in course.config else default


def _files(folder: Path, ignored: list[str], left_out: list[str] | None = None) -> dict[str, bytes]:
    """Return every plain file below a folder but notebooks and what the course ignores."""
    from fnmatch import fnmatch

    found: dict[str, bytes] = {}
    room = FILES_LIMIT
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if not any(fnmatch(n, one) for one in ignored))
        for name in sorted(names):
            path = Path(parent) / name
            if any(fnmatch(name, one) for one in ignored) or path.suffix == ".ipynb":
                continue
            if not stat.S_ISREG(path.lstat().st_mode):
                if left_out is not None:
                    left_out.append(str(path.relative_to(folder)))
                continue
            content = _read(path, room)
            room -= len(content)
            found[str(path.relative_to(folder))] = content
            if len(found) > FILES_MOST:
                raise NotebookError(f"at most {FILES_MOST} files", "more", f"clean up {folder}")
    return found


def _read(path: Path, most: int) -> bytes:
    """Return a file's bytes; no links, nothing but plain files, nothing larger than `most`."""
    again = "ask for the notebook again"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        what = "a link" if path.is_symlink() else error.strerror
        raise NotebookError(f"a file at {path.name}", str(what), again) from None
    found = os.fstat(descriptor)
    fault = None
    if not stat.S_ISREG(found.st_mode):
        fault = f"a file at {path.name}", "a folder or a device", again
    elif found.st_size > most:
        size = f"{path.name} of {found.st_size // 1_000_000} MB"
        most_mb = f"a file of at most {most // 1_000_000} MB"
        fault = most_mb, size, "clear its outputs and grade again"
    if fault is not None:
        os.close(descriptor)
        raise NotebookError(*fault)
    with os.fdopen(descriptor, "rb") as file:
        return file.read()
