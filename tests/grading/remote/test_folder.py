"""Is every file known that was written since a submission's process began?"""

import os

from course_lib.grading.remote import folder
from course_lib.grading.remote.folder import Folder


def test_what_is_written_at_once_is_noticed(tmp_path, monkeypatch):
    """The clock of a file stands still for some milliseconds, and the size is the same."""
    monkeypatch.chdir(tmp_path)
    names = [f"deep/{at}" for at in range(100)]
    made = Folder(dict.fromkeys(names, b"1"))
    assert made.written() == ({}, [], [])
    assert {(tmp_path / name).stat().st_mtime for name in names} == {folder.GIVEN_AT}
    for name in names:
        (tmp_path / name).write_bytes(b"2")
    assert made.written() == (dict.fromkeys(names, b"2"), [], [])


def test_new_files_removed_ones_and_links(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Folder({"a": b"1", "b": b"1"})
    (tmp_path / "a").unlink()
    (tmp_path / "c").write_bytes(b"3")
    (tmp_path / "link").symlink_to("c")
    os.mkfifo(tmp_path / "pipe")
    assert made.written() == ({"c": b"3"}, ["a"], [])


def test_there_is_room_for_so_much(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(folder, "MOST_BYTES", 4)
    monkeypatch.setattr(folder, "MOST_FILES", 2)
    made = Folder({})
    for name, content in {"a": b"12", "b": b"1234", "c": b"12", "d": b""}.items():
        (tmp_path / name).write_bytes(content)
    assert made.written() == ({"a": b"12", "c": b"12"}, [], ["b", "d"])
