"""Are model files read and written in sentencepiece's format?"""

import io

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from course_lib.errors import CorruptFileError, CourseError
from course_lib.text.sentencepiece_file import (
    Piece,
    PieceKind,
    SentencePieceModel,
    fields,
    read_model,
    write_model,
)

UNKNOWN = Piece("<unk>", kind=PieceKind.UNKNOWN)
PIECES = [
    Piece("[END]", kind=PieceKind.CONTROL),
    UNKNOWN,
    Piece("▁가", -1.5),
    Piece("<x>", kind=PieceKind.USER_DEFINED),
    Piece("b" * 300, -7.25),
    Piece("c", -3.0, PieceKind.UNUSED),
]


def trained(**options):
    file = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["the lower the tower", "the lowest"] * 5),
        model_writer=file,
        minloglevel=2,
        hard_vocab_limit=False,
        **{"vocab_size": 40} | options,
    )
    return file.getvalue()


def test_fields_by_hand():
    """Golden: 0x08 is field 1, a number: 300 is 0b10_0101100, so AC 02; 0x12 field 2, two bytes.

    0x1D is field 3, four bytes; 0x21 field 4, eight.
    """
    message = b"\x08\xac\x02\x12\x02hi\x1d" + bytes(4) + b"\x21" + bytes(8)
    assert list(fields(message)) == [(1, 300), (2, b"hi"), (3, bytes(4)), (4, bytes(8))]


@given(st.integers(0, 300), st.booleans(), st.booleans())
def test_what_is_written_is_read(tmp_path_factory, n, flag, other):
    file = tmp_path_factory.mktemp("models") / "m"
    model = SentencePieceModel(
        pieces=PIECES,
        charsmap=bytes(n),
        add_dummy_prefix=flag,
        remove_extra_whitespaces=other,
        escape_whitespaces=not flag,
        treat_whitespace_as_suffix=other,
        unk_surface="?",
        eos_piece="[END]",
    )
    write_model(model, file)
    assert read_model(file) == model


def test_sentencepiece_reads_what_is_written(tmp_path):
    model = SentencePieceModel(pieces=PIECES, eos_piece="[END]", unk_surface="?")
    write_model(model, tmp_path / "m")
    theirs = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "m"))
    assert [theirs.id_to_piece(i) for i in range(6)] == [piece.text for piece in PIECES]
    assert [theirs.get_score(i) for i in range(6)] == [piece.score for piece in PIECES]
    assert (theirs.is_control(0), theirs.is_unknown(1), theirs.is_unused(5)) == (True,) * 3
    assert (theirs.eos_id(), theirs.unk_id(), theirs.pad_id(), theirs.bos_id()) == (0, 1, -1, -1)
    assert theirs.decode([2, 1, 3]) == "가?<x>"


def test_sentencepieces_files_are_read(tmp_path):
    (tmp_path / "m").write_bytes(
        trained(vocab_size=280, byte_fallback=True, pad_id=3, unk_surface=" ? ")
    )
    theirs = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "m"))
    model = read_model(tmp_path / "m")
    assert [piece.text for piece in model.pieces] == list(
        map(theirs.id_to_piece, range(len(theirs)))
    )
    assert [piece.score for piece in model.pieces] == list(
        map(theirs.get_score, range(len(theirs)))
    )
    kinds = [
        PieceKind.UNKNOWN,
        PieceKind.CONTROL,
        PieceKind.CONTROL,
        PieceKind.CONTROL,
        *[PieceKind.BYTE] * 256,
    ]
    assert [piece.kind for piece in model.pieces[:260]] == kinds
    assert model.byte_fallback
    assert model.unk_surface == " ? "
    assert len(model.charsmap) > 100_000


@pytest.mark.parametrize(
    "data", [b"", b"no model", b"\x0a\x7fabc", b"\x0f", b"\x08", b"\x0a\x02\x08\x01"]
)
def test_files_of_another_format_are_refused(tmp_path, data):
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(CorruptFileError, match="a SentencePiece model file"):
        read_model(tmp_path / "m")


def test_half_a_file_is_refused(tmp_path):
    write_model(SentencePieceModel(pieces=PIECES), tmp_path / "m")
    whole = (tmp_path / "m").read_bytes()
    for n in (10, 30, 200):
        (tmp_path / "half").write_bytes(whole[:n])
        with pytest.raises(CorruptFileError):
            read_model(tmp_path / "half")


def test_other_kinds_of_model_are_refused(tmp_path):
    (tmp_path / "m").write_bytes(trained(model_type="bpe"))
    with pytest.raises(CourseError, match="a model of the unigram kind"):
        read_model(tmp_path / "m")
    (tmp_path / "rules.tsv").write_text("61\t62\n")
    rules = {"denormalization_rule_tsv": str(tmp_path / "rules.tsv")}
    (tmp_path / "m").write_bytes(trained(**rules))
    with pytest.raises(CourseError, match="with such rules"):
        read_model(tmp_path / "m")


def test_a_model_needs_one_unknown_piece_and_all_bytes_or_none():
    for pieces, fallback in (([], False), ([UNKNOWN] * 2, False), ([UNKNOWN], True)):
        with pytest.raises(ValueError, match="must have one unknown piece"):
            SentencePieceModel(pieces=pieces, byte_fallback=fallback)
