"""The engine inside nbgrader: `nbgrader autograde` and formgrader's button grade in the sandbox.

In nbgrader_config.py:

    from course_lib.grading.plugin import use_sandbox
    use_sandbox(c)

That puts `Repair` before nbgrader's own preprocessors and `SandboxedExecute` in the place of its
`Execute`. Everything else is nbgrader: its folders, its gradebook, its late penalties. Time stamps
are read as `course autograde` reads them; of notebooks under another name, which nbgrader leaves
out, `tell_of_names` warns.
"""

import atexit
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Enum
from traitlets.log import get_logger

from course_lib.errors import CourseError
from course_lib.grading.intake.bundle import make_bundle, make_job

if TYPE_CHECKING:
    from course_lib.grading.course.course_dir import Course
    from course_lib.grading.intake.work import Bundle, Job, SubmissionResult

OURS, THEIRS = "course_lib.grading.plugin.", "nbgrader.preprocessors."
SANITIZE = [
    OURS + "Repair",
    *(
        THEIRS + name
        for name in (
            "ClearOutput",
            "DeduplicateIds",
            "OverwriteKernelspec",
            "OverwriteCells",
            "CheckCellMetadata",
        )
    ),
]
AUTOGRADE = [
    OURS + "SandboxedExecute",
    THEIRS + "IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    *(
        THEIRS + name
        for name in ("LimitOutput", "SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata")
    ),
]


def use_sandbox(config: Any, sandbox: str = "bubblewrap") -> None:
    """Have nbgrader grade in the sandbox. config: the `c` of nbgrader_config.py."""
    config.Autograde.sanitize_preprocessors = list(SANITIZE)
    config.Autograde.autograde_preprocessors = list(AUTOGRADE)
    config.SandboxedExecute.sandbox = sandbox
    if "pre_convert_hook" not in config.Autograde:
        config.Autograde.pre_convert_hook = tell_of_names


