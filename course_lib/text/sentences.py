"""Sentences of tokens, for models that read running text: words, and punctuation on request."""

import re
import sys
from collections.abc import Iterator

from course_lib.text.tokenize import WORD

TOKEN = re.compile(WORD.pattern + r"|[.,;:!?()\"“”]")
# a full stop, a closing quote or bracket, space, and then a capital letter; not after these
END = re.compile(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bcf\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bDr\.)(?<!\bSt\.)"
    r"[\"”')\]]*\s+(?=[\"“'(]?[A-Z])"
)
PARAGRAPH = re.compile(r"\n\s*\n")


def sentences(text: str, *, lower: bool = True, punctuation: bool = True) -> Iterator[list[str]]:
    """Yield the sentences of a text as lists of tokens; none of them is empty.

    A blank line ends a sentence, and so does a full stop, a question or an exclamation mark before
    a capital letter. Plain on purpose: "Prof. Smith" is cut in two.

    punctuation: keep `. , ; : ! ? ( )` and double quotes as tokens of their own.
    """
    pattern = TOKEN if punctuation else WORD
    for paragraph in PARAGRAPH.split(text):
        for sentence in END.split(paragraph):
            # interned: a corpus holds each word once, and its sentences point to it
            found = [
                sys.intern(token)
                for token in pattern.findall(sentence.lower() if lower else sentence)
            ]
            if found:
                yield found
