"""Is a file read as it is packed, and one of another kind named with what to do?"""

import gzip
import pickle
import zipfile

import numpy as np
import pytest
from gensim.models import KeyedVectors

from course_lib.embeddings.vectors import WordVectors
from course_lib.errors import CorruptFileError

TEXT = b"2 3\nthe 1 2 3\nna\xc3\xafve 4 5 6\n"
MARK = b"\xef\xbb\xbf"


@pytest.fixture
def vectors():
    matrix = np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)
    return WordVectors([f"w{i}" for i in range(7)], matrix)


@pytest.mark.parametrize("name", ["v.txt.gz", "v.bin.gz"])
def test_what_is_packed_comes_back_and_gensim_reads_it(vectors, tmp_path, name):
    vectors.save(tmp_path / name)
    assert (tmp_path / name).read_bytes()[:2] == b"\x1f\x8b"
    again = WordVectors.load(tmp_path / name)
    theirs = KeyedVectors.load_word2vec_format(tmp_path / name, binary=".bin" in name)
    assert again.words == theirs.index_to_key == vectors.words
    for matrix in (again.matrix, theirs.vectors):
        np.testing.assert_array_equal(matrix, vectors.matrix)


def test_the_same_vectors_are_the_same_packed_bytes(vectors, tmp_path):
    for name in ("a.txt.gz", "b.txt.gz"):
        vectors.save(tmp_path / name)
    assert (tmp_path / "a.txt.gz").read_bytes() == (tmp_path / "b.txt.gz").read_bytes()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("content", [TEXT, TEXT.partition(b"\n")[2]])
def test_the_mark_of_utf_8_is_part_of_no_word(tmp_path, content, pack):
    """With and without the first line; packed under any name."""
    (tmp_path / "v.txt").write_bytes(pack(MARK + content))
    assert WordVectors.load(tmp_path / "v.txt").words == ["the", "naïve"]


def test_packed_bytes_that_end_early_are_refused(vectors, tmp_path):
    path = tmp_path / "v.bin.gz"
    vectors.save(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(CorruptFileError, match="all of what gzip packed"):
        WordVectors.load(path)


def test_a_packed_file_that_promises_more_than_it_can_hold_is_refused(tmp_path):
    (tmp_path / "v.bin.gz").write_bytes(gzip.compress(b"999999999 300\na "))
    with pytest.raises(CorruptFileError, match="too few bytes"):
        WordVectors.load(tmp_path / "v.bin.gz")


@pytest.mark.parametrize(
    ("content", "received", "action"),
    [
        (b"2 2\na\t1\t2\nb\t3\t4\n", "the tabs, line 1", "replace the tabs"),
        (b"2 2\na 1 2\nb  3 4\n", "the double spaces, line 2", "replace the double spaces"),
        (b"a 1 2\nb  3 4\n", "the double spaces, line 2", "replace the double spaces"),
        (b"a 1 2\n b 3 4\n", "the space in front, line 2", "replace the space in front"),
        (b"2 2\na 1 2\nna\xefve 3 4\n", "line 2: b'na\\xefve", "iconv -f LATIN1 -t UTF-8 v.txt"),
        (TEXT.decode().encode("utf-16"), "text in UTF-16", "iconv -f UTF-16 -t UTF-8"),
        (b"\xba\x16\x4f\x2f\x0c\x00\x00\x00", "a model of fastText", "take the .vec file"),
        (pickle.dumps({"a": [1.0, 2.0]}), "a pickle", "save_word2vec_format"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_each_other_kind_of_file_gets_its_own_advice(tmp_path, content, received, action, pack):
    (tmp_path / "v.txt").write_bytes(pack(content))
    with pytest.raises(CorruptFileError) as error:
        WordVectors.load(tmp_path / "v.txt")
    assert received in error.value.received
    assert action in error.value.action


def test_what_is_no_text_is_named_under_either_name(tmp_path):
    """A model of fastText is called `.bin` as vectors are; GloVe is handed out as a zip archive."""
    np.save(tmp_path / "array.npy", np.ones((2, 3)))
    with zipfile.ZipFile(tmp_path / "glove.bin", "w") as archive:
        archive.writestr("glove.txt", TEXT)
    (tmp_path / "model.bin").write_bytes(b"\xba\x16\x4f\x2f" + bytes(40))
    for name, what in (("array.npy", "numpy"), ("glove.bin", "zip"), ("model.bin", "fastText")):
        with pytest.raises(CorruptFileError, match=what):
            WordVectors.load(tmp_path / name)


def test_binary_read_as_text_says_so(vectors, tmp_path):
    vectors.save(tmp_path / "v.vec", binary=True)
    with pytest.raises(CorruptFileError, match=r"say binary=True$"):
        WordVectors.load(tmp_path / "v.vec")
