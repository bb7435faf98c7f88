"""A vocabulary: the one table that turns words into whole numbers and back."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from course_lib.errors import CorruptFileError

PAD = "<pad>"
UNKNOWN = "<unk>"


class Vocabulary:
    """Distinct tokens in a fixed order; the place of a token is its id.

    A vocabulary with an unknown token encodes every token, and loses those it does not know; one
    without refuses them.
    """

    def __init__(self, tokens: Iterable[str], *, unknown: str | None = UNKNOWN) -> None:
        """Number the tokens in the order given.

        unknown: the token that stands for all others (it must be among them), or None.

        Raises: ValueError when a token occurs twice, or `unknown` is not among them.
        """
        self.tokens = list(tokens)
        self.ids = {token: index for index, token in enumerate(self.tokens)}
        if len(self.ids) != len(self.tokens):
            twice = next(token for token, n in Counter(self.tokens).items() if n > 1)
            raise ValueError(f"the tokens of a vocabulary must differ, {twice!r} occurs twice")
        if unknown is not None and unknown not in self.ids:
            raise ValueError(f"the unknown token {unknown!r} must be one of the tokens")
        self.unknown = unknown

    @classmethod
    def build(
        cls,
        texts: Iterable[Iterable[str]],
        *,
        min_count: int = 1,
        max_size: int | None = None,
        special: tuple[str, ...] = (PAD, UNKNOWN),
    ) -> "Vocabulary":
        """Count tokens and number them: special tokens first, then the most frequent.

        Equally frequent ones stand in alphabetical order, so that the same texts give the same ids
        in whatever order they come.

        texts: texts as lists of tokens.
        min_count: leave out tokens that occur less often.
        max_size: keep at most so many, special tokens included.

        Raises: ValueError when min_count is below 1 or max_size has no room for the special tokens.
        """
        if min_count < 1:
            raise ValueError(f"min_count must be 1 or more, received {min_count}")
        if max_size is not None and max_size < len(special):
            raise ValueError(
                f"max_size={max_size} has no room for {len(special)} special tokens: {special}"
            )
        counts: Counter[str] = Counter()
        for text in texts:
            if isinstance(text, str):
                raise ValueError(f"a text must be a list of tokens, received the string {text!r}")
            counts.update(text)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        kept = [token for token, n in ranked if n >= min_count and token not in special]
        tokens = [*special, *kept]
        return cls(tokens[:max_size], unknown=UNKNOWN if UNKNOWN in special else None)

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self.ids

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return self.tokens == other.tokens and self.unknown == other.unknown

    __hash__ = None  # type: ignore[assignment]

    def id_of(self, token: str) -> int:
        """Return a token's id, the unknown token's where it has none.

        Raises: ValueError for a token outside a vocabulary without an unknown token.
        """
        if token in self.ids:
            return self.ids[token]
        if self.unknown is None:
            raise ValueError(f"{token!r} is not among the {len(self)} tokens of the vocabulary")
        return self.ids[self.unknown]

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the ids of tokens (see id_of).

        Raises: ValueError for a string (split it into tokens first) or an unknown token.
        """
        if isinstance(tokens, str):
            raise ValueError(f"encode needs a list of tokens, received the string {tokens!r}")
        return [self.id_of(token) for token in tokens]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the tokens of ids.

        Raises: ValueError for an id outside 0 .. V − 1 (a negative one is no index from the end).
        """
        tokens = []
        for index in ids:
            if not 0 <= index < len(self):
                raise ValueError(f"an id must lie in 0 .. {len(self) - 1}, received {index}")
            tokens.append(self.tokens[index])
        return tokens

    def save(self, path: Path) -> None:
        """Write the vocabulary as JSON."""
        content = {"unknown": self.unknown, "tokens": self.tokens}
        path.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Read a vocabulary that `save` wrote.

        Raises: CorruptFileError where the file is no vocabulary.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(content["tokens"], unknown=content["unknown"])
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptFileError(
                f"a vocabulary in {path.name}", str(error), "write it again with Vocabulary.save"
            ) from error
