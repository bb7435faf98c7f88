"""SentencePiece's model file: pieces with scores, and a few options.

The file is one protocol-buffer message. A message is a row of fields; before each field stands one
number that says which field it is and in which form its value follows. Messages nest: a piece is
a message of three fields. Nothing else is needed to read the file, so no library is.

Format: https://protobuf.dev/programming-guides/encoding, `sentencepiece_model.proto`.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

from course_lib.errors import CorruptFileError, CourseError

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5  # the forms of a value
UNIGRAM = 1  # the number of this kind of model, beside BPE, words and characters


class PieceKind(IntEnum):
    """What a piece is for."""

    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3  # has an id, is never found in text: padding, the end mark
    USER_DEFINED = 4  # always one piece wherever it stands in text
    UNUSED = 5
    BYTE = 6  # one byte of a character that has no piece


class Piece(NamedTuple):
    """A piece; its score is a natural logarithm of a probability."""

    text: str
    score: float = 0.0
    kind: PieceKind = PieceKind.NORMAL


@dataclass(frozen=True, kw_only=True)
class SentencePieceModel:
    """What a model file says; a piece's place is its id.

    charsmap: rules of normalisation (`course_lib.text.charsmap`), empty for none.
    byte_fallback: write characters without a piece as their bytes, not as the unknown piece.
    unk_surface: what stands in decoded text for the unknown piece.
    bos_piece, eos_piece, pad_piece: texts of the control pieces with these roles, if they exist.
    """

    pieces: Sequence[Piece]
    charsmap: bytes = b""
    add_dummy_prefix: bool = True
    remove_extra_whitespaces: bool = True
    escape_whitespaces: bool = True
    treat_whitespace_as_suffix: bool = False
    byte_fallback: bool = False
    unk_surface: str = " ⁇ "
    unk_piece: str = "<unk>"
    bos_piece: str = "<s>"
    eos_piece: str = "</s>"
    pad_piece: str = "<pad>"

    def __post_init__(self) -> None:
        kinds = [piece.kind for piece in self.pieces]
        n_unknown, n_bytes = kinds.count(PieceKind.UNKNOWN), kinds.count(PieceKind.BYTE)
        if n_unknown != 1 or n_bytes != 256 * self.byte_fallback:
            raise ValueError(
                f"a model with byte_fallback={self.byte_fallback} must have one unknown piece and "
                f"{256 * self.byte_fallback} bytes, received {n_unknown} and {n_bytes}"
            )


# the names of the fields are numbers: those of the specifications in `sentencepiece_model.proto`
TRAINER_FLAGS = {"treat_whitespace_as_suffix": 24, "byte_fallback": 35}
TRAINER_TEXTS = {
    "unk_surface": 44,
    "unk_piece": 45,
    "bos_piece": 46,
    "eos_piece": 47,
    "pad_piece": 48,
}
NORMALIZER_FLAGS = {
    "add_dummy_prefix": 3,
    "remove_extra_whitespaces": 4,
    "escape_whitespaces": 5,
}


def read_model(path: Path | str) -> SentencePieceModel:
    """Read a model file.

    Raises: CorruptFileError for a file of another format; CourseError for a model that is not of
    the unigram kind, or that has rules for decoding.
    """
    path = Path(path)
    try:
        parts: dict[int, list] = {1: [], 2: [b""], 3: [b""], 5: [b""]}
        for number, value in fields(path.read_bytes()):
            parts.setdefault(number, []).append(value)
        trainer, normalizer = dict(fields(parts[2][-1])), dict(fields(parts[3][-1]))
        found: dict[str, Any] = {
            name: bool(trainer[n]) for name, n in TRAINER_FLAGS.items() if n in trainer
        }
        found |= {name: trainer[n].decode() for name, n in TRAINER_TEXTS.items() if n in trainer}
        found |= {
            name: bool(normalizer[n]) for name, n in NORMALIZER_FLAGS.items() if n in normalizer
        }
        kind, rules_back = trainer.get(3, UNIGRAM), dict(fields(parts[5][-1])).get(2)
        pieces = [_piece(value) for value in parts[1]]
        model = SentencePieceModel(pieces=pieces, charsmap=normalizer.get(2, b""), **found)
    except (ValueError, TypeError, AttributeError, IndexError, struct.error) as error:
        raise CorruptFileError(
            "a SentencePiece model file", f"{path.name}: {error}", "take spiece.model, for example"
        ) from error
    if kind != UNIGRAM or rules_back:
        raise CourseError(
            "a model of the unigram kind without rules for decoding",
            f"{path.name} of kind {kind}" + (" with such rules" if rules_back else ""),
            "read it with the sentencepiece package",
        )
    return model


def write_model(model: SentencePieceModel, path: Path | str) -> None:
    """Write a model file that the sentencepiece package reads."""
    ids = {(piece.text, piece.kind): i for i, piece in enumerate(model.pieces)}
    trainer = _number(3, UNIGRAM) + _number(4, len(model.pieces))
    trainer += b"".join(_number(n, getattr(model, name)) for name, n in TRAINER_FLAGS.items())
    roles = {
        40: (model.unk_piece, PieceKind.UNKNOWN),
        41: (model.bos_piece, PieceKind.CONTROL),
        42: (model.eos_piece, PieceKind.CONTROL),
        43: (model.pad_piece, PieceKind.CONTROL),
    }
    trainer += b"".join(_number(n, ids.get(role, -1)) for n, role in roles.items())
    trainer += b"".join(
        _bytes(n, getattr(model, name).encode()) for name, n in TRAINER_TEXTS.items()
    )
    normalizer = _bytes(2, model.charsmap)
    normalizer += b"".join(_number(n, getattr(model, name)) for name, n in NORMALIZER_FLAGS.items())
    pieces = b"".join(
        _bytes(1, _bytes(1, text.encode()) + _float(2, score) + _number(3, kind))
        for text, score, kind in model.pieces
    )
    Path(path).write_bytes(pieces + _bytes(2, trainer) + _bytes(3, normalizer))


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Yield the number and the value of each field of a message: an int or bytes, by its form.

    Raises: ValueError or IndexError for bytes that are no message.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, form = key >> 3, key & 7
        if form == VARINT:
            value, at = _varint(message, at)
        else:
            if form == LENGTH:
                n, at = _varint(message, at)
            elif form in (FIXED64, FIXED32):
                n = 8 if form == FIXED64 else 4
            else:
                raise ValueError(f"a value of form {form} at byte {at}")
            value, at = message[at : at + n], at + n
        if at > len(message):
            raise ValueError(f"{len(message)} bytes, but field {number} ends at {at}")
        yield number, value


def _piece(message: bytes) -> Piece:
    found = dict(fields(message))
    text, score, kind = found.get(1, b""), found.get(2, bytes(4)), found.get(3, PieceKind.NORMAL)
    return Piece(text.decode(), struct.unpack("<f", score)[0], PieceKind(kind))


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the lowest first; the eighth says that more follow."""
    value = shift = 0
    while True:
        byte = message[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at


def _to_varint(value: int) -> bytes:
    value %= 1 << 64  # numbers below zero are written as 64 bits in two's complement
    row = bytearray()
    while value > 127:
        row.append(value & 127 | 128)
        value >>= 7
    return bytes([*row, value])


def _number(number: int, value: int) -> bytes:
    return _to_varint(number << 3 | VARINT) + _to_varint(value)


def _bytes(number: int, value: bytes) -> bytes:
    return _to_varint(number << 3 | LENGTH) + _to_varint(len(value)) + value


def _float(number: int, value: float) -> bytes:
    return _to_varint(number << 3 | FIXED32) + struct.pack("<f", value)
