"""Does `course model` list what there is, fetch what is asked for, and stop at a wrong name?"""

import pytest
from click.testing import CliRunner

from course_lib.cli import doctor, model
from course_lib.cli.main import course
from course_lib.errors import UnknownNameError
from course_lib.training import fetching
from course_lib.training.published import PUBLISHED, place_of, published


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))


def pretend_fetched(name: str) -> None:
    """Make files of the right sizes; they take no room on the disk."""
    place_of(name).mkdir(parents=True)
    for file in published(name).files:
        with (place_of(name) / file.name).open("wb") as empty:
            empty.truncate(file.size)


def test_the_list_says_what_there_is_its_licence_its_size_and_what_is_here():
    pretend_fetched("smollm2")
    done = CliRunner().invoke(course, ["model", "list"])
    assert done.exit_code == 0
    blocks = done.output.split("\n")
    minilm = " ".join(blocks[0:3])
    smollm2 = " ".join(blocks[3:6])
    assert minilm.startswith("minilm     all-MiniLM-L6-v2: ")
    assert "Apache-2.0, https://" in minilm
    assert "91.6 MB, not here; course model get minilm" in minilm
    assert f"98.4 MB, {place_of('smollm2')}" in smollm2


def test_get_fetches_each_name_and_none_if_one_is_wrong(monkeypatch):
    fetched = []
    monkeypatch.setattr(fetching, "fetch", lambda name, say: fetched.append(name))
    done = CliRunner().invoke(model.command, ["get", "smollm2", "minilm"])
    assert done.exit_code == 0
    assert fetched == ["smollm2", "minilm"]
    done = CliRunner().invoke(model.command, ["get", "minilm", "smollm3"])
    assert isinstance(done.exception, UnknownNameError)
    assert "did you mean 'smollm2'?" in done.exception.action
    assert fetched == ["smollm2", "minilm"]
    assert CliRunner().invoke(model.command, ["get"]).exit_code == 2


def test_doctor_says_which_networks_are_here_and_what_brings_the_others():
    pretend_fetched("smollm2")  # the right size, and other bytes
    minilm, smollm2 = doctor.models()
    assert minilm[:3] == ("model minilm", False, "not fetched")
    assert minilm[3].endswith("course model get minilm")
    assert smollm2[:2] == ("model smollm2", False)
    assert "Q4_1.gguf with SHA-256" in smollm2[2]


@pytest.mark.needs_model("minilm")
def test_doctor_is_content_with_a_network_that_was_fetched(monkeypatch):
    monkeypatch.delenv("COURSE_CACHE")
    assert doctor.models()[0][1:3] == (True, "all-MiniLM-L6-v2")


def test_a_network_that_is_missing_is_no_failure_of_doctor(monkeypatch):
    for name in ("python", "packages", "checkpoints", "cache"):
        monkeypatch.setattr(doctor, name, lambda *_: ("something", True, "there", ""))
    done = CliRunner().invoke(doctor.command, ["--sandbox", "skip"])
    assert done.exit_code == 0
    for name in PUBLISHED:
        assert f"MISSING  model {name}" in done.output
