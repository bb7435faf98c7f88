"""Do word vectors answer as gensim's do, and do their files travel both ways?"""

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import given
from hypothesis import strategies as st

from course_lib.embeddings.vectors import WordVectors
from course_lib.errors import CorruptFileError, UnknownWordError

V, D = 31, 7


@pytest.fixture
def words() -> list[str]:
    odd = ["don't", "naïve", "한국어", "a\u00a0b", "x\u3000y", "</s>", "\u200bzero", "🙂"]
    return odd + [f"w{i}" for i in range(V - len(odd))]


@pytest.fixture
def vectors(words) -> WordVectors:
    matrix = np.random.default_rng(0).normal(size=(V, D)).astype(np.float32)
    matrix[3] *= 1e-20
    matrix[4] *= 1e10
    return WordVectors(words, matrix)


@pytest.fixture
def theirs(vectors) -> KeyedVectors:
    found = KeyedVectors(D)
    found.add_vectors(vectors.words, vectors.matrix)
    return found


def test_similarity_and_neighbours_are_gensims(vectors, theirs):
    assert vectors.similarity("w3", "naïve") == pytest.approx(
        theirs.similarity("w3", "naïve"), abs=1e-6
    )
    for plus, minus in [(["w1"], []), (["w1", "한국어"], ["w5"]), ([], ["w2"])]:
        ours = vectors.most_similar(plus, minus, topn=V)
        wanted = theirs.most_similar(plus, minus, topn=V)
        assert [word for word, _ in ours] == [word for word, _ in wanted]
        np.testing.assert_allclose([c for _, c in ours], [c for _, c in wanted], atol=1e-6)


def test_neighbours_by_hand():
    """Golden: king (1, 1), man (1, 0), woman (0, 1), queen (−0.2, 2).

    With unit vectors, king − man + woman = (0.707 − 1 + 0, 0.707 − 0 + 1) = (−0.293, 1.707), whose
    cosine with queen is (0.0586 + 3.414) / (1.732 · 2.00998) = 0.9976.
    """
    matrix = np.array([[1, 1], [1, 0], [0, 1], [-0.2, 2]], dtype=np.float32)
    vectors = WordVectors(["king", "man", "woman", "queen"], matrix)
    ((word, cosine),) = vectors.most_similar(["king", "woman"], "man", topn=3)
    assert word == "queen"
    assert cosine == pytest.approx(0.9976, abs=1e-4)


def test_vectors_are_a_copy_and_cannot_be_written_to():
    """Else the rows and their cached unit vectors come apart, without a word."""
    matrix = np.eye(2, dtype=np.float32)
    vectors = WordVectors(["a", "b"], matrix)
    matrix[0] = [0, 5]
    assert vectors["a"].tolist() == [1, 0]
    assert vectors.similarity("a", "b") == 0
    for rows in (vectors.matrix, vectors.unit, vectors["a"]):
        with pytest.raises(ValueError, match="read-only"):
            rows[0] = 7


def test_restrict_answers_with_the_first_words_only(vectors):
    found = vectors.most_similar("w20", topn=V, restrict=5)
    assert {word for word, _ in found} == set(vectors.words[:5])


def test_a_vector_of_zeros_has_no_direction_and_no_nan():
    vectors = WordVectors(["a", "b"], np.array([[0, 0], [1, 2]], dtype=np.float32))
    assert vectors.similarity("a", "b") == 0
    assert vectors.most_similar("a") == [("b", 0.0)]


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_what_we_write(vectors, tmp_path, binary):
    path = tmp_path / ("v.bin" if binary else "v.txt")
    vectors.save(path)
    theirs = KeyedVectors.load_word2vec_format(path, binary=binary)
    assert theirs.index_to_key == vectors.words
    np.testing.assert_array_equal(theirs.vectors, vectors.matrix)


