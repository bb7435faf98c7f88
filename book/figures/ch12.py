"""The drawings of chapter 12."""

from course_lib.viz import show
from course_lib.viz.drawing import (
    BLUE,
    GOLD,
    GREEN,
    GREY,
    SMALL,
    VERMILION,
    arrow,
    box,
    canvas,
    text,
    tokens,
)


def encoder_decoder():
    """The lecture's picture: one stack reads, the other writes and looks at what was read."""
    fig, axes = canvas(43, 47)
    source = box(axes, 1.5, 1.5, "the child reads a book", width=18, colour=BLUE, size=SMALL)
    target = box(axes, 24, 1.5, "<s> 아이는 책을", width=18, colour=BLUE, size=SMALL)
    for x in (1.5, 24):
        box(axes, x, 6.8, "vectors + positions", width=18, colour=GREEN, size=SMALL)
    arrow(axes, source.top, (10.5, 6.8))
    arrow(axes, target.top, (33, 6.8))
    encoder = _stack(axes, 1.5, 12.5, [("self-attention", VERMILION), ("feed-forward", GREY)])
    decoder = _stack(
        axes, 24, 12.5,
        [("masked self-attention", VERMILION), ("cross-attention", GOLD), ("feed-forward", GREY)],
    )  # fmt: skip
    arrow(axes, (10.5, 9.6), encoder.bottom)
    arrow(axes, (33, 9.6), decoder.bottom)
    memory = box(axes, 1.5, 27.5, "memory: a vector\nfor each source word", width=18, height=4.4,
                 colour=BLUE, size=SMALL)  # fmt: skip
    arrow(axes, encoder.top, memory.bottom)
    arrow(axes, memory.right, (25.5, 20.9), bend=-0.25, colour=GOLD)
    text(axes, (21.6, 24.6), "keys,\nvalues", size=SMALL)
    scores = box(axes, 24, 36, "a score for each word", width=18, colour=GREEN, size=SMALL)
    out = box(axes, 24, 42.4, "아이는 책을 읽는다", width=18, colour=BLUE, size=SMALL)
    arrow(axes, decoder.top, scores.bottom)
    arrow(axes, scores.top, out.bottom)
    alt = "Left a stack that reads; right a stack that writes, with keys and values from the left"
    return show(fig, alt=alt)


def _stack(axes, x, y, parts):
    """A frame with parts in it, and how often it stands."""
    frame = box(axes, x, y, "", width=18, height=1.6 + 4.6 * len(parts))
    below = None
    for i, (name, colour) in enumerate(parts):
        place = box(axes, x + 1.5, y + 1.4 + 4.6 * i, name, width=15, colour=colour, size=SMALL)
        if below is not None:
            arrow(axes, below, place.bottom, strength=0.5)
        below = place.top
    text(axes, (x + 16.6, y + 0.8 + 4.6 * len(parts)), "× N", size=SMALL)
    return frame


def greedy_and_beam():
    """Two steps: the better first word leads to the worse text."""
    fig, axes = canvas(43, 27)
    start = box(axes, 1, 10.6, "<s>", width=5, height=2.4, size=SMALL)
    first = {"아이는": (0.6, 18.2, BLUE), "학생은": (0.4, 3.2, GREEN)}
    ends = {
        "아이는": [("책을", 0.40), ("국을", 0.35), ("시를", 0.25)],
        "학생은": [("책을", 0.90), ("국을", 0.10)],
    }
    for word, (share, y, colour) in first.items():
        place = box(axes, 12, y, word, width=8, height=2.4, colour=colour, size=SMALL)
        arrow(axes, start.right, place.left, strength=share)
        text(axes, (9, (start.right[1] + place.left[1]) / 2 + (1.5 if y > 11 else -1.5)),
             f"{share:.1f}", size=SMALL)  # fmt: skip
        for i, (then, next_share) in enumerate(ends[word]):
            level = y + 4.4 - 4.4 * i
            end = box(axes, 25, level, then, width=6.6, height=2.4, colour=colour, size=SMALL)
            arrow(axes, place.right, end.left, strength=next_share)
            product = f"{share:.1f} · {next_share:.2f} = {share * next_share:.2f}"
            text(axes, (37.3, end.right[1]), product, size=SMALL)
    alt = "Greedy search takes 0.6 first and ends at 0.24; the other beginning leads to 0.36"
    return show(fig, alt=alt)


def teacher_forcing():
    """In training the decoder reads the right words, whatever it would have said itself."""
    fig, axes = canvas(43, 20)
    given = tokens(axes, 9, 2.5, ["<s>", "아이는", "책을", "읽는다"], step=8.3)
    asked = tokens(axes, 9, 14.5, ["아이는", "책을", "읽는다", "</s>"], step=8.3, colour=GREEN)
    block = box(axes, 9, 8.2, "decoder", width=32.5, colour=GREY)
    for below, above in zip(given, asked, strict=True):
        arrow(axes, below.top, (below.top[0], block.y), strength=0.5)
        arrow(axes, (above.bottom[0], block.top[1]), above.bottom, strength=0.5)
    text(axes, (7.8, given[0].left[1]), "given", size=SMALL, align="right")
    text(axes, (7.8, asked[0].left[1]), "asked", size=SMALL, align="right")
    return show(fig, alt="The row that is asked for is the row that is given, moved by one place")
