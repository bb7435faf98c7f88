"""Byte-pair encoding: begin with single bytes, join the most frequent neighbours, again and again.

`byte_pairs` finds the pairs to join; `BytePairTokenizer` joins them in new text and gives ids.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import regex

from course_lib.errors import CorruptFileError
from course_lib.text.byte_pairs import (
    BYTE_OF,
    LETTER_OF,
    WORDS,
    Pair,
    from_printable,
    join,
    learn_merges,
    printable,
)


class BytePairTokenizer:
    """Turn texts into ids and back; any text can be written, since every byte has an id.

    merges: the pairs in the order in which they were found. vocab: the id of every piece.
    special_tokens: texts that are one piece each wherever they stand; those that the vocabulary
    lacks get the next free ids.
    pattern: what it finds are the words of a text, which no piece crosses; together they must be
    the text. GPT-2's unless given.

    Bytes that a published vocabulary lacks are left out, as in the tokenizers library.

    Paper: Radford et al., 2019 (GPT-2), section 2.2; the published files' ids are met exactly.
    """

    def __init__(
        self,
        merges: Sequence[Pair],
        vocab: dict[bytes, int],
        special_tokens: Sequence[str] = (),
        *,
        pattern: regex.Pattern = WORDS,
    ) -> None:
        self.merges = list(merges)
        self.vocab = dict(vocab)
        self.pattern = pattern
        self.special_tokens: dict[str, int] = {}
        next_id = max(self.vocab.values(), default=-1) + 1
        for token in special_tokens:
            own = self.vocab.pop(token.encode(), None)
            if own is None:
                own, next_id = next_id, next_id + 1
            self.special_tokens[token] = own
        self._rank = {pair: i for i, pair in enumerate(self.merges)}
        self._piece = {own: piece for piece, own in self.vocab.items()}
        self._piece |= {own: token.encode() for token, own in self.special_tokens.items()}
        self._lacking = bytes(byte for byte in range(256) if bytes([byte]) not in self.vocab)
        longest_first = sorted(self.special_tokens, key=len, reverse=True)
        self._special = (
            regex.compile("|".join(map(regex.escape, longest_first))) if longest_first else None
        )
        self._pieces_of_word = lru_cache(maxsize=100_000)(self._apply_merges)

    @classmethod
    def train(
        cls, texts: Iterable[str], vocab_size: int, special_tokens: Sequence[str] = ()
    ) -> "BytePairTokenizer":
        """Learn a vocabulary of at most vocab_size pieces from texts.

        vocab_size: the 256 bytes and the special tokens count.

        Raises: ValueError where vocab_size has no room for those.
        """
        n_merges = vocab_size - 256 - len(special_tokens)
        if n_merges < 0:
            raise ValueError(
                f"vocab_size must be at least {256 + len(special_tokens)}: 256 bytes and "
                f"{len(special_tokens)} special tokens; received {vocab_size}"
            )
        plain = cls([], {}, special_tokens)
        words: Counter[bytes] = Counter()
        for text in texts:
            for part, is_special in plain._split(_valid(text)):
                if not is_special:
                    words.update(word.encode() for word in plain.pattern.findall(part))
        return cls.from_merges(learn_merges(words, n_merges), special_tokens)

    @classmethod
    def from_merges(
        cls, merges: Sequence[Pair], special_tokens: Sequence[str] = ()
    ) -> "BytePairTokenizer":
        """Number the pieces as GPT-2 does: single bytes, then what was joined, in order."""
        pieces = dict.fromkeys([bytes([byte]) for byte in LETTER_OF] + [a + b for a, b in merges])
        return cls(merges, {piece: i for i, piece in enumerate(pieces)}, special_tokens)

    @classmethod
    def from_files(
        cls, vocab_json: Path | str, merges_txt: Path | str, special_tokens: Sequence[str] = ()
    ) -> "BytePairTokenizer":
        """Read GPT-2's two files.

        Raises: CorruptFileError for a file of another form, or merges of pieces without an id.
        """
        vocab_json, merges_txt = Path(vocab_json), Path(merges_txt)
        try:
            found = json.loads(vocab_json.read_text(encoding="utf-8"))
            vocab = {str(piece): int(own) for piece, own in found.items()}
        except (ValueError, AttributeError, TypeError) as error:
            raise CorruptFileError(
                "a JSON object {piece: id}",
                f"{vocab_json.name}: {error}",
                "take GPT-2's vocab.json",
            ) from error
        names = vocab_json.name, merges_txt.name
        return cls.from_tables(vocab, _lines(merges_txt), special_tokens, names=names)

    @classmethod
    def from_tables(
        cls,
        vocab: Mapping[str, int],
        merges: Iterable[str],
        special_tokens: Sequence[str] = (),
        *,
        pattern: regex.Pattern = WORDS,
        names: tuple[str, str] = ("the vocabulary", "the merges"),
    ) -> "BytePairTokenizer":
        """Take what files write: pieces in printable form, merges as "Ġ t".

        names: of the two tables, for messages.

        Raises: CorruptFileError for merges of another form, or of pieces without an id.
        """
        special = set(special_tokens)
        ids = {
            piece.encode()
            if piece in special or not set(piece) <= BYTE_OF.keys()
            else from_printable(piece): own
            for piece, own in vocab.items()
        }
        pairs = [_pair(line, names[1]) for line in merges]
        for a, b in pairs:
            if not {a, b, a + b} <= ids.keys():
                raise CorruptFileError(
                    f"merges of pieces that {names[0]} has",
                    f"{printable(a)} {printable(b)} in {names[1]}",
                    "take two tables of one tokenizer",
                )
        return cls(pairs, ids, special_tokens, pattern=pattern)

    def save(self, folder: Path | str) -> None:
        """Write vocab.json and merges.txt into a folder, in GPT-2's format."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        named = {printable(piece): own for piece, own in self.vocab.items()} | self.special_tokens
        ordered = dict(sorted(named.items(), key=lambda item: item[1]))
        text = json.dumps(ordered, ensure_ascii=False)
        (folder / "vocab.json").write_text(text, encoding="utf-8")
        lines = [f"{printable(a)} {printable(b)}\n" for a, b in self.merges]
        merges = "#version: 0.2\n" + "".join(lines)
        (folder / "merges.txt").write_text(merges, encoding="utf-8", newline="\n")

    def __len__(self) -> int:
        return len(self._piece)

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text."""
        ids: list[int] = []
        for part, is_special in self._split(_valid(text)):
            if is_special:
                ids.append(self.special_tokens[part])
            else:
                ids += [self.vocab[piece] for piece in self._pieces(part)]
        return ids

    def tokenize(self, text: str) -> list[str]:
        """Return the pieces of a text in printable form."""
        found: list[str] = []
        for part, is_special in self._split(_valid(text)):
            found += [part] if is_special else map(printable, self._pieces(part))
        return found

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of ids; U+FFFD stands for bytes that are no UTF-8.

        Raises: ValueError for an id that has no piece.
        """
        pieces = []
        for own in ids:
            if (piece := self._piece.get(int(own))) is None:
                raise ValueError(f"ids must be those of {len(self)} pieces, received {int(own)}")
            pieces.append(piece)
        return b"".join(pieces).decode(errors="replace")

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Return where each piece of `tokenize` begins and ends in the text, in characters.

        A piece that holds a part of a character covers the whole of it.
        """
        found: list[tuple[int, int]] = []
        start = 0
        for part, is_special in self._split(_valid(text)):
            if is_special:
                found.append((start, start + len(part)))
            else:
                # byte → character
                owner = [start + i for i, letter in enumerate(part) for _ in self._known(letter)]
                at = 0
                for piece in self._pieces(part):
                    found.append((owner[at], owner[at + len(piece) - 1] + 1))
                    at += len(piece)
            start += len(part)
        return found

    def _pieces(self, part: str) -> Iterator[bytes]:
        """Give the pieces of a part without special tokens."""
        for word in self.pattern.findall(part):
            yield from self._pieces_of_word(word)

    def _split(self, text: str) -> Iterator[tuple[str, bool]]:
        """Cut out the special tokens: parts and whether each is one."""
        at = 0
        for match in self._special.finditer(text) if self._special else ():
            if match.start() > at:
                yield text[at : match.start()], False
            yield match.group(), True
            at = match.end()
        if at < len(text):
            yield text[at:], False

    def _known(self, text: str) -> bytes:
        """Return the bytes that have an id."""
        return text.encode().translate(None, self._lacking)

    def _apply_merges(self, word: str) -> list[bytes]:
        """Join what training joined, in the same order."""
        parts = [bytes([byte]) for byte in self._known(word)]
        while len(parts) > 1:
            known = [pair for pair in pairwise(parts) if pair in self._rank]
            if not known:
                break
            parts = join(parts, min(known, key=self._rank.__getitem__))
        return parts


def _valid(text: str) -> str:
    """Return a text that UTF-8 can write: halves of surrogate pairs become U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").split("\n")
    if lines and lines[0].startswith("#version"):
        lines = lines[1:]
    return [line for line in (line.removesuffix("\r") for line in lines) if line]


def _pair(line: str, name: str) -> Pair:
    pieces = line.split(" ")
    if len(pieces) != 2 or not all(pieces) or not set("".join(pieces)) <= set(BYTE_OF):
        raise CorruptFileError(
            "two pieces with one space between them in each line",
            f"{line!r} in {name}",
            "take GPT-2's merges.txt",
        )
    return from_printable(pieces[0]), from_printable(pieces[1])
