"""A warm process that starts before the course is read: both take about as long.

What it loads is guessed from the notebooks where a course keeps them by default. The bundle says
later what was missed, and that is loaded then; a wrong guess changes no score.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.grading.engine import open_engine
from course_lib.grading.engine.modules import imported
from course_lib.grading.engine.worker import Worker

if TYPE_CHECKING:
    from course_lib.grading.engine.cluster import ClusterPool
    from course_lib.grading.engine.pool import LocalPool
    from course_lib.grading.intake.work import Bundle


class HeadStart:
    """Opens engines; the first one finds its warm process on its way already."""

    def __init__(self, root: Path, assignment: str, sandbox: str, cluster: str = "") -> None:
        self._sandbox, self._cluster = sandbox, cluster
        self._worker: Worker | None = None
        if not cluster and sandbox != "container":  # each container loads for itself
            self._worker = Worker(_guess(root / "source" / assignment), sandbox, keep=())

    def __enter__(self) -> "HeadStart":
        if self._worker is not None:
            try:
                self._worker.begin()
            except (CourseError, OSError):  # met again, and said, when the engine is opened
                self._close()
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def __call__(self, bundle: "Bundle", workers: int) -> "LocalPool | ClusterPool":
        """Return an engine for the bundle, as `open_engine` does."""
        where = {"sandbox": self._sandbox, "cluster": self._cluster}
        engine = open_engine(bundle, workers, ahead=self._worker, **where)
        self._worker = None  # the engine closes it
        return engine

    def _close(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _guess(folder: Path) -> list[str]:
    """Return the modules that the notebooks of a folder import, as far as they can be read."""
    inside = [path.relative_to(folder) for path in folder.rglob("*")]
    own = {part.partition(".")[0] for path in inside for part in path.parts}
    found: dict[str, None] = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            cells = json.loads(path.read_bytes()).get("cells", [])
            texts = [_text(cell) for cell in cells if cell.get("cell_type") == "code"]
        except (OSError, ValueError, AttributeError, TypeError):
            continue
        for text in texts:
            found.update(dict.fromkeys(imported(text)))
    return [name for name in found if name.partition(".")[0] not in own]


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
