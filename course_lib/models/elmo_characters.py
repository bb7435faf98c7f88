"""Words as ELMo reads them: bytes between two marks, filled up to a fixed length.

A word's bytes in UTF-8 are its characters, so there is no unknown word in any script. All ids are
one higher than the bytes, since 0 stands for "no word here".
"""

from collections.abc import Collection, Sequence
from typing import Any

SHIFT = 1  # 0 is for masked words
SENTENCE_BEGIN, SENTENCE_END = 256, 257
WORD_BEGIN, WORD_END = 258, 259
FILLING = 260
N_CHARACTERS = 262  # ids 0 .. 261
FILLING_ID = FILLING + SHIFT

BEGIN_TOKEN, END_TOKEN = "<S>", "</S>"  # what stands before and after each sentence


def character_ids(token: str, max_characters: int = 50) -> list[int]:
    """Return a token's ids: begin mark, bytes, end mark, filling.

    A long token loses its end: max_characters − 2 bytes stay, also where this cuts a character in
    two. `<S>` and `</S>` are single characters of their own.

    Paper: Peters et al., 2018, arXiv:1802.05365; the ids are those of the published weights.
    """
    marks = {BEGIN_TOKEN: [SENTENCE_BEGIN], END_TOKEN: [SENTENCE_END]}
    content = marks.get(token) or list(token.encode("utf-8", "ignore")[: max_characters - 2])
    ids = [WORD_BEGIN, *content, WORD_END]
    ids += [FILLING] * (max_characters - len(ids))
    return [i + SHIFT for i in ids]


def check_sentences(sentences: Sequence[Any]) -> None:
    """Refuse what is no batch of token lists.

    Raises: ValueError for a string where a list is needed, and for tokens that are no strings.
    """
    if isinstance(sentences, str):
        raise ValueError(f"expected a list of token lists, received the string {sentences[:40]!r}")
    if not isinstance(sentences, Sequence):
        raise ValueError(f"expected a list of token lists, received a {type(sentences).__name__}")
    for row, tokens in enumerate(sentences):
        if not isinstance(tokens, Collection):
            raise ValueError(
                f"row {row} must be a list of tokens, received a {type(tokens).__name__}"
            )
        if isinstance(tokens, str):
            raise ValueError(
                f"row {row} must be a list of tokens, received the string {tokens[:40]!r}: "
                "split it, and give a batch as a list of such lists"
            )
        for token in tokens:
            if not isinstance(token, str):
                raise ValueError(f"row {row} must hold strings, received {token!r}")
