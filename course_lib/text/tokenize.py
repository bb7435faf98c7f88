"""The plain word tokenizer of the first chapters."""

import re

# letters and digits of any script, apostrophes or hyphens inside: "don't", "left-hand", "한국어"
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def words(text: str, *, lower: bool = True) -> list[str]:
    """Return the words of a text, in order; punctuation, symbols and underscores are left out.

    Plain on purpose: it cannot be undone (case and punctuation are lost), and "run" and "running"
    are two words without anything in common. Chapters 13 and 14 do better with pieces of words.
    """
    return WORD.findall(text.lower() if lower else text)
