"""Does the set-up say what is wrong, repair itself, and do nothing when nothing is to be done?"""

import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "course_lib" / "cli" / "bootstrap.py"
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "tiny"
version = "1"
"""
LOCK = "# The whole tree\n# What the book needs: make book\n%s\n%s\n%s\n"
TESTS = "# What tests and checks add: make test"
# A build backend that needs nothing installed: an editable wheel with its metadata alone.
BACKEND = """
import os, zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    info, name = "tiny-1.dist-info/", "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""


def load():
    spec = importlib.util.spec_from_file_location("bootstrap", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path):
    """A project as small as can be, with the real set-up script in its place."""
    script = tmp_path / "course_lib" / "cli" / "bootstrap.py"
    script.parent.mkdir(parents=True)
    shutil.copy(SOURCE, script)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "backend.py").write_text(BACKEND)
    return tmp_path


def set_up(tree: Path, book: str, tests: str, *arguments: str, **environment: str):
    (tree / "requirements.lock").write_text(LOCK % (book, TESTS, tests))
    return subprocess.run(
        [sys.executable, "-I", str(tree / "course_lib/cli/bootstrap.py"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PIP_NO_INDEX": "1", "COURSE_TORCH": "default"} | environment,
    )


def test_a_set_up_without_network_says_so_and_the_next_one_goes_on(tree):
    offline = set_up(tree, "no-such-package-at-all==1.0", "pip")
    assert offline.returncode == 2
    assert "expected: the packages of requirements.lock" in offline.stderr
    assert "run the same command again" in offline.stderr
    assert not (tree / ".venv/.course-book-complete").exists()
    assert (tree / ".venv/bin/python").exists()

    # what only tests need is no matter to the book
    again = set_up(tree, "pip", "no-such-package-at-all==1.0")
    assert again.returncode == 0, again.stderr
    assert "set-up complete for the book" in again.stdout

    nothing = set_up(tree, "pip", "no-such-package-at-all==2.0")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    tests = set_up(tree, "pip", "no-such-package-at-all==2.0", "--tests")
    assert tests.returncode == 2
    assert "expected: the packages of requirements.lock" in tests.stderr

    # half of the environment is lost: it is made anew
    (tree / ".venv/bin/python").unlink()
    repaired = set_up(tree, "pip", "pip")
    assert repaired.returncode == 0, repaired.stderr
    assert "making it anew" in repaired.stdout
    assert subprocess.run([tree / ".venv/bin/python", "-c", "pass"], check=False).returncode == 0


def test_tests_are_added_to_the_book_and_each_part_is_set_up_once(tree):
    first = set_up(tree, "pip", "pip", "--tests")
    assert [line for line in first.stdout.splitlines() if line.startswith("set-up complete")] == [
        "set-up complete for the book",
        "set-up complete for the tests",
    ]
    assert set_up(tree, "pip", "pip", "--tests").stdout == ""
    assert set_up(tree, "pip", "pip").stdout == ""
    # pip is already there, at some version: another pin is another set-up of the book
    assert "complete for the book" in set_up(tree, "pip>=1", "pip", "--tests").stdout


@pytest.mark.parametrize("part", ["book", "tests"])
def test_a_python_without_wheels_is_named_with_those_that_have_them(part, monkeypatch, capsys):
    bootstrap = load()
    bootstrap.check_python(part)
    monkeypatch.setitem(bootstrap.PYTHONS, part, ((99, 0), (99, 1), (99, 2)))
    with pytest.raises(SystemExit) as stop:
        bootstrap.check_python(part)
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert f"expected: Python 99.0, 99.1 or 99.2, for the {part}" in said
    assert sys.executable in said
    assert "make PYTHON=" in said


LINUX, MAC = "linux", "darwin"


@pytest.mark.parametrize(
    ("system", "asked", "gpu", "reached", "said", "from_cpu_index"),
    [
        (LINUX, "", None, True, "for CPUs, no GPU is seen", True),
        (
            LINUX,
            "",
            None,
            False,
            "default build, since https://download.pytorch.org/whl/cpu",
            False,
        ),
        (LINUX, "", "its driver is loaded", True, "for the GPU (its driver is loaded)", False),
        (LINUX, "cpu", "its driver is loaded", True, "for CPUs, as COURSE_TORCH says", True),
        (LINUX, "default", None, True, "default build, as COURSE_TORCH says", False),
        (MAC, "", None, True, "which has no CUDA on this system", False),
    ],
)
def test_the_build_of_torch_is_chosen_and_said(
    monkeypatch, capsys, system, asked, gpu, reached, said, from_cpu_index
):
    bootstrap = load()
    monkeypatch.setenv("COURSE_TORCH", asked)
    monkeypatch.setattr(bootstrap.sys, "platform", system)
    monkeypatch.setattr(bootstrap, "sees_a_gpu", lambda: gpu)
    monkeypatch.setattr(bootstrap, "answers", lambda address: reached)
    chosen = bootstrap.torch_build()
    assert said in capsys.readouterr().out
    assert chosen == (["--extra-index-url", bootstrap.CPU_INDEX] if from_cpu_index else [])


def test_another_word_for_the_build_of_torch_is_refused(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_TORCH", "gpu")
    with pytest.raises(SystemExit):
        load().torch_build()
    assert "received: 'gpu'" in capsys.readouterr().err


def test_an_address_that_hangs_is_given_up(monkeypatch):
    """Also where the name is looked up without end: `timeout` of urlopen does not cover that."""
    bootstrap, forever = load(), threading.Event()

    def hang(address, timeout):
        forever.wait()
        raise OSError

    monkeypatch.setattr(bootstrap, "urlopen", hang)
    start = time.monotonic()
    assert not bootstrap.answers("https://example.org", seconds=0.2)
    assert time.monotonic() - start < 5
    forever.set()


def test_an_address_that_answers_is_seen(monkeypatch):
    bootstrap = load()
    for code in (200, 404):
        reply = types.SimpleNamespace(getcode=lambda code=code: code)
        monkeypatch.setattr(bootstrap, "urlopen", lambda address, timeout, reply=reply: reply)
        assert bootstrap.answers("https://example.org") == (code == 200)


def test_a_gpu_is_seen_by_its_driver_or_by_nvidia_smi(monkeypatch, tmp_path):
    bootstrap = load()
    monkeypatch.setattr(bootstrap.os.path, "exists", lambda path: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.sees_a_gpu() is None
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'GPU 0: made up (UUID: GPU-0)'\n")
    tool.chmod(0o755)
    assert bootstrap.sees_a_gpu() == "nvidia-smi names it"
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert bootstrap.sees_a_gpu() is None


def test_without_npm_the_older_rules_are_named(monkeypatch, capsys, tmp_path):
    bootstrap = load()
    monkeypatch.setattr(bootstrap, "PYTHON", "/bin/false")
    monkeypatch.setattr(bootstrap, "AXE_SCRIPT", str(tmp_path / "axe.min.js"))
    bootstrap.fetch_axe()
    assert "no axe-core@" in capsys.readouterr().out
    (tmp_path / "axe.min.js").touch()
    bootstrap.fetch_axe()
    assert capsys.readouterr().out == ""


def test_the_script_is_read_by_old_pythons():
    """Only syntax that Python 3.6 has, so that it can say that it is too old."""
    import ast

    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_lock_leaves_out_what_differs_between_platforms(tmp_path, monkeypatch):
    bootstrap = load()
    monkeypatch.setattr(bootstrap, "LOCK", str(tmp_path / "requirements.lock"))
    book = "torch==2.13.0+cpu\nnvidia-cudnn-cu12==9.1\npip==24.0\nnumpy==2.4.6\n"
    bootstrap.write_lock(book, book + "pytest==9.2.0\ncourse-lib==0.1.0\n")
    assert bootstrap.pins(bootstrap.BOOK) == ["numpy==2.4.6", "torch==2.13.0"]
    assert bootstrap.pins(bootstrap.TESTS) == ["pytest==9.2.0"]


def test_both_parts_of_the_lock_are_there_and_the_book_needs_no_gensim():
    """Gensim has no wheels for Python 3.14."""
    bootstrap = load()
    book, tests = (
        {pin.partition("==")[0] for pin in bootstrap.pins(part)}
        for part in (bootstrap.BOOK, bootstrap.TESTS)
    )
    assert {"torch", "jupyter-book", "jupyterlab", "nbgrader"} <= book
    assert {"gensim", "pytest", "playwright", "pyright"} <= tests
    assert not book & tests


def test_the_lock_pins_everything_that_pyproject_asks_for():
    import re
    import tomllib

    root = SOURCE.parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        wanted += [line for line in extra if not line.startswith("course-lib")]
    names = {re.split(r"[<>=!~\[ ]", line)[0].lower().replace("_", "-") for line in wanted}
    lock = (root / "requirements.lock").read_text(encoding="utf-8").lower().replace("_", "-")
    pinned = {line.partition("==")[0] for line in lock.splitlines()}
    assert names - pinned == set()


def test_what_is_pinned_installs_on_the_oldest_python_that_the_readme_names():
    from importlib.metadata import distributions

    from packaging.specifiers import SpecifierSet

    too_new = {
        f"{one.metadata['Name']} {one.version} asks for {one.metadata['Requires-Python']}"
        for one in distributions()
        if not SpecifierSet(one.metadata.get("Requires-Python", "")).contains("3.11.0")
    }
    assert not too_new
