"""Unigram pieces: of all ways to cut a text, the most probable one. T5 reads text through them.

Read in this order: `lattice` finds the best cut, `unigram_training` learns the pieces and their
probabilities; `sentencepiece_normalizer` and `sentencepiece_file` make both fit published models.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import regex

from course_lib.text.charsmap import unicode_charsmap
from course_lib.text.lattice import SPACE, Cut, PieceTable, sample, viterbi
from course_lib.text.sentencepiece_file import (
    Piece,
    PieceKind,
    SentencePieceModel,
    read_model,
    write_model,
)
from course_lib.text.sentencepiece_normalizer import Normalizer
from course_lib.text.unigram_training import learn_pieces, words_of

FILE = "spiece.model"  # T5's name
UNKNOWN_PENALTY = 10.0  # below the least probable piece
IN_TEXT = (PieceKind.NORMAL, PieceKind.USER_DEFINED)


class Token(NamedTuple):
    """A piece of a text: its id, how it is written, where it stands in the text."""

    own: int
    piece: str
    start: int
    end: int


class UnigramTokenizer:
    """Turn texts into ids and back with a SentencePiece model of the unigram kind.

    extra_ids: so many sentinels <extra_id_0>, <extra_id_1>, ... follow the model's own pieces. They
    count down from the highest id, as in T5. What stands between two of them in a text is cut as a
    text of its own.

    Paper: Kudo, 2018, arXiv:1804.10959; Kudo and Richardson, 2018, arXiv:1808.06226.
    """

    def __init__(self, model: SentencePieceModel, extra_ids: int = 0) -> None:
        self.model = model
        self.extra_ids = extra_ids
        self._normalize = Normalizer(model)
        control = {p.text: i for i, p in enumerate(model.pieces) if p.kind is PieceKind.CONTROL}
        self.bos_id = control.get(model.bos_piece)
        self.eos_id = control.get(model.eos_piece)
        self.pad_id = control.get(model.pad_piece)
        kinds = [piece.kind for piece in model.pieces]
        self.unk_id = kinds.index(PieceKind.UNKNOWN)
        byte_pieces = [(p.text, i) for i, p in enumerate(model.pieces) if p.kind is PieceKind.BYTE]
        self._byte_of = {i: int(text[3:5], 16) for text, i in byte_pieces}  # <0x0A> is 10
        self._id_of_byte = {byte: i for i, byte in self._byte_of.items()}
        scores = [p.score for p in model.pieces if p.kind is PieceKind.NORMAL]
        unknown_score = float(np.float32(min(scores, default=0.0) - UNKNOWN_PENALTY))
        self._table = PieceTable(
            (
                (p.text, i, p.score if p.kind is PieceKind.NORMAL else _bonus(p.text))
                for i, p in enumerate(model.pieces)
                if p.kind in IN_TEXT
            ),
            self.unk_id,
            unknown_score,
        )
        self._sentinel = regex.compile(r"<extra_id_(0|[1-9]\d*)>", regex.ASCII)

    @classmethod
    def from_sentencepiece(cls, model_file: Path | str, extra_ids: int = 0) -> "UnigramTokenizer":
        """Read a model file, for T5 `spiece.model` with 100 extra ids.

        Raises: CorruptFileError or CourseError as in `read_model`.
        """
        return cls(read_model(model_file), extra_ids)

    @classmethod
    def train(
        cls,
        lines: Iterable[str],
        vocab_size: int,
        *,
        character_coverage: float = 0.9995,
        byte_fallback: bool = False,
        extra_ids: int = 0,
    ) -> "UnigramTokenizer":
        """Learn a vocabulary of at most vocab_size pieces from lines of text.

        Its first pieces are T5's: <pad>, </s> and <unk>. Text is brought to Unicode's form NFKC.
        Pieces hold letters of one script, or other signs; a space stands at the beginning alone.

        vocab_size: counts those three, and the 256 bytes where there are any; not the sentinels.
        character_coverage: so much of the text is made of characters that get a piece, the rarest
            are left out.
        byte_fallback: write characters without a piece as bytes.

        Raises: ValueError for lines without text, or where vocab_size has no room for the
            characters.
        """
        pieces = [Piece("<pad>", kind=PieceKind.CONTROL), Piece("</s>", kind=PieceKind.CONTROL)]
        pieces.append(Piece("<unk>", kind=PieceKind.UNKNOWN))
        if byte_fallback:
            pieces += [Piece(f"<0x{byte:02X}>", kind=PieceKind.BYTE) for byte in range(256)]
        plain = SentencePieceModel(
            pieces=pieces, charsmap=unicode_charsmap(), byte_fallback=byte_fallback
        )
        normalize = Normalizer(plain)
        words = words_of((normalize(line).text for line in lines), character_coverage)
        learned = learn_pieces(words, vocab_size - len(pieces))
        pieces += [Piece(text, float(np.float32(score))) for text, score in learned.items()]
        return cls(replace(plain, pieces=pieces), extra_ids)

    def save(self, folder: Path | str) -> None:
        """Write spiece.model into a folder; sentencepiece reads it. Sentinels are not in it."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        write_model(self.model, folder / FILE)

    def __len__(self) -> int:
        return len(self.model.pieces) + self.extra_ids

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text; no marks are added."""
        return [token.own for token in self._tokens(text)]

    def tokenize(self, text: str) -> list[str]:
        """Return the pieces of a text; characters without a piece stand as they are."""
        return [token.piece for token in self._tokens(text)]

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Return where each piece of `tokenize` begins and ends in the text, in characters.

        What normalisation takes away belongs to the piece before it. A piece that holds a part of
        a character covers the whole of it (sentencepiece gives it to the last such piece).
        """
        return [(token.start, token.end) for token in self._tokens(text)]

    def sample(
        self, text: str, temperature: float = 1.0, rng: random.Random | None = None
    ) -> list[int]:
        """Return the ids of a cut drawn by chance: subword regularisation.

        temperature: towards 0 the best cut, above 1 more even; 1 / α in the paper.

        Paper: Kudo, 2018, arXiv:1804.10959, section 3.3.
        Raises: ValueError for a temperature of 0 or less.
        """
        draw = partial(sample, temperature=temperature, rng=rng or random.Random())
        return [token.own for token in self._tokens(text, draw)]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of ids; control pieces leave nothing, the unknown one a sign.

        U+FFFD stands for each byte that is no UTF-8.

        Raises: ValueError for an id that has no piece.
        """
        model = self.model
        text, bytes_read = "", bytearray()
        at_start = model.add_dummy_prefix or model.remove_extra_whitespaces
        for own in map(int, ids):
            if not 0 <= own < len(self):
                raise ValueError(f"ids must be those of {len(self)} pieces, received {own}")
            if own in self._byte_of:
                bytes_read.append(self._byte_of[own])
                continue
            text += _text_of(bytes_read)
            bytes_read.clear()
            at_start = at_start and not text
            if own >= len(model.pieces):
                text += self._sentinel_of(own)
                continue
            piece, _, kind = model.pieces[own]
            if kind is PieceKind.CONTROL:
                continue
            if kind is PieceKind.UNKNOWN:
                text += model.unk_surface
                continue
            if at_start and piece.startswith(SPACE):
                piece = piece[1:]
                # one space was put in front; where more are removed, all in front are
                at_start = model.remove_extra_whitespaces
            text += piece.replace(SPACE, " ")
        return text + _text_of(bytes_read)

    def _sentinel_of(self, own: int) -> str:
        return f"<extra_id_{len(self) - 1 - own}>"

    def _split(self, text: str) -> Iterator[tuple[int, int, int | None]]:
        """Cut out the sentinels: where each part begins and ends, and the id of a sentinel."""
        at = 0
        for match in self._sentinel.finditer(text) if self.extra_ids else ():
            own = len(self) - 1 - int(match[1])
            if own >= len(self.model.pieces):
                yield at, match.start(), None
                yield match.start(), match.end(), own
                at = match.end()
        yield at, len(text), None

    def _tokens(
        self, text: str, cut: Callable[[str, PieceTable], Cut] = viterbi
    ) -> Iterator[Token]:
        for begin, end, own in self._split(text):
            if own is None:
                yield from self._tokens_of_part(text[begin:end], begin, cut)
            else:
                yield Token(own, text[begin:end], begin, end)

    def _tokens_of_part(self, part: str, begin: int, cut) -> Iterator[Token]:
        text, starts, ends = self._normalize(part)
        unknown: Token | None = None  # unknown pieces side by side are one
        start = 0
        for end, own in cut(text, self._table):
            # what vanished before the next character belongs here, as does a half of a character
            after = max(starts[end], ends[end - 1])
            token = Token(own, text[start:end], begin + starts[start], begin + after)
            start = end
            if own == self.unk_id and not self._byte_of:
                unknown = token if unknown is None else _joined(unknown, token)
                continue
            if unknown:
                yield unknown
                unknown = None
            if own == self.unk_id:
                for byte in token.piece.encode():
                    yield token._replace(own=self._id_of_byte[byte], piece=f"<0x{byte:02X}>")
            else:
                yield token
        if unknown:
            yield unknown


def _joined(first: Token, second: Token) -> Token:
    return first._replace(piece=first.piece + second.piece, end=second.end)


def _bonus(text: str) -> float:
    """Return a score that makes the longest user-defined piece win, as in sentencepiece."""
    return float(np.float32(0.1 * (len(text.encode()) - 1)))


def _text_of(row: bytearray) -> str:
    """Read UTF-8; U+FFFD stands for each byte that is none."""
    text = ""
    while row:
        try:
            return text + row.decode()
        except UnicodeDecodeError as error:
            text += row[: error.start].decode() + "\ufffd"
            row = row[error.start + 1 :]
    return text
