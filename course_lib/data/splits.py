"""One split of a data set: from the course's own sample, the hub or a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.data.hub import load_published
from course_lib.errors import CourseError

if TYPE_CHECKING:
    from datasets import Dataset

Sample = Callable[[str], "Dataset"]


def load_split(
    name: str, split: str, source: str | Path, sample: Sample, sample_splits: tuple[str, ...]
) -> "Dataset":
    """Return one split of the published set `name`, or of the course's sample of its shape.

    sample: makes a split of the sample; it has `sample_splits`.

    Raises: CourseError where the source lacks the split, and as `hub.load_published`.
    """
    if source == "sample":
        if split not in sample_splits:
            raise _no_split(name, split, sample_splits)
        return sample(split)
    splits = load_published(name, source=source, only=split)
    if split not in splits:
        raise _no_split(name, split, tuple(map(str, splits)))
    return splits[split]


def _no_split(name: str, split: str, known: tuple[str, ...]) -> CourseError:
    return CourseError(
        f"a split of {name} that this source has: {', '.join(known)}",
        repr(split),
        "take one of them, or cut a part off the training split",
    )
