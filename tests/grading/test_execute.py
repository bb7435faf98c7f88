"""Running one notebook: limits in processor time, a second life, cells that need not run."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from course_lib.grading.execute import TolerantExecute
from course_lib.grading.source import KERNELSPEC


def run(*sources, graded=(), **settings):
    cells = [new_code_cell(source) for source in sources]
    for at in graded:
        cells[at].metadata["nbgrader"] = {"grade": True, "grade_id": f"test_{at}", "points": 1}
    notebook = new_notebook(cells=cells)
    notebook.metadata = nbformat.from_dict({"kernelspec": dict(KERNELSPEC)})
    incidents = []
    config = Config()
    config.TolerantExecute.update(settings)
    TolerantExecute(incidents, config=config).preprocess(notebook, {"metadata": {"path": "."}})
    return [_shown(cell) for cell in notebook.cells], incidents


def _shown(cell):
    errors = [o.ename for o in cell.outputs if o.output_type == "error"]
    texts = [o.get("text", o.get("data", {}).get("text/plain")) for o in cell.outputs]
    return errors or [text.strip() for text in texts]


@pytest.fixture(scope="module")
def restarted():
    return run("x = 1", "import os; os._exit(1)", "x", "y = x + 1", "y", graded=[2, 4])


def test_after_the_kernel_ended_earlier_cells_are_run_again(restarted):
    shown, incidents = restarted
    assert shown == [[], ["DeadKernelError"], ["1"], [], ["2"]]
    assert incidents == ["a cell of their own: the kernel ended in this cell"]


def test_a_notebook_has_one_limit_too():
    shown, incidents = run(
        "import time; time.sleep(1.2)", "'late'", graded=[1], submission_timeout=1
    )
    assert shown == [[], ["SubmissionTimeout"]]
    assert incidents == ["test_1: not run: 1 s are over"]


def test_a_cell_that_sleeps_is_interrupted_and_cells_behind_the_last_test_do_not_run():
    shown, _ = run("import time; time.sleep(99)", "'a test'", "'a picture'", graded=[1], timeout=2)
    assert "KeyboardInterrupt" in shown[0]
    assert shown[1:] == [["'a test'"], []]


@pytest.mark.parametrize(("used", "interrupted"), [(0.2, False), (1.0, True), (0.0, True)])
def test_little_processor_time_is_no_reason_to_stop_a_cell(monkeypatch, used, interrupted):
    """At the limit of 1 s: 0.2 s of work waits on, a full second does not, nor does sleep."""
    import asyncio
    import time

    from nbgrader.preprocessors import Execute

    asked = []

    async def interrupt(self, timeout, cell=None):
        asked.append(timeout)

    monkeypatch.setattr(Execute, "_async_handle_timeout", interrupt)
    execute = TolerantExecute([])
    execute._began, execute._used = time.monotonic() - 1, 0.0
    monkeypatch.setattr(TolerantExecute, "_processor_seconds", lambda self: used)
    asyncio.run(execute._async_handle_timeout(1))
    assert bool(asked) == interrupted
    execute._began = time.monotonic() - 6
    asyncio.run(execute._async_handle_timeout(1))
    assert asked, "five times the limit is the end in any case"
