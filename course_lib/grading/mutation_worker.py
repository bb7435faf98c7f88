"""The child process of the mutation harness: runs cells, forks before each replaced one.

Reads a job from stdin (JSON):
    cells            a list of {id, source}
    run              the ids that the base run takes
    variants         name -> {swaps: cell id -> source, run: the ids that the variant runs}
    out              a folder
    cell_seconds     processor time for one cell
    variant_seconds  wall time for one variant
Writes one line of JSON a cell to `out/NAME.jsonl`. The base, the source as it stands, runs once; a
variant is a fork of it taken before the first cell that it replaces, so that imports and earlier
cells are paid for once.

Never run on untrusted code: there is no boundary here.
"""

import ctypes
import io
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

BASE = "base"
SAID_LIMIT = 20_000


def main() -> None:
    """Run the job that stands on stdin."""
    job = json.load(sys.stdin)
    _die_with_parent()
    out = Path(job["out"])
    shell = _shell()
    whole, waiting = set(job["run"]), dict(job["variants"])
    with (out / f"{BASE}.jsonl").open("w") as log:
        for at, cell in enumerate(job["cells"]):
            for name in [n for n, variant in waiting.items() if cell["id"] in variant["swaps"]]:
                log.flush()
                _fork(shell, job, job["cells"][at:], waiting.pop(name), out / f"{name}.jsonl")
            if cell["id"] in whole:
                _run(shell, cell["id"], cell["source"], job["cell_seconds"], log)


def _shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False  # its thread would not survive a fork
    config.InteractiveShell.colors = "nocolor"
    return InteractiveShell.instance(config=config)


def _fork(shell: Any, job: dict, cells: list[dict], variant: dict, path: Path) -> None:
    """Run a variant's cells in a fork; end it when its time is over."""
    child = os.fork()
    if child == 0:
        try:
            _die_with_parent()
            chosen = set(variant["run"])
            with path.open("w") as log:
                for cell in (cell for cell in cells if cell["id"] in chosen):
                    source = variant["swaps"].get(cell["id"], cell["source"])
                    _run(shell, cell["id"], source, job["cell_seconds"], log)
        finally:
            os._exit(0)
    end = time.monotonic() + job["variant_seconds"]
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        time.sleep(0.005)


def _run(shell: Any, cell_id: str, source: str, seconds: float, log: io.TextIOBase) -> None:
    """Run one cell and write its outputs in nbformat's words."""
    from course_lib.grading.stderr_router import StderrRouter

    out, err = io.StringIO(), io.StringIO()
    keep = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, StderrRouter(err, out, "<ipython-input-")
    # processor time: on a busy machine a limit on wall time would fail right answers
    signal.signal(signal.SIGPROF, _out_of_time)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    started = time.monotonic()
    try:
        result = shell.run_cell(source, store_history=False)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout, sys.stderr = keep
    outputs: list[dict[str, Any]] = []
    error = result.error_before_exec or result.error_in_exec
    if err.getvalue():
        outputs.append({"output_type": "stream", "name": "stderr", "text": err.getvalue()})
    if error is not None:
        outputs.append(
            {
                "output_type": "error",
                "ename": type(error).__name__,
                "evalue": str(error),
                "traceback": [],
            }
        )
    elif result.result is not None:
        data = {"text/plain": repr(result.result)}
        outputs.append({"output_type": "execute_result", "data": data, "metadata": {}})
    line = {
        "id": cell_id,
        "outputs": outputs,
        "said": out.getvalue()[:SAID_LIMIT],
        "seconds": time.monotonic() - started,
    }
    log.write(json.dumps(line) + "\n")
    log.flush()


def _die_with_parent() -> None:
    """Ask Linux to end this process with its parent; elsewhere a killed run may leave it behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _out_of_time(signum: int, frame: object) -> None:
    raise TimeoutError("the cell ran out of time")


if __name__ == "__main__":
    main()
