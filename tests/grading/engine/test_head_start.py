"""Does a run begin to load what it needs before the course is read, and change nothing by it?"""

import json
import shutil
from dataclasses import replace

import pytest

from course_lib.grading.engine.calibrate import solved
from course_lib.grading.engine.files import write
from course_lib.grading.engine.head_start import HeadStart
from course_lib.grading.intake.bundle import bundle_of
from course_lib.grading.sandbox.bubblewrap import SandboxError
from tests.grading.engine_notebooks import an_assignment, answer, check, given, notebook


def lay(root, *sources, name="hw"):
    folder = root / "source" / name
    folder.mkdir(parents=True)
    cells = [{"cell_type": "code", "source": text} for text in sources]
    (folder / f"{name}.ipynb").write_text(json.dumps({"cells": cells}))
    return folder


def ahead_of(start):
    assert start._worker is not None
    return start._worker


def test_the_guess_is_what_the_notebooks_import(tmp_path):
    folder = lay(tmp_path, "import math\nfrom json import dumps", ["import own\n", "import math"])
    (folder / "own.py").write_text("x = 1")
    (folder / "broken.ipynb").write_text("{")
    (folder / "list.ipynb").write_text("[]")
    assert ahead_of(HeadStart(tmp_path, "hw", "none")).modules == ["math", "json"]
    assert ahead_of(HeadStart(tmp_path, "another", "none")).modules == []
    lay(tmp_path, "+".join(["x"] * 20_000), "import wave", name="long")
    assert ahead_of(HeadStart(tmp_path, "long", "none")).modules == ["wave"]


def test_the_engine_goes_on_with_what_has_begun_and_loads_what_was_missed(tmp_path):
    lay(tmp_path, "import math")
    bundle = bundle_of("hw", notebook(given("import math, wave"), answer("x = 1"), check("x == 1")))
    with HeadStart(tmp_path, "hw", "bubblewrap") as start:
        worker = ahead_of(start)
        process = worker._process
        with start(bundle, 1) as engine:
            assert engine.workers == [worker]
            assert worker._process is process
            assert worker.modules[:2] == ["math", "wave"]
            assert engine.notes == []
        assert process.poll() is not None
        with start(bundle, 1) as engine:  # another one after it
            assert engine.workers != [worker]


OWN_BESIDE = {"lib/tabulate.py": b"def eight(): return 8\n"}
STRAY = {"tabulate.py": b"LINE = 1\n"}


IN_A_FOLDER = "import sys\nsys.path.insert(0, 'lib')\nimport tabulate"
GUESSES = {
    "too much": (IN_A_FOLDER, IN_A_FOLDER, OWN_BESIDE, {}),
    # the installed one is not known to the guess, and a stray file has its name
    "too little": ("import math", "import tabulate", {}, STRAY),
}


@pytest.mark.parametrize("name", GUESSES)
def test_no_guess_changes_a_score(tmp_path, name):
    guessed, lines, own, stray = GUESSES[name]
    write(lay(tmp_path, guessed), own)
    sees = "x = tabulate.eight()" if own else "x = len(tabulate.tabulate([[8]])) and 8"
    bundle = an_assignment({"hw": (given(lines), answer(sees), check("assert x == 8"))}, own)
    with HeadStart(tmp_path, "hw", "bubblewrap") as start, start(bundle, 1) as engine:
        job = replace(solved(engine.bundle), learn=False, files=own | stray)
        (result,) = engine.grade([job])
    assert engine.notes == []
    assert [cell.auto_score for cell in result.notebooks["hw"].cells if cell.kind == "grade"] == [1]


def test_a_process_that_nobody_took_ends(tmp_path):
    with HeadStart(tmp_path, "hw", "bubblewrap") as start:
        process = ahead_of(start)._process
        assert process.poll() is None
    assert process.poll() is not None


@pytest.mark.parametrize("options", [("container",), ("bubblewrap", "tcp://there:8786")])
def test_containers_and_clusters_have_their_own_start(tmp_path, options):
    assert HeadStart(tmp_path, "hw", *options)._worker is None


def test_without_a_sandbox_the_reason_is_said_when_the_engine_is_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    bundle = bundle_of("hw", notebook(answer("x = 1"), check("x == 1")))
    with HeadStart(tmp_path, "hw", "bubblewrap") as start, pytest.raises(SandboxError):
        start(bundle, 1)