@pytest.mark.parametrize("binary", [False, True])
def test_we_read_what_gensim_writes(vectors, theirs, tmp_path, binary):
    path = tmp_path / ("v.bin" if binary else "v.txt")
    theirs.save_word2vec_format(path, binary=binary, sort_attr=None)
    ours = WordVectors.load(path)
    assert sorted(ours.words) == sorted(vectors.words)
    for word in vectors.words:
        np.testing.assert_array_equal(ours[word], vectors[word])


@pytest.mark.parametrize("binary", [False, True])
def test_save_and_load_lose_nothing(vectors, tmp_path, binary):
    path = tmp_path / "any.name"
    vectors.save(path, binary=binary)
    again = WordVectors.load(path, binary=binary)
    assert again.words == vectors.words
    np.testing.assert_array_equal(again.matrix, vectors.matrix)


def test_what_word2vec_c_writes_is_read(tmp_path):
    """It leaves a space at the end of a text line, and a newline after a binary vector."""
    text = tmp_path / "c.txt"
    text.write_bytes(b"2 3\n</s> 0.5 -1 2e-3 \nthe 1 2 3 \n")
    assert WordVectors.load(text)["</s>"].tolist() == pytest.approx([0.5, -1, 0.002])
    row = np.array([1, 2, 3], dtype="<f4").tobytes()
    for end in (b"\n", b""):
        binary = tmp_path / "c.bin"
        binary.write_bytes(b"2 3\n</s> " + row + end + b"the " + row + end)
        assert WordVectors.load(binary).words == ["</s>", "the"]


def test_numbers_that_look_like_space_or_newline_survive(tmp_path):
    """Bytes 0x20 and 0x0a inside a binary vector end nothing."""
    raw = np.frombuffer(b"\x20\x0a\x20\x0a" * D, dtype="<f4")
    vectors = WordVectors(["a", "b"], np.stack([raw, raw]))
    vectors.save(tmp_path / "v.bin")
    np.testing.assert_array_equal(WordVectors.load(tmp_path / "v.bin").matrix, vectors.matrix)


def test_glove_text_without_a_first_line_is_read(tmp_path):
    path = tmp_path / "glove.txt"
    path.write_text("the 1 2 3\nof 4 5 6\n")
    assert WordVectors.load(path)["of"].tolist() == [4, 5, 6]


def test_a_word_of_gloves_may_hold_spaces_and_a_number_too_many_is_no_word(tmp_path):
    path = tmp_path / "glove.txt"
    path.write_text("the 1 2 3\n. . . 4 5 6\n")
    assert WordVectors.load(path)[". . ."].tolist() == [4, 5, 6]
    path.write_text("the 1 2 3\nof 4 5 6 7\n")
    with pytest.raises(CorruptFileError, match="3 numbers a word"):
        WordVectors.load(path)


def test_fewer_words_than_one_are_refused(vectors):
    with pytest.raises(ValueError, match="restrict must be 1 or more"):
        vectors.most_similar("w1", restrict=-3)


@pytest.mark.parametrize(
    ("content", "received"),
    [
        (b"3 2\na 1 2\nb 3 4\n", "the end after 2"),
        (b"1 2\na 1 2\nb 3 4\n", "more lines"),
        (b"2 2\na 1 2\nb 3\n", "1 for 'b'"),
        (b"2 2\na 1 2\nb 3 x\n", "line 2"),
        (b"a 1 2\nb\n", "line 2"),
        (b"2 2\na 1 2\nb 3 nan\n", "[3.0, nan] for 'b'"),
        (b"", "an empty file"),
        (b"2 many\n", "b'2 many"),
    ],
)
def test_a_damaged_text_is_refused(tmp_path, content, received):
    path = tmp_path / "v.txt"
    path.write_bytes(content)
    with pytest.raises(CorruptFileError, match=r"v\.txt") as error:
        WordVectors.load(path)
    assert received in str(error.value)


@pytest.mark.parametrize("content", [b"2 2\na 1 2\nb 3 4\n\n", b"a 1 2\nb 3 4\n \n"])
def test_a_blank_line_at_the_end_is_no_word(tmp_path, content):
    (tmp_path / "v.txt").write_bytes(content)
    assert WordVectors.load(tmp_path / "v.txt").words == ["a", "b"]


