"""Is a published network handed out whole or not at all, and does the error name the command?"""

import hashlib
import json
import re

import pytest

from course_lib.data.cache import cache_dir
from course_lib.errors import CorruptFileError, CourseError, UnknownNameError
from course_lib.training.published import (
    PUBLISHED,
    PublishedFile,
    PublishedModel,
    is_here,
    place_of,
    published,
    published_folder,
    published_weights,
    workplace_of,
)

FILES = {"weights.bin": bytes(range(251)), "config.json": b"{}"}


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A network of two files, as it lies in the cache."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    files = [
        PublishedFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
        for name, data in FILES.items()
    ]
    model = PublishedModel(
        title="Tiny", what="w", source="s", licence="MIT", package="tiny==1.0", inside="tiny",
        files=tuple(files),
    )  # fmt: skip
    monkeypatch.setitem(PUBLISHED, "tiny", model)
    folder = place_of("tiny")
    folder.mkdir(parents=True)
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_fetched_network_is_a_folder_and_the_weights_are_its_first_file(tiny):
    assert is_here("tiny")
    assert published_folder("tiny") == tiny == cache_dir() / "models" / "tiny"
    assert published_weights("tiny") == tiny / "weights.bin"
    assert published("tiny").size == 251 + 2


@pytest.mark.parametrize(
    ("damage", "seen_by_size", "said"),
    [
        (bytes(251), False, "weights.bin with SHA-256 [0-9a-f]{12}… in place of [0-9a-f]{12}…"),
        (bytes(241), True, "weights.bin with 241 bytes in place of 251"),
        (b"", True, "weights.bin with 0 bytes in place of 251"),
        (None, True, "no weights.bin"),
    ],
    ids=["changed", "cut", "empty", "missing"],
)
def test_a_damaged_file_is_one_error_that_names_it_and_the_command(
    tiny, damage, seen_by_size, said
):
    (tiny / "weights.bin").unlink()
    if damage is not None:
        (tiny / "weights.bin").write_bytes(damage)
    with pytest.raises(CorruptFileError, match=said) as caught:
        published_weights("tiny")
    assert caught.value.action.endswith("course model get tiny")
    assert is_here("tiny") == (not seen_by_size)


@pytest.mark.parametrize("unfinished", [False, True])
def test_a_network_that_was_not_fetched_is_one_error_with_the_command(tiny, unfinished):
    workplace_of("tiny").mkdir()
    if unfinished:
        tiny.rename(workplace_of("tiny") / "fresh")
    else:
        tiny.rename(tiny.with_name("other"))
    assert not is_here("tiny")
    with pytest.raises(CourseError) as caught:
        published_folder("tiny")
    assert caught.value.expected == f"the files of Tiny in {tiny}"
    assert caught.value.received == ("an unfinished download" if unfinished else "no such folder")
    assert caught.value.action.endswith("course model get tiny")


def test_an_unknown_name_names_the_known_ones():
    for ask in (published_folder, is_here, place_of, published):
        with pytest.raises(UnknownNameError, match="did you mean 'minilm'"):
            ask("minilmm")


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_known_of_a_network_pins_its_bytes_and_says_whence_they_come(name):
    model = published(name)
    assert re.fullmatch(r"[a-z0-9-]+==[0-9.]+", model.package)
    assert model.licence == "Apache-2.0"
    assert model.source.startswith("https://")
    assert max(model.files, key=lambda file: file.size) == model.files[0]
    for file in model.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)


@pytest.mark.needs_model("minilm")
def test_the_real_minilm_is_what_its_description_says():
    folder = published_folder("minilm")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == ["BertModel"]
    assert (config["num_hidden_layers"], config["hidden_size"]) == (6, 384)
    vocab = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    assert len(vocab) == config["vocab_size"] == 30_522
    weights = published_weights("minilm")
    length = int.from_bytes(weights.read_bytes()[:8], "little")
    header = json.loads(weights.read_bytes()[8 : 8 + length])
    assert header["embeddings.word_embeddings.weight"]["shape"] == [30_522, 384]


@pytest.mark.needs_model("smollm2")
def test_the_real_smollm2_is_a_gguf_file():
    with published_weights("smollm2").open("rb") as file:
        assert file.read(4) == b"GGUF"
