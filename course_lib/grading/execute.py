"""Run a submission in a kernel and come back, whatever its code does.

nbgrader gives a whole submission up when the kernel dies or answers no interrupt. Here the cell
that did it fails, a new kernel runs the earlier cells again without it, and the rest goes on: what
was earned elsewhere is kept. The time limit counts processor time where a busy machine gave less
than that: the same answer must not fail because others were being graded beside it.
"""

import copy
import subprocess
import time
from importlib import resources as files
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Bool, Enum, Integer

from course_lib.grading.scoring import is_autograded

CELL_SECONDS = 60
SUBMISSION_SECONDS = 900
RESTARTS = 3
PATIENCE = 5  # times the limit in wall time, for a cell that gets little of the processor
ASLEEP = 0.01  # below this share of the processor a cell waits for something, not for its turn

INSTALL = """
def _course_install():
    import sys
    scope = {{}}
    exec(compile({source!r}, "<grading>", "exec"), scope)
    name = sys._getframe().f_code.co_filename
    prefix = name[: max(name.rfind("/"), name.rfind("\\\\")) + 1]
    sys.stderr = scope["StderrRouter"](sys.stderr, sys.stdout, prefix)
_course_install()
del _course_install
"""


class TolerantExecute(Execute):
    """nbgrader's Execute, with a limit for the whole submission and a second life."""

    timeout = Integer(
        CELL_SECONDS, allow_none=True, help="Seconds for one cell; then it is interrupted."
    ).tag(config=True)
    submission_timeout = Integer(
        SUBMISSION_SECONDS, help="Seconds for one notebook; cells after that do not run."
    ).tag(config=True)
    run_last_cells = Bool(
        False, help="Also run what stands behind the last graded cell: no score depends on it."
    ).tag(config=True)
    shutdown_kernel = Enum(["graceful", "immediate"], default_value="immediate").tag(config=True)

    def __init__(self, incidents: list[str], **kwargs: Any) -> None:
        self.incidents = incidents
        super().__init__(**kwargs)

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> tuple[Any, Any]:
        """Run every cell."""
        self._spoilers: set[int] = set()
        self._ready = self._gave_up = False
        marked = [i for i, cell in enumerate(nb.cells) if cell.metadata.get("nbgrader")]
        self._last = len(nb.cells) if self.run_last_cells or not marked else marked[-1]
        return super().preprocess(nb, resources, km)

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Run one cell; an error output takes the place of what could not run."""
        if not self._ready:
            self._prepare()
            self._end = time.monotonic() + self.submission_timeout
        if cell.cell_type != "code" or not cell.source.strip() or index > self._last:
            return cell, resources
        if time.monotonic() > self._end:
            self._fail(cell, "SubmissionTimeout", f"not run: {self.submission_timeout} s are over")
            return cell, resources
        if self._gave_up:
            self._fail(cell, "DeadKernelError", "not run: the kernel ended too often")
            return cell, resources
        self._began, self._used = time.monotonic(), self._processor_seconds()
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            self._fail(cell, "DeadKernelError", "the kernel ended in this cell")
            self._revive(index)
        except CellTimeoutError:
            self._fail(
                cell, "CellTimeoutError", f"longer than {self.timeout} s, deaf to interrupts"
            )
            self._revive(index)
        else:
            if any(output.get("ename") == "CellTimeoutError" for output in cell.outputs):
                self._report(cell, f"longer than {self.timeout} s")
        return cell, resources

    def start_new_kernel(self, **kwargs: Any) -> None:
        """Start a kernel; what its process prints beside the protocol is nobody's output."""
        super().start_new_kernel(stderr=subprocess.DEVNULL, **kwargs)

    async def _async_handle_timeout(self, timeout: int, cell: Any = None) -> Any:
        """Wait on while the cell had less processor time than its limit; then interrupt it."""
        wall = time.monotonic() - self._began
        used = self._processor_seconds() - self._used
        if ASLEEP * wall < used < 0.9 * timeout and wall < PATIENCE * timeout:
            return None
        return await super()._async_handle_timeout(timeout, cell)

    def _processor_seconds(self) -> float:
        """Return the processor time of the kernel and its children so far; 0 where unknown."""
        import psutil

        pid = getattr(getattr(self.km, "provisioner", None), "pid", None)
        try:
            times = psutil.Process(pid).cpu_times() if pid else ()
        except psutil.Error:
            return 0.0
        return sum(times[:4])

    def _prepare(self) -> None:
        """Teach a Python kernel to tell the test's stderr from the learner's."""
        self._ready = True
        if self.nb.metadata.get("language_info", {}).get("name", "python") != "python":
            return
        source = files.files("course_lib.grading").joinpath("stderr_router.py").read_text("utf-8")
        assert self.kc is not None
        self.wait_for_reply(self.kc.execute(INSTALL.format(source=source), silent=True))

    def _revive(self, index: int) -> None:
        """Start a new kernel and run the earlier cells again, without those that end kernels."""
        self._spoilers.add(index)
        self._gave_up = len(self._spoilers) > RESTARTS
        if self._gave_up:
            return
        self._cleanup_kernel()
        self.create_kernel_manager()
        self.start_new_kernel()
        self.start_new_kernel_client()
        self._prepare()
        for at, cell in enumerate(self.nb.cells[:index]):
            if at in self._spoilers or time.monotonic() > self._end:
                continue
            if any(output.get("ename") == "CellTimeoutError" for output in cell.get("outputs", [])):
                continue
            try:
                # on a copy: what the cell said the first time stands
                self.execute_cell(copy.deepcopy(cell), at, store_history=True)
            except (DeadKernelError, CellTimeoutError):
                self._gave_up = True  # it ends kernels only now and then
                return

    def _fail(self, cell: Any, name: str, message: str) -> None:
        cell.outputs = [
            *cell.get("outputs", []),
            new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"]),
        ]
        if is_autograded(cell) or not message.startswith("not run"):
            self._report(cell, message)

    def _report(self, cell: Any, message: str) -> None:
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or "a cell of their own"
        self.incidents.append(f"{name}: {message}")
