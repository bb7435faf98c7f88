"""Pairs of English and Korean sentences, made by a grammar: in Korean the verb stands at the end.

English says who does what, and then where; Korean says who, where, what, and then does. Particles
mark the parts, and their form depends on whether the last syllable ends in a consonant: 책을 and
사과를. The tense is in the verb, and the word for the day decides it.

Held out are combinations: some adjectives and nouns never meet in training, though each of them
occurs with others. A model that has learnt the rule and not the pairs translates them as well.

Limits: plain written style (한다체), few words; no native speaker has judged the sentences.
"""

import random
from dataclasses import dataclass

SUBJECTS = {
    "child": "아이", "student": "학생", "teacher": "선생님", "friend": "친구",
    "doctor": "의사", "farmer": "농부", "artist": "화가", "neighbour": "이웃",
}  # fmt: skip
OBJECTS = {
    "book": "책", "letter": "편지", "poem": "시", "apple": "사과", "bread": "빵", "soup": "국",
    "picture": "그림", "map": "지도", "flower": "꽃", "bag": "가방", "hat": "모자", "lamp": "등불",
}  # fmt: skip
# before an object; "good" stands before a person as well
ADJECTIVES = {
    "small": "작은", "big": "큰", "old": "오래된", "good": "좋은", "strange": "이상한",
    "red": "빨간", "white": "하얀", "heavy": "무거운",
}  # fmt: skip
OF_PEOPLE = {"happy": "행복한", "kind": "친절한", "quiet": "조용한", "tired": "피곤한"}
PLACES = {
    "": "", "at home": "집에서", "at school": "학교에서", "in the park": "공원에서",
    "in the library": "도서관에서", "in the garden": "정원에서",
}  # fmt: skip
DAYS = {"today": "오늘", "yesterday": "어제", "tomorrow": "내일"}
TENSE = {"today": 0, "yesterday": 1, "tomorrow": 2}


@dataclass(frozen=True)
class Verb:
    """Forms for now, before and later, in both languages, and what it can be done to."""

    english: tuple[str, str, str]
    korean: tuple[str, str, str]
    objects: tuple[str, ...]


READABLE, EDIBLE = ("book", "letter", "poem", "map"), ("apple", "bread", "soup")
ANY = tuple(OBJECTS)
VERBS = (
    Verb(("reads", "read", "will read"), ("읽는다", "읽었다", "읽을 것이다"), READABLE),
    Verb(("eats", "ate", "will eat"), ("먹는다", "먹었다", "먹을 것이다"), EDIBLE),
    Verb(
        ("writes", "wrote", "will write"), ("쓴다", "썼다", "쓸 것이다"), ("book", "letter", "poem")
    ),
    Verb(
        ("draws", "drew", "will draw"),
        ("그린다", "그렸다", "그릴 것이다"),
        ("picture", "map", "flower", "apple"),
    ),
    Verb(("buys", "bought", "will buy"), ("산다", "샀다", "살 것이다"), ANY),
    Verb(("sees", "saw", "will see"), ("본다", "보았다", "볼 것이다"), ANY),
    Verb(("likes", "liked", "will like"), ("좋아한다", "좋아했다", "좋아할 것이다"), ANY),
    Verb(("finds", "found", "will find"), ("찾는다", "찾았다", "찾을 것이다"), ANY),
)
HELD_OUT = 5  # one in so many pairs of adjective and object
LAST_SYLLABLES = 28  # of Hangul's syllables in a row, the first ends in no consonant


@dataclass(frozen=True)
class Pair:
    """A sentence in both languages. new: it holds a combination that training never shows."""

    english: str
    korean: str
    new: bool


def pairs(n: int, split: str, seed: int = 0) -> list[Pair]:
    """Return n pairs, no two the same.

    split: "train" and "valid" hold known combinations alone, "test" new ones alone. Sentences of
    "valid" are others than those of "train" with the same seed.

    Raises: ValueError for another split or n below 1.
    """
    if split not in ("train", "valid", "test"):
        raise ValueError(f"split is one of train, valid, test, received {split!r}")
    if n < 1:
        raise ValueError(f"n must be 1 or more, received {n}")
    draw = random.Random(f"{seed}:{'test' if split == 'test' else 'known'}")
    found: dict[str, Pair] = {}
    while len(found) < n:
        pair = _pair(draw)
        is_valid = _drawn(pair.english, 10)
        wanted = pair.new if split == "test" else not pair.new and is_valid == (split == "valid")
        if wanted:
            found[pair.english] = pair
    return list(found.values())


def ends_in_consonant(word: str) -> bool:
    """Say whether the last syllable of a Korean word ends in a consonant.

    Raises: ValueError for a word that does not end in a syllable of Hangul.
    """
    place = ord(word[-1]) - ord("가") if word else -1
    if not 0 <= place <= ord("힣") - ord("가"):
        raise ValueError(f"the word must end in a syllable of Hangul, received {word!r}")
    return place % LAST_SYLLABLES != 0


def topic(word: str) -> str:
    """Return the word with the particle of what is spoken of: 은 or 는."""
    return word + ("은" if ends_in_consonant(word) else "는")


def object_of(word: str) -> str:
    """Return the word with the particle of what something is done to: 을 or 를."""
    return word + ("을" if ends_in_consonant(word) else "를")


def is_new(adjective: str, noun: str) -> bool:
    """Say whether an adjective and an object are kept apart in training."""
    return bool(adjective) and _drawn(f"{adjective} {noun}", HELD_OUT)


def _drawn(text: str, one_in: int) -> bool:
    """Draw one in so many texts, always the same ones."""
    return random.Random(text).randrange(one_in) == 0


def _pair(draw: random.Random) -> Pair:
    day = draw.choice(list(DAYS))
    verb = draw.choice(VERBS)
    who, what = draw.choice(list(SUBJECTS)), draw.choice(verb.objects)
    of_who, of_what = (
        draw.choice(["", *kinds]) for kinds in ({**OF_PEOPLE, "good": "좋은"}, ADJECTIVES)
    )
    place = draw.choice(list(PLACES))
    tense = TENSE[day]
    english = [day, "the", of_who, who, verb.english[tense], "the", of_what, what, place]
    korean = [
        DAYS[day],
        (OF_PEOPLE | ADJECTIVES).get(of_who, ""),
        topic(SUBJECTS[who]),
        PLACES[place],
        ADJECTIVES.get(of_what, ""),
        object_of(OBJECTS[what]),
        verb.korean[tense],
    ]
    return Pair(_joined(english), _joined(korean), is_new(of_what, what))


def _joined(words: list[str]) -> str:
    return " ".join(word for word in words if word) + " ."
