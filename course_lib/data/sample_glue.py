"""A sample in the shape of each GLUE task, made by rule from words of this course.

Rules make correct labels and easy tasks: a model that does well here has learnt the rules.
"""

import random
from collections.abc import Callable
from typing import Any

SIZES = {"train": 96, "validation": 32}
NOUNS = ["model", "layer", "vector", "matrix", "sentence", "network", "token", "figure"]
VERBS = ["reads", "changes", "keeps", "forgets", "averages", "copies"]
PLURAL_VERBS = ["read", "change", "keep", "forget", "average", "copy"]
SAME = [  # two ways to say one thing
    ("the model overfits the training set", "the network fits its training examples too closely"),
    ("the loss falls with every step", "each step lowers the loss"),
    ("the weights of the first layer are frozen", "the first layer's weights do not change"),
    ("a larger batch needs more memory", "more memory is needed for a larger batch"),
    ("the vocabulary holds ten thousand words", "there are ten thousand words in the vocabulary"),
    ("the test part is never used for tuning", "nobody tunes on the test part"),
    ("rare words get few updates", "words that are rare are updated seldom"),
    ("the rate decays after the warm-up", "once it has warmed up, the rate decays"),
]
QUESTIONS = [  # a question, the same question, its answer
    ("how do I freeze a layer", "what freezes a layer", "Freezing sets requires_grad to False."),
    ("what is a token", "what does token mean", "A token is a piece of text with an index."),
    ("why is the loss NaN", "what makes the loss NaN", "A rate too high makes the loss NaN."),
    ("how large is the vocabulary", "how many words are known", "Ten thousand words are known."),
    ("where are records kept", "which folder has the records", "Records are kept in results."),
    ("who writes the card", "by whom is the card written", "Whoever trains it writes the card."),
]
GOOD = ["clear", "moving", "funny", "well played", "a joy", "clever", "warm", "brilliant"]
BAD = ["dull", "confused", "far too long", "badly played", "a waste", "cold", "empty", "noisy"]
THINGS = ["the plot", "the acting", "the ending", "the music", "this film", "the dialogue"]
PLACES = ["on a laptop", "in a library", "during the night", "for the course"]
WINOGRAD = [  # a sentence; two ways to fill its gap, each with what the pronoun stands for then
    (
        "The box does not fit into the bag because it is too {}.",
        ("large", "The box", "is too large"),
        ("small", "The bag", "is too small"),
    ),
    (
        "The teacher thanked the student because she had {}.",
        ("received help", "The teacher", "had received help"),
        ("given help", "The student", "had given help"),
    ),
    (
        "The model failed on the test since it was too {}.",
        ("weak", "The model", "was too weak"),
        ("hard", "The test", "was too hard"),
    ),
    (
        "The cup fell on the table and {}.",
        ("it broke", "The cup", "broke"),
        ("left a dent in it", "The table", "has a dent"),
    ),
]


def splits_of(task: str) -> tuple[str, ...]:
    """Return the splits that the sample of a task has."""
    if task == "mnli":
        return ("train", "validation_matched", "validation_mismatched")
    return tuple(SIZES)


def rows(task: str, split: str) -> list[dict[str, Any]]:
    """Return the rows of a split, each with its `idx`; the two classes come up about equally."""
    draw = random.Random(f"glue {task} {split}")
    size = SIZES[split.split("_")[0]]
    return [MAKERS[task](draw) | {"idx": idx} for idx in range(size)]


def _cola(draw: random.Random) -> dict[str, Any]:
    first, second = draw.sample(NOUNS, 2)
    place = draw.randrange(len(VERBS))
    good = [f"The {first} {VERBS[place]} the {second}.", f"The {first}s {PLURAL_VERBS[place]} it."]
    bad = [
        f"The {first} {PLURAL_VERBS[place]} the {second}.",
        f"{VERBS[place].capitalize()} {first} the the {second}.",
        f"The {first}s {VERBS[place]} it.",
    ]
    label = draw.randrange(2)
    return {"sentence": draw.choice(good if label else bad), "label": label}


def _sst2(draw: random.Random) -> dict[str, Any]:
    label, thing = draw.randrange(2), draw.choice(THINGS)
    word, other = draw.choice(GOOD if label else BAD), draw.choice(BAD if label else GOOD)
    sentence = draw.choice([f"{thing} is {word}", f"{thing} is {word} , not {other}"])
    return {"sentence": sentence, "label": label}


def _same_or_not(draw: random.Random) -> tuple[str, str, int]:
    label = draw.randrange(2)
    (first, same), (other, _) = draw.sample(SAME, 2)
    return first, same if label else other, label


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."


def _mrpc(draw: random.Random) -> dict[str, Any]:
    first, second, label = _same_or_not(draw)
    place = draw.choice(["", f" {draw.choice(PLACES)}"])
    one, two = _sentence(first + place), _sentence(second + place)
    return {"sentence1": one, "sentence2": two, "label": label}


def _stsb(draw: random.Random) -> dict[str, Any]:
    (first, same), (other, _) = draw.sample(SAME, 2)
    place = draw.choice(PLACES)
    second, label = draw.choice(
        [(first, 5.0), (same, 4.6), (f"{same} {place}", 3.8), (other, 0.4), (f"{other} {place}", 0)]
    )
    return {"sentence1": f"{first}.", "sentence2": f"{second}.", "label": float(label)}


def _qqp(draw: random.Random) -> dict[str, Any]:
    (first, same, _), (other, _, _) = draw.sample(QUESTIONS, 2)
    label = draw.randrange(2)
    return {"question1": f"{first}?", "question2": f"{same if label else other}?", "label": label}


def _mnli(draw: random.Random) -> dict[str, Any]:
    (first, same), (other, _) = draw.sample(SAME, 2)
    place, label = draw.choice(PLACES), draw.randrange(3)
    hypothesis = [f"{same}", f"{other}", f"it is not true that {first}"][label]
    return {"premise": f"{first} {place}.", "hypothesis": f"{hypothesis}.", "label": label}


def _qnli(draw: random.Random) -> dict[str, Any]:
    (question, _, answer), (_, _, other) = draw.sample(QUESTIONS, 2)
    label = draw.randrange(2)  # 0 is entailment: the sentence answers the question
    return {"question": f"{question}?", "sentence": other if label else answer, "label": label}


def _rte(draw: random.Random) -> dict[str, Any]:
    first, second, same = _same_or_not(draw)
    premise = _sentence(f"{first} {draw.choice(PLACES)}")  # says more than what may follow
    return {"sentence1": premise, "sentence2": _sentence(second), "label": 1 - same}


def _wnli(draw: random.Random) -> dict[str, Any]:
    frame, *ways = draw.choice(WINOGRAD)
    (gap, right, claim), (_, wrong, _) = draw.sample(ways, 2)
    label = draw.randrange(2)
    sentence = f"{right if label else wrong} {claim}."
    return {"sentence1": frame.format(gap), "sentence2": sentence, "label": label}


MAKERS: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "cola": _cola, "sst2": _sst2, "mrpc": _mrpc, "stsb": _stsb, "qqp": _qqp, "mnli": _mnli,
    "qnli": _qnli, "rte": _rte, "wnli": _wnli,
}  # fmt: skip
