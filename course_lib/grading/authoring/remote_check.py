"""Whether an assignment's tests work from outside the student's process: asked before a release."""

from course_lib.errors import CourseError
from course_lib.grading.authoring.source import Assignment, read_source
from course_lib.grading.course.limits import Limits
from course_lib.grading.intake.bundle import bundle_of


class RemoteTestError(CourseError):
    """A test that passes only inside the student's process, where it could be tampered with."""


def require_remote(assignment: Assignment, sandbox: str = "bubblewrap") -> None:
    """Grade the assignment's own answers as a submission, in the engine that will grade the class.

    Raises: RemoteTestError naming the tests that fail there; SandboxError without a sandbox.
    """
    from course_lib.grading.engine import open_engine

    limits = Limits(cell_seconds=300.0)
    bundle = bundle_of(assignment.name, read_source(assignment), limits)
    with open_engine(bundle, 1, sandbox=sandbox) as engine:
        notes = engine.notes
    if notes:
        raise RemoteTestError(
            f"tests of {assignment.name} that work on values from another process",
            "; ".join(notes),
            "test by value (the instructor's guide says how), or tag the cell `shared-process`: it"
            " then runs beside the student's code and is marked as not tamper-proof",
        )
