"""One colour and one marker a method, the same in every figure of the book."""

from typing import Any

from course_lib.viz.show import PALETTE

BLUE, VERMILION, GREEN, PINK, GOLD, SKY, GREY = PALETTE

# a family shares a colour: counting, averaged vectors, networks from nothing, language models
LOOKS = {
    # chapter 1
    "scratch": (PINK, ">"),
    "frozen": (GOLD, "h"),
    "partial": (SKY, "p"),
    "full": (BLUE, "*"),
    "discriminative": (GREEN, "d"),
    # the axis
    "one-hot": (GREY, "o"),
    "tf-idf, 1- and 2-grams": (GOLD, "s"),
    "n-gram models": (SKY, "D"),
    "embedding learnt": (PINK, "^"),
    "random weights": (PINK, "X"),
    "word2vec, averaged": (GREEN, "v"),
    "ELMo, frozen": (VERMILION, "P"),
    "ULMFiT": (BLUE, "o"),
    "the model, plainly": (SKY, "<"),
    "encoder, from nothing": (PINK, "D"),
    # chapter 3
    "network": (PINK, "o"),
    "Kneser-Ney, N = 3": (SKY, "v"),
    "Kneser-Ney, N = 5": (SKY, "^"),
    # chapter 5
    "word2vec, around": (GREEN, "o"),
    "second layer": (VERMILION, "^"),
    "first layer": (VERMILION, "v"),
    # chapter 8
    "explicit": (VERMILION, "s"),
    "fused kernel": (BLUE, "D"),
    "divided by √K": (BLUE, "s"),
    "not divided": (GREY, "v"),
    # chapter 9
    "pre-norm": (BLUE, "^"),
    "post-norm": (VERMILION, "o"),
    "no norm": (GREY, "s"),
    # chapter 10
    "none": (GREY, "^"),
    "learned": (PINK, "s"),
    "sinusoidal": (VERMILION, "D"),
    "T5": (GREEN, "s"),
    "rotary": (BLUE, "v"),
    "ALiBi": (GOLD, "o"),
    # chapter 11
    "with the mask": (BLUE, "P"),
    "without": (VERMILION, "X"),
}


def look(method: str) -> dict[str, Any]:
    """Return the colour and the marker of a method, as keywords for matplotlib.

    Raises: ValueError for a method that has none yet: give it one in LOOKS.
    """
    if method not in LOOKS:
        raise ValueError(f"no look for the method {method!r}; there is one for {', '.join(LOOKS)}")
    colour, marker = LOOKS[method]
    return {"color": colour, "marker": marker}
