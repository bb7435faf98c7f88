"""Run one test of the instructor's, in a process that never runs student code."""

import ast
import asyncio
import inspect
import io
import signal
import sys
import traceback
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from course_lib.grading.engine.patched import Patched
from course_lib.grading.notebook.scoring import ON_STDERR, as_number
from course_lib.grading.remote.session import OutOfTime, StudentGone

if TYPE_CHECKING:
    from course_lib.grading.engine.namespace import Namespace
    from course_lib.grading.remote.session import Session

FILE = "<test>"


@dataclass
class Ran:
    """What a test showed, in nbformat's words, and why it failed."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    message: str = ""


def run_test(
    source: str,
    namespace: "Namespace",
    session: "Session",
    seconds: float,
    patched: Patched | None = None,
) -> Ran:
    """Run a test's source; whatever it raises becomes an error output.

    patched: looks whether the test replaces what only this process sees; then it has failed.
    """
    ran, shown = Ran(), _Shown()
    session.said = shown.student
    session.look = patched.look if patched is not None else None
    session.interrupted = session.overdue = False
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = shown.out, shown.err
    alarm = _Alarm(session)
    previous = signal.signal(signal.SIGPROF, alarm.ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    session.in_test = True
    error: BaseException | None = None
    try:
        # subtle: a loop in C lets the alarm ring only when it is over, maybe in the middle of this
        try:
            with warnings.catch_warnings():
                warnings.showwarning = shown.warning
                value = _execute(source, namespace)
            if value is not None:
                result = {"text/plain": _readable(value)}
                output = {"output_type": "execute_result", "data": result, "metadata": {}}
                ran.outputs.append(output)
        finally:
            alarm.is_set = False
    except BaseException as raised:
        error = raised
    finally:
        session.in_test = session.overdue = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)
        sys.stdout, sys.stderr = before
        session.said, session.look = lambda output: None, None
    ran.outputs = shown.streams() + ran.outputs
    name, said = _verdict(error, session)
    if patched is not None and patched.what and not name:
        name, said = "Unseen", f"it replaces {patched.what}, which the answer does not see"
    if name:
        ran.message = f"{name}: {said}" if said else name
        lines = [*([] if error is None else _lines(error)), ran.message]
        output = {"output_type": "error", "ename": name, "evalue": said, "traceback": lines}
        ran.outputs.append(output)
    elif shown.err.getvalue():
        ran.message = ON_STDERR
    return ran


def _execute(source: str, namespace: "Namespace") -> Any:
    """Run the statements; return the value of the last one if it is an expression."""
    tree = ast.parse(source, FILE)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    for part, mode in ((tree, "exec"), (last, "eval")):
        if part is None:
            continue
        code = compile(part, FILE, mode, flags=flags)
        value = eval(code, namespace)
        if code.co_flags & inspect.CO_COROUTINE:
            value = asyncio.run(value)
        if mode == "eval":
            return value
    return None


def _verdict(error: BaseException | None, session: "Session") -> tuple[str, str]:
    """Return (name, message) of what went wrong; empty where nothing did."""
    if session.gone:
        timed_out = "longer than" in session.gone
        return "CellTimeoutError" if timed_out else "DeadKernelError", session.gone
    if session.interrupted:
        return "CellTimeoutError", f"longer than {session.limits.cell_seconds:g} s"
    if error is None:
        return "", ""
    if isinstance(error, StudentGone):
        return "DeadKernelError", str(error)
    if isinstance(error, OutOfTime):
        return "CellTimeoutError", "the test ran out of time"
    try:
        return type(error).__name__, str(error)[:20_000]
    except Exception:
        return type(error).__name__, ""


def _lines(error: BaseException) -> list[str]:
    """Return the traceback as far as it lies in the test."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == FILE]
    return [f"line {frame.lineno} of the test" for frame in frames[-1:]]


def _readable(value: Any) -> str:
    number = as_number(value)
    if number is not None:  # numpy and torch show theirs in a form of their own
        return repr(number)
    try:
        return repr(value)[:20_000]
    except Exception as error:
        return f"<no readable form: {type(error).__name__}>"


class _Alarm:
    """Ends a test that runs too long, and nothing after it."""

    def __init__(self, session: "Session") -> None:
        self.session = session
        self.is_set = True

    def ring(self, signum: int, frame: Any) -> None:
        if self.is_set:
            self.session.end_test()


class _Shown:
    """What is printed meanwhile: the test's words on stderr count, the student's never do.

    A warning that the test meets goes to stdout: often an answer's harmless habit is its cause.
    """

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()

    def student(self, output: dict[str, Any]) -> None:
        """Take what the student's code prints; a test may have redirected stdout to look at it."""
        if output.get("output_type") == "stream" and isinstance(output.get("text"), str):
            sys.stdout.write(output["text"])

    def warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: Any = None,
        line: str | None = None,
    ) -> None:
        """Stand in for `warnings.showwarning`."""
        self.out.write(f"{category.__name__}: {message}\n")

    def streams(self) -> list[dict[str, Any]]:
        pairs = (("stdout", self.out.getvalue()), ("stderr", self.err.getvalue()))
        return [{"output_type": "stream", "name": n, "text": t} for n, t in pairs if t]