def tell_of_names(*, assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """Warn of notebooks that nbgrader is about to leave out for their names.

    A `pre_convert_hook`: nbgrader calls it in the course's folder. `student` may be a pattern.
    """
    from course_lib.grading.course.course_dir import open_course
    from course_lib.grading.intake.expected import expected_notebooks
    from course_lib.grading.intake.naming import handed_in
    from course_lib.grading.intake.source_cell import Report

    paths, course = [Path(path) for path in notebooks], open_course(Path.cwd())
    sources = course.folder("source", assignment).glob("*.ipynb")
    if {path.stem for path in paths} <= {path.stem for path in sources}:
        return
    given, report = {path.stem: path.read_bytes() for path in paths}, Report()
    handed_in(expected_notebooks(course, assignment), given, report)
    for line in [*report.notes, *report.doubts]:
        get_logger().warning(
            "%s: %s. nbgrader leaves out what has another name; `course autograde` reads it",
            paths[0].parent,
            line,
        )


class Desk:
    """The engine of this process: one warm worker, kept while the assignment stays the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: tuple[tuple[str, str], Any] | None = None  # what it grades and how, the pool
        self._graded: tuple[str, SubmissionResult] | None = None

    def close(self) -> None:
        """End the worker."""
        if self._open is not None:
            self._open[1].__exit__()
        self._open = self._graded = None

    def notebook(
        self, course: "Course", assignment: str, student: str, name: str, sandbox: str, log: Any
    ) -> str:
        """Return the text of a graded notebook.

        Raises: CourseError where a person must look at the submission.
        """
        with self._lock:
            bundle = make_bundle(course, assignment)
            job = make_job(course, assignment, student)
            result = self._result(bundle, job, name, sandbox, log)
            graded = result.notebooks.pop(name, None)  # asked for again, it is graded again
        if graded is None:
            raise CourseError(
                f"a submission of {student!r} that can be graded",
                "; ".join(result.doubts) or f"no {name}.ipynb",
                "look at the notebook, mend it or ask for it again, then grade again",
            )
        return graded.text

    def _result(
        self, bundle: "Bundle", job: "Job", name: str, sandbox: str, log: Any
    ) -> "SubmissionResult":
        """Return what is left of the student's last result, or grade: all notebooks at once."""
        key = bundle.key(), sandbox
        this = job.student + job.key(key[0])
        if self._graded is not None and self._graded[0] == this:
            if name in self._graded[1].notebooks:
                return self._graded[1]
        pool = self._pool(bundle, key, log)
        (result,) = pool.grade([job])
        for line in [*result.doubts, *result.flags]:
            log.warning("%s needs a person: %s", job.student, line)
        for line in result.notes:
            log.info("%s: %s", job.student, line)
        self._graded = this, result
        return result

    def _pool(self, bundle: "Bundle", key: tuple[str, str], log: Any) -> Any:
        if self._open is not None and self._open[0] == key:
            return self._open[1]
        from course_lib.grading.engine import open_engine

        self.close()
        pool = open_engine(bundle, sandbox=key[1])
        for note in pool.notes:
            log.warning("%s: %s", bundle.assignment, note)
        self._open = key, pool
        return pool


DESK = Desk()
atexit.register(DESK.close)


class Repair(NbGraderPreprocessor):
    """Put a submission in order before nbgrader sees it: copies, lost metadata, missing tests."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Mend the notebook.

        Raises: CourseError when there is nothing of the assignment in it.
        """
        from nbformat import v4

        from course_lib.grading.intake.expected import expected_notebooks
        from course_lib.grading.intake.intake import read_notebook
        from course_lib.grading.intake.repair import repair
        from course_lib.grading.intake.source_cell import Report

        asked, course = resources["nbgrader"], course_of(self)
        name = asked["notebook"]
        notebooks = expected_notebooks(course, asked["assignment"])
        source = next(notebook for notebook in notebooks if notebook.name == name)
        clean = read_notebook(name, v4.writes(nb).encode())
        report = Report()
        repair(clean, source.outline, report)
        if source.expected and not report.found:
            raise CourseError(
                f"the cells of {name!r}",
                f"none of them in {name}.ipynb",
                "ask for the notebook again",
            )
        nb.cells, nb.nbformat, nb.nbformat_minor = clean.cells, 4, 5
        return nb, resources


class SandboxedExecute(Execute):
    """Run the student's cells in the sandbox and the tests outside it, in the place of Execute."""

    sandbox = Enum(
        ["bubblewrap", "container"],
        default_value="bubblewrap",
        help="What keeps submissions apart from this machine.",
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> tuple[Any, Any]:
        """Take the cells as they were graded from what the student handed in.

        Raises: CourseError where a person must look at the submission.
        """
        from nbformat import reads

        asked, course = resources["nbgrader"], course_of(self)
        mend_stamp(course, asked["assignment"], asked["student"], self.log)
        text = DESK.notebook(
            course,
            asked["assignment"],
            asked["student"],
            asked["notebook"],
            self.sandbox,
            self.log,
        )
        nb.cells, nb.nbformat, nb.nbformat_minor = reads(text, as_version=4).cells, 4, 5
        return nb, resources


def mend_stamp(course: "Course", assignment: str, student: str, log: Any) -> None:
    """Enter when a submission came, where nbgrader has read something else in its timestamp.txt.

    nbgrader works out what came late from the gradebook, after this. What says no time is taken for
    in time, and named.
    """
    from course_lib.grading.course.nbgrader_settings import Settings

    folder, when = course.folder("submitted", assignment, student), None
    try:
        when = Settings(course, assignment).timestamp(folder)
        if when is None:
            return
        said = f"it says {when} UTC"
    except ValueError as error:
        said = f"it needs a person: {error}; whether it came late is not known"
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission(assignment, student)
        read = submission.timestamp
        if read != when:
            submission.timestamp = when
            gradebook.db.commit()
            log.warning("%s: nbgrader read %s, %s", folder / "timestamp.txt", read, said)


def course_of(preprocessor: Any) -> "Course":
    """Return the course that nbgrader's converter, which this preprocessor belongs to, is in."""
    from course_lib.grading.course.course_dir import Course

    converter = preprocessor.parent.parent
    directory = converter.coursedir
    return Course(Path(directory.root), converter.config, directory.db_url)
