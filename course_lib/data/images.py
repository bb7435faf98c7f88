"""Labelled images as two tensors: read, split, normalised, shifted and mirrored."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from PIL import Image
from torch import Tensor

from course_lib.data.hub import read_parquet
from course_lib.errors import CourseError

# Mean and spread of pixel values in [0, 1], one number a colour: those of torchvision's weights.
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


@dataclass(frozen=True)
class LabelledImages:
    """Images and their labels. Axes: N images, 3 colours, height, width."""

    images: UInt8[Tensor, "N 3 height width"]
    labels: Int[Tensor, " N"]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: Tensor) -> "LabelledImages":
        """Return the rows at these indices."""
        return LabelledImages(self.images[index], self.labels[index], self.classes)


def load(folder: str | Path, split: str) -> LabelledImages:
    """Read `FOLDER/SPLIT.parquet` with the columns image and label, as `datasets` writes them.

    Raises: CourseError where the file is missing, its columns are others, or a picture's numbers
    have no known range; CorruptFileError where it is no Parquet.
    """
    import datasets

    path = Path(folder) / f"{split}.parquet"
    if not path.exists():
        raise CourseError(
            f"{path.name} in a folder of labelled images",
            f"no such file in {Path(folder).name}",
            "give the folder that holds train.parquet and validation.parquet",
        )
    table = read_parquet([path])
    columns = {"image": datasets.Image, "label": datasets.ClassLabel}
    if not all(isinstance(table.features.get(name), kind) for name, kind in columns.items()):
        raise CourseError(
            f"a column image of type Image and a column label of type ClassLabel in {path.name}",
            ", ".join(
                f"{name} of type {type(kind).__name__}" for name, kind in table.features.items()
            ),
            "write the file with datasets: Dataset.cast_column, then to_parquet",
        )
    arrays = [_bytes(image, path.name) for image in table["image"]]
    images = torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2).contiguous()
    classes = tuple(table.features["label"].names)
    return LabelledImages(images, torch.tensor(table["label"]), classes)


def _bytes(image: Image.Image, file: str) -> UInt8[np.ndarray, "height width 3"]:
    """Return red, green and blue, 0 to 255; of 16-bit greys the whole range counts."""
    if image.mode.startswith("I;16"):
        # subtle: Pillow's own conversion makes all greys above 255 white
        image = Image.fromarray(
            ((np.asarray(image).astype(np.uint32) + 128) // 257).astype(np.uint8)
        )
    elif image.mode in ("I", "F"):
        low, high = image.getextrema()
        raise CourseError(
            f"pictures of 8 or 16 bits in {file}",
            f"one with 32 bits a pixel (mode {image.mode}), {low:g} to {high:g}, of unknown range",
            "scale the numbers to 0 .. 255 and save them as 8 bits",
        )
    return np.asarray(image.convert("RGB"))


def normalise(images: UInt8[Tensor, "N 3 height width"]) -> Float[Tensor, "N 3 height width"]:
    """Turn bytes into floats with about zero mean and unit spread."""
    return (images.float() / 255 - MEAN.to(images.device)) / STD.to(images.device)


def augment(
    images: UInt8[Tensor, "N 3 height width"], generator: torch.Generator, max_shift: int = 6
) -> UInt8[Tensor, "N 3 height width"]:
    """Mirror every other image, on average, and shift each by up to max_shift pixels.

    What moves out on one side comes back in on the other (a circular shift keeps every pixel).
    """
    n, _, height, width = images.shape
    shift = torch.randint(-max_shift, max_shift + 1, (2, n, 1), generator=generator)
    rows = (torch.arange(height) + shift[0]) % height  # (N, height)
    columns = (torch.arange(width) + shift[1]) % width  # (N, width)
    mirrored = torch.rand(n, 1, generator=generator) < 0.5
    columns = torch.where(mirrored, columns.flip(1), columns)
    which = torch.arange(n).view(n, 1, 1)
    moved = images.permute(0, 2, 3, 1)[which, rows[:, :, None], columns[:, None, :]]
    return moved.permute(0, 3, 1, 2).contiguous()


def few_labels(labels: Int[Tensor, " N"], per_class: int, seed: int) -> Int[Tensor, " M"]:
    """Return the indices of `per_class` examples of each class; small budgets lie in large ones.

    Raises: ValueError where a class has fewer examples.
    """
    generator = torch.Generator().manual_seed(seed)
    chosen = []
    for label in labels.unique():
        members = (labels == label).nonzero().flatten()
        if len(members) < per_class:
            raise ValueError(
                f"class {int(label)} has {len(members)} examples, asked for {per_class}"
            )
        order = torch.randperm(len(members), generator=generator)
        chosen.append(members[order[:per_class]])
    return torch.cat(chosen)


def batches(
    data: LabelledImages, batch_size: int, *, seed: int, augmented: bool = True
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield one epoch of normalised batches in an order drawn from the seed, the rest left out.

    A data set smaller than a batch gives one batch of all of it.
    """
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(data), generator=generator)
    size = min(batch_size, len(data))
    for start in range(0, len(data) - size + 1, size):
        index = order[start : start + size]
        images = data.images[index]
        if augmented:
            images = augment(images, generator)
        yield normalise(images), data.labels[index]