def test_a_word_that_cannot_be_encoded_leaves_the_old_file(vectors, tmp_path):
    vectors.save(tmp_path / "v.txt")
    with pytest.raises(ValueError, match="cannot be written in UTF-8"):
        WordVectors(["a\ud800"], np.ones((1, 2), dtype=np.float32)).save(tmp_path / "v.txt")
    assert WordVectors.load(tmp_path / "v.txt").words == vectors.words
    assert [path.name for path in tmp_path.iterdir()] == ["v.txt"]


def test_a_cosine_is_never_above_1_and_numbers_must_fit_into_32_bits():
    matrix = np.random.default_rng(0).standard_normal((97, 13))
    vectors = WordVectors([str(i) for i in range(97)], matrix)
    assert max(vectors.similarity(word, word) for word in vectors.words) == 1
    with pytest.raises(ValueError, match="finite, with 32 bits"):
        WordVectors(["a"], np.array([[1e39, 1]]))


@pytest.mark.parametrize("n_bytes", [3, 20, -5])
def test_a_binary_file_cut_short_is_refused(vectors, tmp_path, n_bytes):
    path = tmp_path / "v.bin"
    vectors.save(path)
    path.write_bytes(path.read_bytes()[:n_bytes])
    with pytest.raises(CorruptFileError):
        WordVectors.load(path)


def test_text_read_as_binary_is_refused(vectors, tmp_path):
    vectors.save(tmp_path / "v.bin", binary=False)
    with pytest.raises(CorruptFileError):
        WordVectors.load(tmp_path / "v.bin")


def test_of_a_repeated_word_the_first_vector_is_kept(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("3 1\na 1\nb 2\na 3\n")
    with pytest.warns(UserWarning, match="1 words occur again"):
        ours = WordVectors.load(path)
    assert ours.words == ["a", "b"]
    assert ours["a"].tolist() == [1]


@pytest.mark.parametrize("word", ["two words", "", "line\n", "\ttab", "end\u3000"])
@pytest.mark.parametrize("name", ["v.txt", "v.bin"])
def test_a_word_that_the_formats_cannot_hold_is_refused(tmp_path, word, name):
    vectors = WordVectors(["a", word], np.ones((2, 3), dtype=np.float32))
    with pytest.raises(ValueError, match="cannot hold the word"):
        vectors.save(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_an_unknown_word_is_named_with_near_spellings():
    vectors = WordVectors(["queen", "queue", "king"], np.eye(3, dtype=np.float32))
    with pytest.raises(UnknownWordError, match="did you mean 'queen'") as error:
        vectors.similarity("king", "quen")
    assert "one of the 3 words" in str(error.value)
    with pytest.raises(UnknownWordError, match="take another word"):
        vectors.most_similar("zzz")


def test_wrong_arguments_are_refused(vectors):
    with pytest.raises(ValueError, match="needs a word"):
        vectors.most_similar()
    with pytest.raises(ValueError, match="topn must be 1 or more"):
        vectors.most_similar("w1", topn=0)
    ones = np.ones((2, 3), dtype=np.float32)
    with pytest.raises(ValueError, match="a vector for each word: 1 words, 2 vectors"):
        WordVectors(["a"], ones)
    with pytest.raises(ValueError, match="must differ"):
        WordVectors(["a", "a"], ones)
    with pytest.raises(ValueError, match="finite"):
        WordVectors(["a", "b"], ones * np.nan)


@given(st.integers(1, 9), st.integers(1, 5), st.integers(0, 99))
def test_cosines_are_symmetric_and_bounded(n, width, seed):
    matrix = np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32)
    vectors = WordVectors([f"w{i}" for i in range(n)], matrix)
    for a in vectors.words:
        for b in vectors.words:
            cosine = vectors.similarity(a, b)
            assert abs(cosine) <= 1 + 1e-6
            assert cosine == pytest.approx(vectors.similarity(b, a), abs=1e-6)
