"""Any nbgrader course directory: its configuration, its folders, its gradebook."""

import glob
import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseDirectoryError, UnknownNameError
from course_lib.grading.course.gradebook_errors import SQLITE, explain, patient, require_tables
from course_lib.grading.notebook.jsonschema_quickly import import_jsonschema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config


@dataclass(frozen=True)
class Course:
    """A course directory as nbgrader reads it, nbgrader_config.py included."""

    root: Path
    config: "Config"
    db_url: str

    def directory(self, assignment: str = "", student: str = "*") -> "CourseDirectory":
        """Return nbgrader's own view, bound to an assignment and to one student (by glob)."""
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(
            config=self.config,
            root=str(self.root),
            db_url=self.db_url,
            assignment_id=assignment,
            student_id=student,
        )

    def folder(self, step: str, assignment: str, student: str = ".") -> Path:
        """Return the folder of a step: source, release, submitted, autograded or feedback."""
        directory = self.directory()
        return Path(
            directory.format_path(getattr(directory, f"{step}_directory"), student, assignment)
        )

    def assignments(self) -> list[str]:
        """Return the names of the assignments that have a source folder, in order."""
        return self._found("source", "assignment", student=".")

    def students(self, assignment: str) -> list[str]:
        """Return who submitted an assignment, in order; nbgrader's excluded ones left out."""
        excluded = set(self.directory().student_id_exclude.split(","))
        found = self._found("submitted", "student", assignment=assignment)
        return [student for student in found if student not in excluded]

    def _found(self, step: str, wanted: str, **fixed: str) -> list[str]:
        """Return the values of `wanted` (student or assignment) among the folders of a step.

        The course's own directory_structure decides at which depth of the path they stand.
        """
        directory = self.directory()
        where: str = getattr(directory, f"{step}_directory")
        any_of: dict[str, Any] = {f"{key}_id": glob.escape(value) for key, value in fixed.items()}
        any_of[f"{wanted}_id"] = "*"
        # as nbgrader does; Path.glob takes no absolute pattern and drops the "." of a source
        paths = glob.glob(directory.format_path(where, **any_of))  # noqa: PTH207
        parts: dict[str, Any] = {f"{key}_id": re.escape(value) for key, value in fixed.items()}
        parts |= {f"{wanted}_id": "(?P<wanted>[^/]+)", "escape": True}
        pattern = directory.format_path(where, **parts) + "/?"
        matches = (re.fullmatch(pattern, path) for path in paths if Path(path).is_dir())
        return sorted({match["wanted"] for match in matches if match})

    @contextmanager
    def gradebook(self) -> "Iterator[Any]":
        """Open nbgrader's Gradebook (Any: its SQLAlchemy columns mislead type checkers).

        Never makes an empty one.

        Raises: CourseDirectoryError when there is none, or when it cannot be read or written.
        """
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SQLAlchemyError

        self.require_gradebook()
        try:
            with Gradebook(patient(self.db_url), self.directory().course_id) as gradebook:
                yield gradebook
        except SQLAlchemyError as error:
            raise explain(error, self.db_url) from None

    def require_gradebook(self) -> None:
        """Raise CourseDirectoryError when there is no gradebook, or no server that answers."""
        path = self.db_url.removeprefix(SQLITE)
        if path != self.db_url and not Path(path).is_file():
            raise CourseDirectoryError(
                f"a gradebook at {path}",
                "no such file",
                "run `nbgrader generate_assignment NAME` in the course directory, or put it back",
            )
        require_tables(self.db_url)

    def require_assignment(self, assignment: str) -> None:
        """Raise a CourseError unless the assignment has a source and stands in the gradebook."""
        known = self.assignments()
        if not known:
            raise CourseDirectoryError(
                f"notebooks in {self.folder('source', 'ASSIGNMENT')}",
                "no source folder with an assignment",
                "give the folder that holds nbgrader_config.py and source/ as --course-dir",
            )
        if assignment not in known:
            raise UnknownNameError("assignment", assignment, known)
        with self.gradebook() as gradebook:
            in_book = [a.name for a in gradebook.assignments if a.notebooks]
        if assignment not in in_book:
            raise CourseDirectoryError(
                f"the assignment {assignment!r} in the gradebook",
                f"there: {', '.join(in_book) or 'none'}",
                f"run `nbgrader generate_assignment {assignment}` in the course directory",
            )

    def require_students(self, assignment: str, wanted: tuple[str, ...]) -> list[str]:
        """Return the students asked for (all, if none is named).

        Raises: UnknownNameError for one who submitted nothing.
        """
        known = self.students(assignment)
        for student in wanted:
            if student not in known:
                raise UnknownNameError(
                    f"student with a submission of {assignment!r}", student, known
                )
        return list(wanted) or known


def _absolute(db_url: str, root: Path) -> str:
    """Return the URL with a file's path made absolute: nbgrader resolves it from the root."""
    if not db_url.startswith(SQLITE):
        return db_url
    return SQLITE + str(root / db_url.removeprefix(SQLITE))


def open_course(folder: Path, db_url: str = "") -> Course:
    """Read a course directory the way nbgrader's own commands do; db_url as their --db.

    Raises: CourseDirectoryError when the folder is missing or its configuration fails.
    """
    import_jsonschema()
    from nbgrader.apps.baseapp import NbGrader
    from nbgrader.utils import chdir

    root = folder.expanduser().resolve()
    if not root.is_dir():
        raise CourseDirectoryError(
            "an nbgrader course directory", f"{folder}: no such folder", "check --course-dir"
        )
    app = NbGrader(log_level=logging.CRITICAL, raise_config_file_errors=True)
    try:
        with chdir(str(root)):
            app.initialize([], root=str(root))
            directory: Any = app.coursedir
            base = Path(directory.root)
            course = Course(base, app.config, _absolute(db_url or directory.db_url, base))
    except (Exception, SystemExit) as error:
        # nbgrader_config.py is the course's own Python: anything can come out of it
        raise CourseDirectoryError(
            "a configuration that nbgrader can read",
            f"{type(error).__name__}: {error} (nbgrader_config.py in {root})",
            "mend nbgrader_config.py; `nbgrader --help-all` lists the settings",
        ) from None
    return course
