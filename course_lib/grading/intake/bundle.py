"""An nbgrader course directory as bundles and jobs: what is read from disk before anything runs."""

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseDirectoryError, NotebookError
from course_lib.grading.course.limits import Limits
from course_lib.grading.intake.intake import expected_cells, without_hidden
from course_lib.grading.intake.repair import SourceCell
from course_lib.grading.intake.work import Bundle, BundleCell, BundleNotebook, Job
from course_lib.grading.notebook.format import cell_id

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from course_lib.grading.course.course_dir import Course

NOTEBOOK_LIMIT = 20_000_000  # bytes: a notebook with its figures stays far below
FILES_LIMIT = 50_000_000  # bytes of all files beside the notebooks
FILES_MOST = 500
NOTEBOOKS_MOST = 50
SHARED_TAG = "shared-process"


def make_bundle(course: "Course", assignment: str) -> Bundle:
    """Return the assignment with everything that decides a score.

    Test cells come from the gradebook, as nbgrader's OverwriteCells takes them; what the gradebook
    does not keep (given cells, answers, order) comes from the source notebook.

    Raises: CourseDirectoryError for a source that cannot be read.
    """
    with course.gradebook() as gradebook:
        known = expected_cells(course, gradebook, assignment)
    folder = course.folder("source", assignment)
    notebooks = tuple(_notebook(folder, name, cells) for name, cells in sorted(known.items()))
    kept = _config(course, "Autograde", "exclude_overwriting", {}).get(assignment, [])
    files = _files(folder, course.directory().ignore)
    return Bundle(assignment, notebooks, files, tuple(kept), _limits(course))


def bundle_of(name: str, source: "NotebookNode", limits: Limits | None = None) -> Bundle:
    """Return the bundle of one source notebook that is in no course directory."""
    cells = tuple(_cell(cell, _known(cell)) for cell in source.cells)
    notebook = BundleNotebook(name, cells, dict(source.metadata.get("kernelspec", {})))
    return Bundle(name, (notebook,), limits=limits or Limits())


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


def _notebook(folder: Path, name: str, known: list) -> BundleNotebook:
    import nbformat

    path = folder / f"{name}.ipynb"
    try:
        source = nbformat.read(path, as_version=4)
    except Exception as error:
        raise CourseDirectoryError(
            f"the source notebook {path}",
            f"{type(error).__name__}: {error}"[:200],
            "put it back, or remove the notebook from the gradebook",
        ) from None
    kernel = dict(source.metadata.get("kernelspec", {}))
    language = source.metadata.get("language_info", {}).get("name") or kernel.get("language")
    if str(language or "python").lower() not in ("python", "ipython"):
        raise CourseDirectoryError(
            "a notebook in Python", f"{path.name} in {language}", "grade it by `nbgrader autograde`"
        )
    by_name, cells = {cell.name: cell for cell in known}, []
    for cell in source.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cells.append(_cell(cell, by_name.pop(grade_id, None)))
    # in the gradebook only: the source was edited since it was released
    cells += [BundleCell(cell_id(c.name), c.cell_type, c.source, c) for c in by_name.values()]
    return BundleNotebook(name, tuple(cells), kernel)


def _cell(cell: "NotebookNode", known: SourceCell | None) -> BundleCell:
    is_test = known is not None and known.grade and not known.solution
    asked = is_test and SHARED_TAG in cell.metadata.get("tags", [])
    return BundleCell(
        cell.get("id") or cell_id(known.name if known else "cell"),
        cell.cell_type,
        known.source if known is not None and not known.solution else cell.source,
        known,
        "its source asks for it" if asked else "",
    )


def _known(cell: "NotebookNode") -> SourceCell | None:
    """Return what the gradebook would have of a cell."""
    meta = cell.metadata.get("nbgrader")
    if not meta:
        return None
    roles = {role: bool(meta.get(role)) for role in ("grade", "solution", "task", "locked")}
    points = float(meta["points"]) if "points" in meta else None
    return SourceCell(
        name=meta["grade_id"],
        cell_type=cell.cell_type,
        source=cell.source,
        visible=without_hidden(cell.source),
        points=points,
        checksum=None,
        **roles,
    )


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
