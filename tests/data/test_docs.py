"""Is the docs corpus deterministic, free of repetition, and read without running foreign code?"""

import json
import sys

import pytest

from course_lib.data import docs, docs_compiled, docs_extract
from course_lib.data.docs_workers import read_compiled, read_sources

SOURCE = '''
"""The module explains what it is good for."""
from pathlib import Path
Path(__file__).with_name("was_imported").touch()
raise SystemExit("a package that fails on import")

class Base:
    """A base class that does the work of others."""

    def step(self):
        """Take a step into the direction that was given."""

class Child(Base):
    """A child class that inherits what it can."""

    def step(self):
        """Take a step into the direction that was given."""

    async def jump(self):
        """Jump over the fence in the direction that was given."""

if True:
    def late(x):
        """A function that is defined under a condition of the module."""

add_docstr(fake.compiled, "compiled(x)\\n\\nA text that is attached to a compiled object.")
det = _add_docstr(_c.det, """The determinant of a matrix, whatever it is good for.""".format(**a))
add_newdoc("fake.core", "array", ("sort", """Sort the array in the place where it stands."""))
'''


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Stand one small package in for the nine, and an empty cache."""
    folder = tmp_path / "fakelib"
    (folder / "tests").mkdir(parents=True)
    (folder / "__init__.py").write_text(SOURCE)
    (folder / "other.py").write_text('"""Another module with a sentence of its own in it."""\n')
    (folder / "broken.py").write_text("this is no Python at all (")
    (folder / "binary.py").write_bytes(b"\xff\xfe\x00")
    (folder / "tests" / "test_it.py").write_text('"""A sentence in the tests is not wanted."""')
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(docs, "PACKAGES", {"fakelib": "fakelib", "absent_lib": "absent_lib"})
    monkeypatch.setattr(docs, "read_compiled", list)
    return folder


def test_documented_objects_are_found(fake, capsys):
    corpus = docs.load_docs(progress=False)
    assert corpus.column_names == ["text", "package", "object", "kind"]
    assert dict(zip(corpus["object"], corpus["kind"], strict=True)) == {
        "fakelib": "module",
        "fakelib.Base": "class",
        "fakelib.Base.step": "method",
        "fakelib.Child": "class",
        "fakelib.Child.jump": "method",
        "fakelib.det": "function",
        "fakelib.late": "function",
        "fakelib.other": "module",
        "fake.compiled": "function",
        "fake.core.array.sort": "function",
    }
    assert set(corpus["package"]) == {"fakelib"}
    assert "absent_lib is not installed" in capsys.readouterr().err


def test_nothing_is_imported(fake):
    docs.load_docs(progress=False)
    assert "fakelib" not in sys.modules
    assert not (fake / "was_imported").exists()


def test_two_builds_are_equal(fake, monkeypatch, tmp_path):
    first = docs.load_docs(progress=False)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "another"))
    second = docs.load_docs(progress=False)
    assert docs.fingerprint(first) == docs.fingerprint(second)
    (fake / "other.py").write_text('"""Another module with a sentence of its own in it!!"""\n')
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "third"))
    assert docs.fingerprint(docs.load_docs(progress=False)) != docs.fingerprint(first)


def test_a_damaged_cache_is_one_line_and_built_again(fake, capsys):
    expected = docs.fingerprint(docs.load_docs(progress=False))
    (path,) = (fake.parent / "cache").glob("docs-*.arrow")
    path.write_bytes(path.read_bytes()[:-7] + b"garbage")
    capsys.readouterr()
    assert docs.fingerprint(docs.load_docs(progress=False)) == expected
    lines = capsys.readouterr().err.splitlines()
    assert sum("the cached file is damaged" in line for line in lines) == 1
    docs.load_docs(progress=False)
    assert "damaged" not in capsys.readouterr().err


def test_the_second_load_reads_the_cache(fake, monkeypatch):
    docs.load_docs(progress=False)
    monkeypatch.setattr(docs, "read_packages", lambda **_: pytest.fail("built again"))
    assert len(docs.load_docs(progress=False)) == 10


def test_key_follows_versions(fake, monkeypatch):
    before = docs.corpus_key()
    monkeypatch.setattr(docs, "version", lambda name: "9.9")
    assert docs.corpus_key() != before


def test_a_dying_worker_is_an_error(tmp_path):
    jobs = [("fakelib", str(tmp_path), str(tmp_path / "nul\0l.py"))]
    with pytest.raises((RuntimeError, ValueError)):
        read_sources(jobs, progress=False)


def test_unique_paragraphs_keep_the_first():
    rows = [
        ("a", "x", "function", ["One thing.", "Two things."]),
        ("a", "x", "function", ["Three things."]),
        ("b", "y", "class", ["one  THING", "Four things."]),
        ("b", "z", "class", ["Two things."]),
    ]
    assert docs.unique_paragraphs(rows) == [
        ("a", "x", "function", ["One thing.", "Two things.", "Three things."]),
        ("b", "y", "class", ["Four things."]),
    ]


@pytest.mark.parametrize(
    ("name", "top"),
    [
        ("pandas.core.frame.DataFrame.merge", "pandas.core.frame.DataFrame"),
        ("numpy.linalg.svd", "numpy.linalg.svd"),
        ("sklearn.x._y._Hidden.fit", "sklearn.x._y._Hidden"),
        ("json", "json"),
    ],
)
def test_methods_belong_to_their_class(name, top):
    assert docs.top_level_object(name) == top


def test_compiled_objects_are_found():
    rows = {name: paragraphs for _, name, _, paragraphs in read_compiled()}
    assert "Return the number of items in a container." in rows["builtins.len"]
    assert any("sine" in paragraph for paragraph in rows["numpy.sin"])
    assert "pandas.timestamps.Timestamp.round" in rows


def test_a_module_that_does_not_import_is_reported(monkeypatch, capsys):
    broken = [("python", "no_such_module_of_ours", "x"), ("python", "math", "math")]
    monkeypatch.setattr(docs_compiled, "COMPILED", broken)
    docs_compiled.main()
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first[1] == []
    assert "no_such_module_of_ours: ModuleNotFoundError" in first[2]
    assert second[1]
    assert second[2] is None


def test_modules_with_side_effects_are_never_read():
    root = docs.package_root("python")
    names = {path.relative_to(root).as_posix() for path in docs_extract.source_files(root)}
    assert "json/decoder.py" in names
    assert not names & {"antigravity.py", "this.py", "turtle.py"}
    assert not any(name.startswith(("idlelib/", "test/", "site-packages/")) for name in names)


@pytest.fixture(scope="module")
def corpus():
    return docs.load_docs()


def test_the_corpus_has_its_size(corpus):
    assert set(corpus["package"]) == set(docs.PACKAGES)
    assert 1_500_000 < docs.count_words(corpus) < 2_500_000
    assert len(corpus) > 25_000


def test_no_paragraph_is_on_two_sides(corpus):
    sides = docs.split_docs(corpus)
    assert sum(map(len, sides.values())) == len(corpus)
    assert 0.03 < len(sides["test"]) / len(corpus) < 0.07
    seen: dict[str, str] = {}
    groups: dict[tuple[str, str], str] = {}
    for side, rows in sides.items():
        for text, name, package in zip(rows["text"], rows["object"], rows["package"], strict=True):
            group = (package, docs.top_level_object(name))
            assert groups.setdefault(group, side) == side
            for paragraph in text.lower().split("\n\n"):
                assert seen.setdefault(paragraph, side) == side


def test_bad_shares_are_refused(corpus):
    with pytest.raises(ValueError, match="sum below 1"):
        docs.split_docs(corpus, valid=0.5, test=0.5)
