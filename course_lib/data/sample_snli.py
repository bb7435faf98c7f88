"""A sample in SNLI's shape: scenes put together by rule, and pairs written by hand.

The hypotheses give labels away, as those of the published set do: people who are asked for a
contradiction reach for "nobody" and "sleeping", for something neutral they add a purpose, and for
an entailment they say less (Gururangan et al. 2018). Here that is done on purpose, by rule; how
strongly it happens in the published set is measured there, never here.
"""

import random
from dataclasses import dataclass
from typing import Any

NO_GOLD_LABEL = -1
SPLITS = ("train", "validation", "test")
SIZES = {"train": 200, "validation": 50, "test": 50}  # premises; three pairs each
WITHOUT_LABEL = 0.02
WITHOUT_PLACE = 0.4  # premises that do not say where

# who, a more general word for them
PEOPLE = [
    ("A girl", "A child"), ("A boy", "A child"), ("Two girls", "Two children"),
    ("A woman", "A person"), ("A man", "A person"), ("Two men", "Two people"),
    ("An old man", "A man"), ("A young woman", "A woman"), ("Three boys", "Three children"),
    ("A teacher", "A person"), ("A cook", "A person"), ("Two students", "Two people"),
]  # fmt: skip
# doing what, a more general word for it, something that excludes it
ACTIONS = [
    ("feeding the birds", "near animals", "chasing the birds away"),
    ("painting a bird", "making a picture", "tearing up a picture"),
    ("reading a book about owls", "reading", "watching television"),
    ("eating rice with a spoon", "eating", "washing the dishes"),
    ("riding a red bicycle", "riding", "driving a car"),
    ("playing the violin", "making music", "listening to silence"),
    ("running in a circle", "moving", "sitting still"),
    ("carrying a heavy box", "carrying something", "lying in bed"),
    ("cutting bread", "holding a knife", "sleeping"),
    ("drawing a bird on the board", "drawing", "cleaning the board"),
    ("writing a letter", "writing", "sleeping"),
    ("looking at a heron", "looking at an animal", "asleep with closed eyes"),
]  # fmt: skip
OUTSIDE = ["in the park", "by the river", "in the street", "in front of a house"]
INSIDE = ["in the kitchen", "in a classroom", "in a library", "at home"]
PLACES = OUTSIDE + INSIDE
PURPOSES = ["for the first time", "because it is a holiday", "to win a prize", "for a friend"]
COMPANY = ["with the whole family", "while a friend waits", "after work", "before breakfast"]

BY_HAND = {
    "train": [
        ("A reader opens chapter seven on a train.", "Somebody reads.", 0),
        ("A reader opens chapter seven on a train.", "The reader is on the way to work.", 1),
        ("A reader opens chapter seven on a train.", "The reader has no book.", 2),
        ("Two students compare their loss curves.", "Two people look at curves.", 0),
        ("Two students compare their loss curves.", "One of the curves is better.", 1),
        ("Two students compare their loss curves.", "A student works alone.", 2),
        ("A heron stands in shallow water.", "A bird is in the water.", 0),
        ("A heron stands in shallow water.", "The heron has caught a fish.", 1),
        ("A heron stands in shallow water.", "The heron flies over a forest.", 2),
    ],
    "validation": [
        ("A lecturer draws an embedding matrix.", "Somebody draws.", 0),
        ("A lecturer draws an embedding matrix.", "The students take notes.", 1),
        ("A lecturer draws an embedding matrix.", "The lecturer is silent and still.", 2),
    ],
    "test": [
        ("An owl sleeps in a hollow tree.", "A bird rests.", 0),
        ("An owl sleeps in a hollow tree.", "The owl has hunted all night.", 1),
        ("An owl sleeps in a hollow tree.", "The owl is hunting mice.", 2),
    ],
}


@dataclass(frozen=True)
class Scene:
    """Who does what where; a word and a more general one each. No place where it is not told."""

    who: tuple[str, str]
    what: tuple[str, str, str]
    place: str | None

    @property
    def verb(self) -> str:
        """The form of "to be" that fits."""
        return "is" if self.who[0].startswith("A") else "are"

    @property
    def premise(self) -> str:
        """The sentence that is given."""
        return f"{self.who[0]} {self.verb} {self.what[0]}{f' {self.place}' if self.place else ''}."


def scenes() -> list[Scene]:
    """Return all scenes, each once, in an order that mixes them."""
    draw = random.Random("snli scenes")
    everywhere = [(who, what, place) for who in PEOPLE for what in ACTIONS for place in PLACES]
    draw.shuffle(everywhere)
    found = [
        Scene(who, what, place if draw.random() > WITHOUT_PLACE else None)
        for who, what, place in everywhere
    ]
    return list(dict.fromkeys(found))


def pairs(split: str) -> list[dict[str, Any]]:
    """Return the pairs of a split; no premise stands in two of them."""
    first = sum(SIZES[earlier] for earlier in SPLITS[: SPLITS.index(split)])
    draw = random.Random(f"snli {split}")
    rows = [
        {"premise": premise, "hypothesis": hypothesis, "label": label}
        for premise, hypothesis, label in BY_HAND[split]
    ]
    for scene in scenes()[first : first + SIZES[split]]:
        for label, say in enumerate((_entailed, _neutral, _contradicted)):
            unsure = draw.random() < WITHOUT_LABEL
            row = {"premise": scene.premise, "hypothesis": say(draw, scene)}
            rows.append(row | {"label": NO_GOLD_LABEL if unsure else label})
    draw.shuffle(rows)
    return rows


def _entailed(draw: random.Random, scene: Scene) -> str:
    who, what, verb = scene.who, scene.what, scene.verb
    less = [f"{who[1]} {verb} {what[1]}.", f"{who[1]} {verb} {what[0]}."]
    if scene.place:
        where = "outdoors" if scene.place in OUTSIDE else "indoors"
        less += [f"{who[1]} {verb} {where}.", f"{who[1]} {verb} {what[0]} {scene.place}."]
    return draw.choice(less)


def _neutral(draw: random.Random, scene: Scene) -> str:
    who, what, verb = scene.who, scene.what, scene.verb
    more = [
        f"{who[0]} {verb} {what[0]} {draw.choice(PURPOSES)}.",
        f"{who[1]} {verb} {what[1]} {draw.choice(COMPANY)}.",
        f"{who[0]} {verb} tired but happy.",
    ]
    if not scene.place:
        place = draw.choice(PLACES)
        more = [
            draw.choice(more),
            f"{who[1]} {verb} {'outdoors' if place in OUTSIDE else 'indoors'}.",
            f"{who[1]} {verb} {what[0]} {place}.",
        ]
    return draw.choice(more)


def _contradicted(draw: random.Random, scene: Scene) -> str:
    who, what, verb = scene.who, scene.what, scene.verb
    other = draw.choice([action for action in ACTIONS if action != what])
    against = [
        f"{who[1]} {verb} {other[0]}.",
        draw.choice([f"Nobody is {what[0]}.", f"{who[0]} {verb} not {what[0]}."]),
        f"{who[0]} {verb} {what[2]}.",
    ]
    if scene.place:
        elsewhere = draw.choice(INSIDE if scene.place in OUTSIDE else OUTSIDE)
        where = "outdoors" if elsewhere in OUTSIDE else "indoors"
        against += [f"{who[1]} {verb} {what[0]} {elsewhere}.", f"{who[1]} {verb} {where}."]
    return draw.choice(against)
