"""WordPiece, BERT's tokenizer: cut a text into words, then each word into the longest known pieces.

Read `bert_words` first (what a word is), then this; `wordpiece_training` learns a vocabulary.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from course_lib.errors import CorruptFileError
from course_lib.text.bert_words import CHUNK, words_of
from course_lib.text.wordpiece_training import INSIDE, learn_pieces

PAD, UNKNOWN, CLASSIFY, SEPARATE, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
SPECIAL_TOKENS = (PAD, UNKNOWN, CLASSIFY, SEPARATE, MASK)
MAX_LETTERS = 200  # in a word; a longer one is unknown

Span = tuple[int, int]


class WordPieceTokenizer:
    """Turn texts into ids. From the left, each word gives the longest piece that is known.

    A word with a rest that no piece begins is [UNK] as a whole, and so is one of more than 200
    letters, counted as they are looked up. [CLS], [MASK] and the like are added to ids and never
    found in text: there, "[MASK]" is three words.

    pieces: the vocabulary; the place of a piece is its id. A piece inside a word begins with ##.
    special_tokens: the ids of those of BERT's five that the vocabulary has.

    Paper: Devlin et al., 2019, arXiv:1810.04805, section 3; the pieces are those of Google's
    bert/tokenization.py (2019, `FullTokenizer`) for any text.
    Differs from transformers' BertTokenizer, which finds special tokens in text; drops characters
    for private use; takes words of more than 100 letters for unknown; makes every capital sigma σ;
    leaves the ideographs U+2B820 to U+2B91F within words; and has tables of another Unicode
    version.
    Raises: ValueError where [UNK] is not among the pieces.
    """

    def __init__(self, pieces: Sequence[str], lowercase: bool = True) -> None:
        self.pieces = list(pieces)
        self.lowercase = lowercase
        self.vocab = {piece: i for i, piece in enumerate(self.pieces)}
        if UNKNOWN not in self.vocab:
            raise ValueError(f"{UNKNOWN} must be among the pieces, received {len(pieces)} others")
        self.special_tokens = {t: self.vocab[t] for t in SPECIAL_TOKENS if t in self.vocab}
        self._longest = max(map(len, self.pieces))
        self._cut = lru_cache(maxsize=100_000)(self._cut_chunk)

    @classmethod
    def train(
        cls, texts: Iterable[str], vocab_size: int, lowercase: bool = True
    ) -> "WordPieceTokenizer":
        """Learn a vocabulary of at most vocab_size pieces, BERT's five special tokens first.

        The same texts give the same ids, in any order: `learn_pieces` says how ties are broken.

        Raises: ValueError where vocab_size has no room for the letters and the special tokens.
        """
        chunks: Counter[str] = Counter()
        for text in texts:
            chunks.update(CHUNK.findall(text))
        words: Counter[str] = Counter()
        for chunk, count in chunks.items():
            for word in words_of(chunk, lowercase):
                if len(word.letters) <= MAX_LETTERS:
                    words[word.letters] += count
        learned = learn_pieces(words, vocab_size - len(SPECIAL_TOKENS))
        return cls([*SPECIAL_TOKENS, *learned], lowercase)

    @classmethod
    def from_file(cls, vocab_txt: Path | str, lowercase: bool = True) -> "WordPieceTokenizer":
        """Read a vocab.txt: a piece a line, UTF-8.

        White space around a piece does not count. Of equal lines the last one gives the id.

        lowercase: what the vocabulary was made for; the file does not say.

        Raises: CorruptFileError for a file that is not UTF-8 or lacks [UNK].
        """
        path = Path(vocab_txt)
        try:
            # subtle: splitlines and text mode would end a line at more than \n
            lines = path.read_bytes().decode().removesuffix("\n").split("\n")
            return cls([line.strip() for line in lines], lowercase)
        except ValueError as error:
            raise CorruptFileError(
                "a piece a line, [UNK] among them", f"{path.name}: {error}", "take BERT's vocab.txt"
            ) from error

    def save(self, folder: Path | str) -> None:
        """Write vocab.txt into a folder."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{piece}\n" for piece in self.pieces)
        (folder / "vocab.txt").write_text(text, encoding="utf-8", newline="\n")

    def __len__(self) -> int:
        return len(self.pieces)

    def encode(self, text: str, second: str | None = None) -> list[int]:
        """Return the ids of [CLS] text [SEP], or of [CLS] text [SEP] second [SEP].

        Raises: ValueError where the vocabulary lacks [CLS] or [SEP].
        """
        if not {CLASSIFY, SEPARATE} <= set(self.special_tokens):
            raise ValueError(
                f"encode needs {CLASSIFY} and {SEPARATE} in the vocabulary, which has "
                f"{', '.join(self.special_tokens)}; `tokenize` needs neither"
            )
        ids = [self.special_tokens[CLASSIFY]]
        for part in (text,) if second is None else (text, second):
            for chunk in CHUNK.findall(part):
                ids += self._cut(chunk)[0]
            ids.append(self.special_tokens[SEPARATE])
        return ids

    def token_type_ids(self, ids: Sequence[int]) -> list[int]:
        """Return BERT's segments: 0 up to the first [SEP], 1 up to the last one, 0 for padding."""
        separator = self.special_tokens.get(SEPARATE)
        ends = [i for i, own in enumerate(ids) if own == separator]
        return [int(bool(ends) and ends[0] < i <= ends[-1]) for i in range(len(ids))]

    def tokenize(self, text: str) -> list[str]:
        """Return the pieces of a text, without [CLS] and [SEP]."""
        return [self.pieces[own] for c in CHUNK.findall(text) for own in self._cut(c)[0]]

    def offsets(self, text: str) -> list[Span]:
        """Return where each piece of `tokenize` begins and ends in the text, in characters.

        A piece reaches from the first to the last character that left something in it: what was
        dropped counts between them and not at the ends. Pieces of one character share its place.
        """
        return [
            (chunk.start() + start, chunk.start() + end)
            for chunk in CHUNK.finditer(text)
            for start, end in self._cut(chunk.group())[1]
        ]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the words of ids with one space between them; [CLS], [SEP] and [PAD] are left out.

        Raises: ValueError for an id that has no piece.
        """
        words: list[str] = []
        for own in map(int, ids):
            if not 0 <= own < len(self):
                raise ValueError(f"ids must lie in 0 .. {len(self) - 1}, received {own}")
            piece = self.pieces[own]
            if piece.startswith(INSIDE) and words:
                words[-1] += piece.removeprefix(INSIDE)
            elif piece not in (CLASSIFY, SEPARATE, PAD):
                words.append(piece)
        return " ".join(words)

    def _cut_chunk(self, chunk: str) -> tuple[list[int], list[Span]]:
        """Return the ids of a chunk's pieces and where they stand in it."""
        ids: list[int] = []
        spans: list[Span] = []
        for letters, places in words_of(chunk, self.lowercase):
            start = 0
            for own, end in self._longest_pieces(letters):
                ids.append(own)
                spans.append((min(places[start:end]), max(places[start:end]) + 1))
                start = end
        return ids, spans

    def _longest_pieces(self, letters: str) -> list[tuple[int, int]]:
        """Return the ids of a word's pieces and where each of them ends."""
        unknown = [(self.vocab[UNKNOWN], len(letters))]
        if len(letters) > MAX_LETTERS:
            return unknown
        found: list[tuple[int, int]] = []
        start = 0
        while start < len(letters):
            mark = INSIDE if start else ""
            for end in range(min(len(letters), start + self._longest), start, -1):
                own = self.vocab.get(mark + letters[start:end])
                if own is not None:
                    break
            else:
                return unknown
            found.append((own, end))
            start = end
        return found
