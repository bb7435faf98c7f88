"""A sample in SNLI's shape: scenes put together by rule, and pairs written by hand.

The hypotheses give labels away, as those of the published set do: people who are asked for a
contradiction reach for "nobody" and "sleeping", for something neutral they add a purpose, and for
an entailment they say less (Gururangan et al. 2018). Here that is done on purpose, by rule; how
strongly it happens in the published set is measured there, never here.
"""

import random
from typing import Any

SPLITS = ("train", "validation", "test")
SIZES = {"train": 200, "validation": 50, "test": 50}  # premises; three pairs each
WITHOUT_LABEL = 0.02

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


def pairs(split: str) -> list[dict[str, Any]]:
    """Return the pairs of a split; no premise stands in two of them."""
    scenes = [
        (who, what, place) for who in PEOPLE for what in ACTIONS for place in OUTSIDE + INSIDE
    ]
    random.Random("snli scenes").shuffle(scenes)
    first = sum(SIZES[earlier] for earlier in SPLITS[: SPLITS.index(split)])
    draw = random.Random(f"snli {split}")
    rows = [
        {"premise": premise, "hypothesis": hypothesis, "label": label}
        for premise, hypothesis, label in BY_HAND[split]
    ]
    for who, what, place in scenes[first : first + SIZES[split]]:
        verb = "is" if who[0][0] == "A" else "are"
        premise = f"{who[0]} {verb} {what[0]} {place}."
        said = [_entailed, _neutral, _contradicted]
        for label, say in enumerate(said):
            unsure = draw.random() < WITHOUT_LABEL
            hypothesis = say(draw, who, verb, what, place)
            rows.append(
                {"premise": premise, "hypothesis": hypothesis, "label": -1 if unsure else label}
            )
    draw.shuffle(rows)
    return rows


def _entailed(draw: random.Random, who, verb: str, what, place: str) -> str:
    where = "outdoors" if place in OUTSIDE else "indoors"
    return draw.choice(
        [
            f"{who[1]} {verb} {where}.",
            f"{who[1]} {verb} {what[1]}.",
            f"{who[0]} {verb} {what[0]}.",
            f"{who[1]} {verb} {what[0]} {place}.",
        ]
    )


def _neutral(draw: random.Random, who, verb: str, what, place: str) -> str:
    return draw.choice(
        [
            f"{who[0]} {verb} {what[0]} {draw.choice(PURPOSES)}.",
            f"{who[1]} {verb} {what[1]} {draw.choice(COMPANY)}.",
            f"{who[0]} {verb} tired but happy.",
            f"{who[1]} {verb} near a window." if place in INSIDE else f"{who[1]} {verb} cold.",
        ]
    )


def _contradicted(draw: random.Random, who, verb: str, what, place: str) -> str:
    elsewhere = draw.choice(INSIDE if place in OUTSIDE else OUTSIDE)
    return draw.choice(
        [
            f"Nobody is {what[0]}.",
            f"{who[0]} {verb} {what[2]}.",
            f"{who[0]} {verb} {what[0]} {elsewhere}.",
            f"{who[0]} {verb} not {what[0]}.",
        ]
    )
