"""Are the drawn pictures the same for everyone, balanced, and prepared without surprises?"""

from pathlib import Path

import datasets
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch.nn import functional as F

from course_lib.data import birds, images, things
from course_lib.data.images import LabelledImages
from course_lib.errors import CorruptFileError, CourseError


@pytest.mark.parametrize("module", [birds, things])
def test_the_same_seed_draws_the_same_pictures(module):
    one, two, other = module.dataset(20, 3), module.dataset(20, 3), module.dataset(20, 4)
    assert torch.equal(one.images, two.images)
    assert not torch.equal(one.images, other.images)
    assert one.images.shape == (20, 3, 64, 64)
    assert one.images.dtype == torch.uint8


@pytest.mark.parametrize("module", [birds, things])
def test_classes_are_balanced(module):
    n = 3 * len(module.CLASSES)
    assert module.dataset(n, 0).labels.bincount().tolist() == [3] * len(module.CLASSES)


def test_colour_tells_nothing_about_the_kind():
    """Mean colours of the classes lie within four standard errors of the mean of all."""
    drawn = birds.dataset(600, 0)
    colour = drawn.images.float().mean(dim=(2, 3))  # (N, 3)
    groups = [colour[drawn.labels == label] for label in range(len(birds.CLASSES))]
    error = colour.std(dim=0) / (600 / len(groups)) ** 0.5
    for group in groups:
        assert ((group.mean(dim=0) - colour.mean(dim=0)).abs() < 4 * error).all()


@pytest.mark.parametrize("module", [birds, things])
def test_no_pictures_are_refused(module):
    with pytest.raises(ValueError, match="received 0"):
        module.dataset(0, 0)


def labelled(n: int = 11, size: int = 7) -> LabelledImages:
    generator = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 256, (n, 3, size, size + 4), generator=generator, dtype=torch.uint8)
    return LabelledImages(pictures, torch.arange(n) % 2, ("a", "b"))


def test_augmentation_keeps_every_pixel_of_every_picture():
    data = labelled()
    moved = images.augment(data.images, torch.Generator().manual_seed(1), max_shift=3)
    assert moved.shape == data.images.shape
    assert not torch.equal(moved, data.images)
    for before, after in zip(data.images, moved, strict=True):
        # pixels are moved whole, so the multiset of colours stays
        assert torch.equal(
            before.flatten(1).T.long().unique(dim=0, return_counts=True)[1],
            after.flatten(1).T.long().unique(dim=0, return_counts=True)[1],
        )


def test_normalise_by_hand():
    """A grey of 255 in the red channel: (1 - 0.485) / 0.229 = 2.2489."""
    white = torch.full((1, 3, 2, 2), 255, dtype=torch.uint8)
    assert images.normalise(white)[0, 0, 0, 0].item() == pytest.approx(2.24890829)


@settings(deadline=None)
@given(small=st.integers(1, 3), more=st.integers(0, 2), seed=st.integers(0, 10))
def test_few_labels_are_balanced_and_nested(small, more, seed):
    labels = torch.arange(20) % 4
    few = images.few_labels(labels, small, seed)
    many = images.few_labels(labels, small + more, seed)
    assert labels[few].bincount().tolist() == [small] * 4
    assert set(few.tolist()) <= set(many.tolist())


def test_more_labels_than_there_are_is_refused():
    with pytest.raises(ValueError, match="class 0 has 5 examples, asked for 6"):
        images.few_labels(torch.arange(20) % 4, 6, 0)


def test_batches_visit_each_picture_once_and_leave_out_the_rest():
    data = labelled(11)
    seen = [x for x, _ in images.batches(data, 4, seed=0, augmented=False)]
    assert [len(x) for x in seen] == [4, 4]
    rows = torch.cat(seen).flatten(1)
    assert len(rows.unique(dim=0)) == 8


def test_a_set_smaller_than_a_batch_gives_one_batch():
    ((x, y),) = images.batches(labelled(3), 32, seed=0)
    assert len(x) == len(y) == 3


def write(folder: Path, pictures: list[Image.Image], labels: list[int]) -> None:
    features = datasets.Features(
        image=datasets.Image(), label=datasets.ClassLabel(names=["a", "b"])
    )
    columns = {"image": pictures, "label": labels}
    datasets.Dataset.from_dict(columns, features).to_parquet(str(folder / "train.parquet"))


def test_parquet_comes_back_in_order(tmp_path):
    data = labelled(5)
    pictures = [Image.fromarray(image.permute(1, 2, 0).numpy()) for image in data.images]
    write(tmp_path, pictures, data.labels.tolist())
    back = images.load(tmp_path, "train")
    assert torch.equal(back.images, data.images)
    assert torch.equal(back.labels, data.labels)
    assert back.classes == ("a", "b")


def test_of_16_bits_the_whole_range_counts(tmp_path):
    """By hand: v / 257, rounded: 256 / 257 is 1, 20000 / 257 is 77.8; white stays white."""
    greys = np.array([[0, 256, 20_000, 65_535]], dtype=np.uint16)
    other_end = Image.frombytes("I;16B", (4, 1), greys.astype(">u2").tobytes())
    write(tmp_path, [Image.fromarray(greys), other_end], [0, 1])
    for picture in images.load(tmp_path, "train").images:
        assert picture.tolist() == [[[0, 1, 78, 255]]] * 3


def test_cubic_curves_of_torch_and_pillow_differ_unless_antialiased():
    """Chapter 1 says so: torch bends with a = −0.75, Pillow and antialiased torch with −0.5."""
    small = birds.dataset(6, 0).images
    size = (160, 160)
    theirs = [
        Image.fromarray(x.permute(1, 2, 0).numpy()).resize(size, Image.Resampling.BICUBIC)
        for x in small
    ]
    theirs = torch.from_numpy(np.stack([np.asarray(x) for x in theirs])).permute(0, 3, 1, 2)
    far = {}
    for antialias in (False, True):
        ours = F.interpolate(small, size, mode="bicubic", antialias=antialias)
        far[antialias] = (ours.int() - theirs.int()).abs().max().item()
    assert far[False] > 5
    assert far[True] <= 2


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_pictures_whose_range_is_not_known_are_refused(tmp_path, kind):
    write(tmp_path, [Image.fromarray(np.array([[0, 300]], dtype=kind))], [0])
    with pytest.raises(CourseError, match="0 to 300, of unknown range; scale the numbers"):
        images.load(tmp_path, "train")


def test_other_columns_and_other_files_are_refused(tmp_path):
    path = tmp_path / "train.parquet"
    datasets.Dataset.from_dict({"image": ["a.png"], "label": [1]}).to_parquet(str(path))
    with pytest.raises(CourseError, match="received image of type Value, label of type Value"):
        images.load(tmp_path, "train")
    path.write_bytes(b"no Parquet")
    with pytest.raises(CorruptFileError, match=r"train\.parquet"):
        images.load(tmp_path, "train")


def test_a_missing_split_says_what_to_give(tmp_path):
    with pytest.raises(CourseError, match=r"train\.parquet"):
        images.load(tmp_path, "train")
