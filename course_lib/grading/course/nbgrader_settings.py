"""What nbgrader_config.py says about autograding, asked of nbgrader's own classes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseDirectoryError, SubmissionError
from course_lib.grading.course.gradesheet import Penalty
from course_lib.grading.course.timestamp import read_time, zone_of

if TYPE_CHECKING:
    from datetime import datetime

    from course_lib.grading.course.course_dir import Course

STAMP_LIMIT = 1000  # bytes of a timestamp.txt
ADVICE = "write it as 2026-11-30T10:00:00+09:00"


def penalty_now(course: "Course", assignment: str) -> Penalty:
    """Return the course's rule for what came late; its plugin is loaded when it is asked."""
    found: list[Settings] = []

    def penalty(student: str, points: float, seconds: float) -> float | None:
        if not found:
            found.append(Settings(course, assignment))
        return found[0].penalty(student, points, seconds) if found[0].assigns_penalties else None

    return penalty


class Settings:
    """The settings of nbgrader's Autograde and AssignLatePenalties for one assignment."""

    def __init__(self, course: "Course", assignment: str) -> None:
        from nbgrader.converters import Autograde
        from nbgrader.preprocessors import AssignLatePenalties
        from nbgrader.utils import chdir

        self.root = str(course.root)
        try:
            with chdir(self.root):  # a penalty plugin may lie beside nbgrader_config.py
                self._converter: Any = Autograde(
                    coursedir=course.directory(assignment), config=course.config
                )
                self._late: Any = AssignLatePenalties(config=course.config)
                self._late.init_plugin()
                chain = [str(step) for step in self._converter.autograde_preprocessors]
        except Exception as error:
            # a plugin or a hook is the course's own Python: anything can come out of it
            raise CourseDirectoryError(
                "settings of Autograde and AssignLatePenalties that nbgrader can use",
                f"{type(error).__name__}: {error}",
                f"mend nbgrader_config.py in {self.root}",
            ) from None
        self.assigns_penalties = any("AssignLatePenalties" in step for step in chain)
        self.create_student = bool(self._converter.create_student)
        self.mode = int(str(self._converter.permissions), 8)
        self.group = bool(self._converter.coursedir.groupshared)
        self.ignore = list(self._converter.coursedir.ignore)
        self.zone = zone_of(course.config)

    def penalty(self, student: str, points: float, seconds: float) -> float | None:
        """Return what the course's plugin takes off one notebook that came late.

        Raises: SubmissionError when the plugin fails.
        """
        try:
            penalty = self._late.plugin_inst.late_submission_penalty(student, points, seconds)
            return None if penalty is None else float(min(max(penalty, 0), points))
        except Exception as error:
            raise SubmissionError(
                "a number or None from the course's plugin for late penalties",
                f"{type(error).__name__}: {error}",
                "mend the plugin that AssignLatePenalties.plugin_class names",
            ) from None

    def timestamp(self, folder: Path) -> "datetime | None":
        """Return when a submission was handed in (UTC), from its timestamp.txt.

        Raises: ValueError when there is one that says no time.
        """
        path = folder / "timestamp.txt"
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise ValueError("timestamp.txt is no plain file")
        if path.exists() and path.stat().st_size > STAMP_LIMIT:
            raise ValueError("timestamp.txt holds more than a time")
        if not path.exists():
            return None
        try:
            text = path.read_bytes().decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            raise ValueError("timestamp.txt is no text") from None
        try:
            return read_time(text, self.zone) if text else None
        except ValueError as error:
            raise ValueError(f"timestamp.txt: {error}; {ADVICE}") from None

    def hook(self, which: str, student: str, notebooks: list[Path]) -> None:
        """Run the course's pre_convert_hook or post_convert_hook; as in nbgrader, it may fail."""
        if not getattr(self._converter, f"{which}_convert_hook"):
            return
        from nbgrader.utils import chdir

        self._converter.coursedir.student_id = student
        self._converter.notebooks = [str(path) for path in notebooks]
        with chdir(self.root):
            getattr(self._converter, f"run_{which}_convert_hook")()
