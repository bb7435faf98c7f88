"""Which files lie beside the notebooks: in the student's process, and in the checker."""

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
    return {path: data for path, data in bundle.files.items() if path not in theirs}


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
