"""Does the command line answer a mistake with three lines, and no traceback?"""

import importlib
import json
import subprocess
import sys
from importlib.metadata import version

import pytest
from click.testing import CliRunner

from course_lib.cli import bootstrap, doctor, main
from course_lib.cli.main import COMMANDS, course


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "course_lib.cli.main", *arguments],
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("arguments", "kind", "hint"),
    [
        (["relase"], "course command", "did you mean 'release'?"),
        (["record", "ch01_bird"], "recorded run", "did you mean 'ch01_birds'?"),
        (["pretrain", "things61"], "checkpoint", "did you mean 'things16'?"),
    ],
)
def test_an_unknown_name_gets_one_clear_error(arguments, kind, hint):
    done = run(*arguments)
    assert done.returncode == 2
    assert f"expected: the name of a {kind}" in done.stderr
    assert f"received: '{arguments[-1]}'" in done.stderr
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


def test_pretraining_without_its_data_says_what_to_give(monkeypatch):
    monkeypatch.delenv("COURSE_DATA", raising=False)
    done = run("pretrain", "photos60")
    assert done.returncode == 2
    assert "course pretrain photos60 --data DIR" in done.stderr


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_of_the_table_exists_and_has_help(name):
    result = CliRunner().invoke(course, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output


def test_doctor_finds_a_damaged_checkpoint(tmp_path, monkeypatch):
    folder = tmp_path / "course_lib" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "tiny.json").write_text(json.dumps({"sha256": "00"}))
    (folder / "tiny.safetensors").write_bytes(b"x")
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    what, fine, found, todo = doctor.checkpoints()
    assert (what, fine, found) == ("checkpoints", False, "damaged: tiny")
    assert "git checkout" in todo


@pytest.fixture
def small_lock(tmp_path, monkeypatch):
    """A lock whose book pins another click and whose tests pin packages that are nowhere."""
    lines = [bootstrap.HEADING[bootstrap.BOOK], "click==0.0.1", bootstrap.HEADING[bootstrap.TESTS]]
    lines += ["no-such-package==1.0"]
    (tmp_path / "requirements.lock").write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(bootstrap, "LOCK", str(tmp_path / "requirements.lock"))


@pytest.mark.parametrize(
    ("part", "said", "todo"),
    [
        ("book", f"click {version('click')} (lock: 0.0.1)", "make book"),
        ("tests", "no-such-package missing (lock: 1.0)", "make test"),
    ],
)
def test_doctor_finds_a_package_of_another_version(small_lock, part, said, todo):
    what, fine, found, action = doctor.packages(part)
    assert (fine, found) == (False, said)
    assert part in what
    assert todo in action


def test_what_only_tests_need_is_named_with_the_command_that_adds_it(
    small_lock, monkeypatch, capsys
):
    for name, is_ours in (("no_such_package.models", True), ("another_package", False)):
        monkeypatch.setattr(main, "course", lambda name=name: importlib.import_module(name))
        with pytest.raises(SystemExit if is_ours else ModuleNotFoundError):
            main.main()
    said = capsys.readouterr().err
    assert "the package no_such_package" in said
    assert "make test adds it" in said
