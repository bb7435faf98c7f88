"""Figures of the book. `viz.show(fig, alt=...)` ends a cell."""

from course_lib.viz.alignment import alignment
from course_lib.viz.attention_maps import SHARES, attention_maps
from course_lib.viz.curves import label_curves
from course_lib.viz.embedding_map import embedding_map
from course_lib.viz.looks import look
from course_lib.viz.scales import plain_log
from course_lib.viz.show import PALETTE, Shown, figure, pictures, show

__all__ = [
    "PALETTE",
    "SHARES",
    "Shown",
    "alignment",
    "attention_maps",
    "embedding_map",
    "figure",
    "label_curves",
    "look",
    "pictures",
    "plain_log",
    "show",
]
