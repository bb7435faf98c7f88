"""A hostile or broken submission: an honest one with something done to it, and its honest score."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from suites.handed import Handed, Honest, as_files, insert
from suites.honest import CASES as HONEST
from suites.sources import position

# hostile code refuses to run unless the runner says that it is in a sandbox, and the kernel agrees
GUARD = """\
import os as _os
if _os.environ.get("COURSE_SANDBOX") != "1" or _os.readlink("/proc/self/ns/pid") == "@PIDNS@":
    raise SystemExit("outside a sandbox: not run")
"""
MARK = "suite-left"  # the process name of whatever a case starts and leaves behind
LEFT = f'open("/proc/self/comm", "w").write("{MARK}")\n'


@dataclass(frozen=True)
class Place:
    """What lies outside the sandbox for the cases to go for; see suites/canary.py."""

    folder: Path = Path("/nowhere/canary")
    port: int = 9
    udp_port: int = 9
    unix: str = "/nowhere/canary/socket"
    abstract: str = "suite-canary"
    pid: int = 1
    pid_namespace: str = field(default_factory=lambda: str(Path("/proc/self/ns/pid").readlink()))

    def fill(self, text: str) -> str:
        """Put the place's values into a case's code."""
        values = {
            "@FOLDER@": str(self.folder),
            "@PORT@": str(self.port),
            "@UDP@": str(self.udp_port),
            "@UNIX@": self.unix,
            "@ABSTRACT@": self.abstract,
            "@PID@": str(self.pid),
            "@PIDNS@": self.pid_namespace,
        }
        for mark, value in values.items():
            text = text.replace(mark, value)
        return text


@dataclass(frozen=True)
class Hostile:
    """One case.

    honest: the honest submission whose scores under plain nbgrader are the right ones; empty
        where nothing can be graded. person: whether a person must be asked (None: either way).
    """

    name: str
    kind: str  # forging, looking, exhausting, breaking or accident
    tries: str
    honest: str
    make: Callable[[Place], Handed]
    assignment: str = "tensors"
    person: bool | None = False
    either: tuple[str, ...] = ()  # cells whose points do not matter
    must_print: str = ""  # what the student's own output must show
    own_loss: bool = False  # it breaks its own later cells: fewer points are honest, more are not

    @property
    def runs_code(self) -> bool:
        """Whether it must never run outside a sandbox."""
        return self.kind != "accident"


@dataclass(frozen=True)
class Code:
    """Hostile code put into an honest submission.

    into: cell -> its new text. before: cell -> text put at its beginning. after: cell -> an
    extra cell behind it.
    """

    start: str
    into: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)

    def __call__(self, place: Place) -> Handed:
        """Return the files."""
        base: Honest = HONEST[self.start]
        notebooks = base.notebooks()
        for notebook in notebooks.values():
            ids = {cell.id for cell in notebook.cells}
            for cell_id in ids & set(self.into):
                cell = notebook.cells[position(notebook, cell_id)]
                cell.source = place.fill(GUARD + self.into[cell_id].strip("\n"))
            for cell_id in ids & set(self.before):
                cell = notebook.cells[position(notebook, cell_id)]
                code = place.fill(GUARD + self.before[cell_id].strip("\n"))
                cell.source = code + "\n" + cell.source
            for cell_id in ids & set(self.after):
                insert(notebook, cell_id, place.fill(GUARD + self.after[cell_id].strip("\n")))
        return as_files(base.assignment, notebooks)


def in_call(kind: str, cell: str, name: str, tries: str, body: str, **more: object) -> Hostile:
    """Return a case whose answer for one cell of `tensors` is code; that cell's tests must fail."""
    return Hostile(name, kind, tries, f"t_no_{cell}", Code("t_right", into={cell: body}), **more)


def extra(
    kind: str, name: str, tries: str, code: str, behind: str = "two_layer", **more: object
) -> Hostile:
    """Return a right submission of `tensors` with one hostile cell: full marks must stay."""
    return Hostile(name, kind, tries, "t_right", Code("t_right", after={behind: code}), **more)
