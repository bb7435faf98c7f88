"""What the tests of BERT's words and pieces share: texts, and which characters both sides know."""

import unicodedata

from course_lib.text.bert_words import CHUNK, words_of

TEXTS = [
    "The runner runs: running, run and RUNS. It isn't the runner's 1999 running shoe!",
    "Whoever keeps thirteen ducks and a goose near the water hears them quacking before sunrise,",
    "while owners of seventy-five sheep sleep until noon; unaffable neighbours complain of both.",
    "naïve cafés in Zürich, İzmir, Ωμέγα and ΟΔΟΙ; 고양이가 잔다, ひらがな and カタカナ",
    "sum(x ** 2) == <unk> | [MASK] 中文 日本語 e\u0301 ½ ﬁre",
]


def words(text, lowercase=True):
    return [word.letters for chunk in CHUNK.findall(text) for word in words_of(chunk, lowercase)]


def is_settled(letter):
    """Tell whether two libraries must agree on a character, whatever their versions of Unicode.

    It was assigned in Unicode 3.2 and has kept its category; Σ is where they differ for a reason.
    """
    own = unicodedata.category(letter)
    return (
        own == unicodedata.ucd_3_2_0.category(letter)
        and own not in ("Cn", "Co", "Cs")
        and letter != "Σ"
    )
