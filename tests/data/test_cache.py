"""Is a cached file whole or absent, and is a damaged one noticed?"""

from pathlib import Path

import pytest

from course_lib.data.cache import cache_dir, discard, is_cached, sha256_of, store, verify
from course_lib.errors import CorruptFileError


def test_store_then_verify(tmp_path):
    path = store(tmp_path / "deep" / "file.bin", lambda part: part.write_bytes(b"abc"))
    assert is_cached(path)
    assert verify(path, redo="-").read_bytes() == b"abc"
    # golden: the well-known digest of "abc"
    assert sha256_of(path).startswith("ba7816bf8f01cfea")


def test_an_interrupted_write_leaves_nothing(tmp_path):
    def killed(part: Path) -> None:
        part.write_bytes(b"half")
        raise KeyboardInterrupt

    path = tmp_path / "file.bin"
    with pytest.raises(KeyboardInterrupt):
        store(path, killed)
    assert not is_cached(path)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_rewrite_keeps_the_old_file(tmp_path):
    path = store(tmp_path / "file.bin", lambda part: part.write_bytes(b"old"))

    def killed(part: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store(path, killed)
    assert verify(path, redo="-").read_bytes() == b"old"


@pytest.mark.parametrize("damage", [b"abd", b"ab", b""])
def test_damage_is_one_clear_error(tmp_path, damage):
    path = store(tmp_path / "file.bin", lambda part: part.write_bytes(b"abc"))
    path.write_bytes(damage)
    with pytest.raises(CorruptFileError) as caught:
        verify(path, redo="delete it")
    assert caught.value.report().endswith("delete it")


def test_a_file_without_checksum_counts_as_absent(tmp_path):
    path = tmp_path / "file.bin"
    path.write_bytes(b"abc")
    assert not is_cached(path)
    (tmp_path / "file.bin.part123").mkdir()  # what a killed writer leaves
    (tmp_path / "file.bin.part123" / "file.bin").write_bytes(b"half")
    discard(path)
    assert list(tmp_path.iterdir()) == []
    discard(path)


def test_cache_dir_follows_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "here"))
    assert cache_dir() == tmp_path / "here"
    monkeypatch.delenv("COURSE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_dir() == tmp_path / "xdg" / "course_lib"
    assert cache_dir().is_dir()
