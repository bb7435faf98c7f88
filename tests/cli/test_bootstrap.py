"""Does the set-up say what is wrong, repair itself, and do nothing when nothing is to be done?"""

import importlib.util
import os
import shutil
import subprocess
import sys
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


def set_up(tree: Path, lock: str, *arguments: str, **environment: str):
    (tree / "requirements.lock").write_text(lock)
    return subprocess.run(
        [sys.executable, "-I", str(tree / "course_lib/cli/bootstrap.py"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PIP_NO_INDEX": "1"} | environment,
    )


def test_a_set_up_without_network_says_so_and_the_next_one_goes_on(tree):
    offline = set_up(tree, "no-such-package-at-all==1.0\n")
    assert offline.returncode == 2
    assert "expected: the packages of requirements.lock" in offline.stderr
    assert "run the same command again" in offline.stderr
    assert not (tree / ".venv/.course-complete").exists()
    assert (tree / ".venv/bin/python").exists()

    again = set_up(tree, "# nothing\n")
    assert again.returncode == 0, again.stderr
    assert "set-up complete" in again.stdout

    nothing = set_up(tree, "# nothing\n")
    assert (nothing.returncode, nothing.stdout) == (0, "")

    # half of the environment is lost: it is made anew
    (tree / ".venv/bin/python").unlink()
    repaired = set_up(tree, "# nothing\n")
    assert repaired.returncode == 0, repaired.stderr
    assert "making it anew" in repaired.stdout
    assert subprocess.run([tree / ".venv/bin/python", "-c", "pass"], check=False).returncode == 0

    # another lock is another set-up
    assert "set-up complete" in set_up(tree, "# changed\n").stdout


def test_an_old_python_is_named(monkeypatch, capsys):
    bootstrap = load()
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    with pytest.raises(SystemExit) as stop:
        bootstrap.check_python()
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert "expected: Python 99.0 or newer" in said
    assert sys.executable in said
    assert "make PYTHON=" in said


def test_the_script_is_read_by_old_pythons():
    """Only syntax that Python 3.6 has, so that it can say that it is too old."""
    import ast

    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_lock_leaves_out_what_differs_between_platforms(tmp_path, monkeypatch):
    bootstrap = load()
    monkeypatch.setattr(bootstrap, "LOCK", str(tmp_path / "requirements.lock"))
    bootstrap.write_lock(
        "torch==2.13.0+cpu\nnvidia-cudnn-cu12==9.1\npip==24.0\nnumpy==2.4.6\ncourse-lib==0.1.0\n"
    )
    lines = (tmp_path / "requirements.lock").read_text().splitlines()
    assert lines[1:] == ["numpy==2.4.6", "torch==2.13.0"]


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
