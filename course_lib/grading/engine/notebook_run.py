"""Run one notebook: each cell where it belongs, and go on whatever a cell does to its process."""

import sys
import time
from typing import Any

from course_lib.grading.course.limits import Limits
from course_lib.grading.engine.files import is_inside
from course_lib.grading.engine.names import TEST, Source, borrowed
from course_lib.grading.engine.namespace import Namespace
from course_lib.grading.engine.outputs import Outputs
from course_lib.grading.engine.patched import Patched
from course_lib.grading.engine.student import Control, StudentProcess
from course_lib.grading.engine.students_modules import StudentsModules
from course_lib.grading.engine.test_cell import Ran, run_test
from course_lib.grading.intake.work import BundleNotebook, Job
from course_lib.grading.remote.session import Session, StudentGone

RESTARTS = 3
ENVIRONMENT = {"NBGRADER_EXECUTION": "autograde", "COURSE_SANDBOX": "1"}


class NotebookRun:
    """The run of one submitted notebook; `messages` says why a test failed."""

    def __init__(
        self,
        notebook: BundleNotebook,
        source: Source,
        limits: Limits,
        control: Control,
        files: dict[str, bytes],
        job: Job,
        modules: StudentsModules,
        *,
        is_last: bool = True,
    ) -> None:
        self.places = {
            cell.known.name: at for at, cell in enumerate(notebook.cells) if cell.known is not None
        }
        self.cells = notebook.cells
        self.source = source
        self.limits = limits
        self.control = control
        self.files = files
        self.job = job
        self.modules = modules
        self.is_last = is_last
        self.namespace = Namespace(source)
        self.outputs = Outputs(limits.output)
        self.messages: dict[str, str] = {}
        self.notes: list[str] = []
        self.loaded: list[str] = []
        self.products: list[str] = []
        self._session: Session | None = None
        self._student: StudentProcess | None = None
        self._ran: list[str] = []  # what the process has run so far, to run again after a restart
        self._restarts = 0
        self._end = 0.0

    def run(self, notebook: Any) -> None:
        """Run every code cell up to the last one that a score depends on.

        What is to learn is learnt, and `files` are brought up to date for the notebooks to come.
        """
        self._end = time.monotonic() + self.limits.submission_seconds
        sys.meta_path.append(self.modules)
        try:
            for cell in notebook.cells[: self._end_of(notebook)]:
                if cell.cell_type == "code":
                    self._run_cell(cell)
            if self._session is not None and (self.job.learn or not self.is_last):
                self._look_back(self._session)
        finally:
            sys.meta_path.remove(self.modules)
            self._stop()
        if self.outputs.cut:
            self.notes.append("its output was cut")

    def _end_of(self, notebook: Any) -> int:
        """Return how many cells are run.

        Nobody reads what the instructor's own answers show behind the last test: there it ends.
        """
        cells = [cell.metadata.get("nbgrader") for cell in notebook.cells]
        if not self.is_last or not any(cells):
            return len(cells)
        wanted = self._is_test if self.job.learn else bool
        return max((at + 1 for at, meta in enumerate(cells) if wanted(meta)), default=0)

    def _is_test(self, meta: dict[str, Any] | None) -> bool:
        place = self.places.get((meta or {}).get("grade_id", ""))
        return place is not None and self.source.roles[place] == TEST

    def _look_back(self, session: Session) -> None:
        """Take what the process has written, and which modules it has loaded."""
        try:
            written, gone, left_out = session.written()
            self.loaded = session.loaded() if self.job.learn else []
        except (StudentGone, Exception):
            self.notes.append("what its notebook wrote is lost with its process")
            return
        self.products = [*written, *left_out, *gone]
        self.files |= {path: data for path, data in written.items() if is_inside(path)}
        for path in gone:
            self.files.pop(path, None)
        self.notes += [f"{path} left out: too large for the next notebook" for path in left_out]

    def _run_cell(self, cell: Any) -> None:
        from nbformat import from_dict

        self.outputs.begin()
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        place = self.places.get(name)
        number = None
        if not cell.source.strip():
            pass
        elif time.monotonic() > self._end:
            self._fail(name, "SubmissionTimeout", f"{self.limits.submission_seconds:g} s are over")
        elif place is not None and self._is_test(cell.metadata["nbgrader"]):
            self._run_test(place, name)
        else:
            number = self._run_student_cell(cell.source, name)
        cell.outputs = [from_dict(output) for output in self.outputs.end()]
        cell.execution_count = number

    # -- the student's cells ----------------------------------------------------------------------

    def _run_student_cell(self, text: str, name: str | None) -> int | None:
        session = self._ready()
        if session is None:
            self._fail(name, "DeadKernelError", "not run: the process ended too often")
            return None
        session.said, session.interrupted = self.outputs.take, False
        try:
            number = session.run_cell(text)
        except StudentGone as gone:
            self._fail(name, _kind(str(gone)), str(gone))
            self._note(name, str(gone))
            return None
        finally:
            session.said = lambda output: None
        if session.interrupted:
            self._note(name, f"longer than {self.limits.cell_seconds:g} s")
        else:
            self._ran.append(text)
        return number

    def _run_test(self, place: int, name: str) -> None:
        bundled = self.cells[place]
        session = self._ready()
        if session is None:
            self._fail(name, "DeadKernelError", "not run: the process ended too often")
            self.messages[name] = "the process ended too often"
            return
        ran = self._shared(session, place) if bundled.shared else None
        if ran is None:
            self.namespace.enter(place, session, bundled.variables)
            self.modules.session = session
            patched = Patched(self.source.texts) if self.job.learn else None
            seconds = self.limits.cell_seconds
            ran = run_test(bundled.source, self.namespace, session, seconds, patched)
            self.namespace.leave()
            self.modules.forget()
        for output in ran.outputs:
            self.outputs.take(output)
        self.messages[name] = ran.message
        if session.gone or session.interrupted:
            self._note(name, ran.message)
        known = bundled.known
        if known is not None and place in self.source.replays and not session.gone:
            self._quietly(known.visible)

    def _shared(self, session: Session, place: int) -> Ran:
        """Run a test beside the student's code, with what it needs of earlier tests."""
        ran = Ran()
        try:
            for text in borrowed(self.source, place):
                session.run_cell(text, store=False)
            session.said, session.interrupted = ran.outputs.append, False
            session.run_cell(self.cells[place].source, store=False)
        except StudentGone as gone:
            ran.message = str(gone)
            error = {"output_type": "error", "ename": _kind(str(gone)), "evalue": str(gone)}
            ran.outputs.append(error | {"traceback": [str(gone)]})
        finally:
            session.said = lambda output: None
        for output in ran.outputs:
            if output.get("output_type") == "error":
                said = output.get("evalue")
                ran.message = f"{output.get('ename')}: {said}" if said else str(output.get("ename"))
        ran.outputs = [o for o in ran.outputs if o.get("name") != "stderr"]
        return ran

    def _quietly(self, text: str) -> None:
        """Run what later cells need of a test's visible part."""
        session = self._ready()
        if session is None:
            return
        try:
            session.run_cell(text, store=False)
            self._ran.append(text)
        except StudentGone:
            pass

    # -- the process ------------------------------------------------------------------------------

    def _ready(self) -> Session | None:
        """Return a session with a living process that has run the earlier cells."""
        if self._session is not None and not self._session.gone:
            return self._session
        if self._session is not None:
            self._restarts += 1
            if self._restarts > RESTARTS:
                return None
        self._stop()
        self._student = StudentProcess(self.control, self.limits)
        session = self._session = Session(
            self._student.channel,
            self._student,
            self.limits,
            self.namespace.own_class,
            {name: set(found) for name, found in self.source.special.items()},
        )
        try:
            session.start(self.files, self.source.classes, ENVIRONMENT, self.job.seed)
        except StudentGone:
            return self._ready()
        for at, text in enumerate(self._ran):
            try:
                session.run_cell(text)
            except StudentGone:
                del self._ran[at]  # it ends processes: the others go on without it
                return self._ready()
        return session

    def _stop(self) -> None:
        """Let the process go: it ends when its channel closes, or with the checker."""
        if self._student is not None:
            self._student.channel.close()
            self._student = None

    def _fail(self, name: str | None, kind: str, message: str) -> None:
        line = f"{kind}: {message}"
        self.outputs.take(
            {"output_type": "error", "ename": kind, "evalue": message, "traceback": [line]}
        )
        if name is not None:
            self.messages[name] = line

    def _note(self, name: str | None, message: str) -> None:
        self.notes.append(f"{name or 'a cell of their own'}: {message}")


def _kind(why: str) -> str:
    return "CellTimeoutError" if "longer than" in why else "DeadKernelError"
