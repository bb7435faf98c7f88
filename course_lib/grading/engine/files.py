"""Which files lie beside the notebooks: in the student's process, and in the checker."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from course_lib.grading.intake.work import Bundle, Job

LONGEST = 1_000  # characters of a path


def students_files(bundle: Bundle, job: Job, notes: list[str]) -> dict[str, bytes]:
    """Return the files of a submission: what was handed in, and over it the assignment's."""
    given = {path: data for path, data in bundle.files.items() if path not in bundle.keep_own}
    folders = {str(parent) for path in given for parent in PurePosixPath(path).parents}
    own = {}
    for path, content in job.files.items():
        above = {str(parent) for parent in PurePosixPath(path).parents}
        if path in folders or above & set(given):
            notes.append(f"{path} left out: the assignment has a file of that name")
        else:
            own[path] = content
    return own | given


def checkers_files(bundle: Bundle) -> dict[str, bytes]:
    """Return the instructor's files that a test may read.

    What the answers write is not among them: left over in the source, it would stand for every
    answer.
    """
    theirs = {*bundle.products, *bundle.keep_own}
    found = {path: data for path, data in bundle.files.items() if path not in theirs}
    return found | {path: text.encode() for path, text in written_by_given_cells(bundle).items()}


def written_by_given_cells(bundle: Bundle) -> dict[str, str]:
    """Return what the instructor's own cells write by %%writefile: path -> text."""
    found: dict[str, str] = {}
    for notebook in bundle.notebooks:
        found |= notebook.names.get("written", {})
    return {path: text for path, text in found.items() if is_inside(path)}


def modules_in(paths: Iterable[str]) -> set[str]:
    """Return the names by which these files can be imported, also from a folder on the path."""
    found = set()
    for path in paths:
        parts = PurePosixPath(path).with_suffix("").parts
        if path.endswith(".py") and all(map(str.isidentifier, parts)):
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            found |= {".".join(parts[at:]) for at in range(len(parts))}
    return found


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def is_inside(path: object) -> bool:
    """Whether a path that a student's process names stays inside its folder."""
    if not isinstance(path, str) or not 0 < len(path) < LONGEST or "\0" in path:
        return False
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts
