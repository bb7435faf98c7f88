"""Published data sets by name, at a pinned revision; or the same from a folder on this machine.

Parquet only: `datasets` 4 dropped loading scripts, and a script would be foreign code. Whatever the
course itself shows runs without a network; these are for readers who have one.
"""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.errors import CorruptFileError, CourseError, OfflineError, UnknownNameError

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


HUB = "huggingface.co"


@dataclass(frozen=True, kw_only=True)
class Published:
    """Where a published set lies, and what the course needs of it.

    revision: a commit, never a moving branch: the same rows today and in five years.
    offline: what this course offers where there is no network.
    """

    repository: str
    config: str | None
    revision: str
    columns: tuple[str, ...]
    offline: str


PUBLISHED = {
    "snli": Published(
        repository="stanfordnlp/snli",
        config="plain_text",
        revision="cdb5c3d5eed6ead6e5a341c8e56e669bb666725b",
        columns=("premise", "hypothesis", "label"),
        offline="a folder with train.parquet, validation.parquet and test.parquet",
    ),
    "squad": Published(
        repository="rajpurkar/squad",
        config="plain_text",
        revision="7b6d24c440a36b6815f21b70d25016731768db1f",
        columns=("id", "title", "context", "question", "answers"),
        offline="a folder with train.parquet and validation.parquet",
    ),
    "imdb": Published(
        repository="stanfordnlp/imdb",
        config="plain_text",
        revision="e6281661ce1c48d982bc483cf8a173c1bbeb5d31",
        columns=("text", "label"),
        offline="a folder with train.parquet and test.parquet",
    ),
}
PUBLISHED["squad_v2"] = replace(
    PUBLISHED["squad"],
    repository="rajpurkar/squad_v2",
    config="squad_v2",
    revision="3ffb306f725f7d2ce8394bc1873b24868140c412",
)
_GLUE = {
    "cola": ("sentence",),
    "sst2": ("sentence",),
    "mrpc": ("sentence1", "sentence2"),
    "qqp": ("question1", "question2"),
    "stsb": ("sentence1", "sentence2"),
    "mnli": ("premise", "hypothesis"),
    "qnli": ("question", "sentence"),
    "rte": ("sentence1", "sentence2"),
    "wnli": ("sentence1", "sentence2"),
}
PUBLISHED |= {
    f"glue/{task}": Published(
        repository="nyu-mll/glue",
        config=task,
        revision="bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c",
        columns=(*texts, "label", "idx"),
        offline="a folder with train.parquet and validation.parquet",
    )
    for task, texts in _GLUE.items()
}


def load_published(
    name: str, *, source: str | Path = "hub", only: str | None = None
) -> "DatasetDict":
    """Return the splits of a published data set, with the columns that the course uses.

    source: "hub", a folder that holds SPLIT.parquet (or SPLIT-*.parquet) with these columns, or
        one such file.
    only: read this split alone, where the folder has it.

    Raises: UnknownNameError for a name outside the table; OfflineError where the hub
    cannot be reached; CourseError where a folder lacks Parquet files or a split lacks a column;
    CorruptFileError where a file is no Parquet.
    """
    if name not in PUBLISHED:
        raise UnknownNameError("published data set", name, list(PUBLISHED))
    published = PUBLISHED[name]
    splits = _from_hub(published) if source == "hub" else _from_folder(Path(source), only)
    for split, rows in splits.items():
        missing = [column for column in published.columns if column not in rows.column_names]
        if missing:
            raise CourseError(
                f"the columns {', '.join(published.columns)} in {name}, split {split}",
                f"{', '.join(rows.column_names)} (without {', '.join(missing)})",
                "rename the columns, or take another source",
            )
    return splits.select_columns(list(published.columns))


def _from_hub(published: Published) -> "DatasetDict":
    import datasets

    error: Exception | None = None
    if _hub_answers():
        try:
            return datasets.load_dataset(
                published.repository, published.config, revision=published.revision
            )
        except ConnectionError as lost:
            error = lost
    raise OfflineError(
        f"a connection to {HUB} for {published.repository}",
        "none" if error is None else type(error).__name__,
        f"give source=FOLDER: {published.offline}",
    ) from error


def _hub_answers() -> bool:
    """Say within seconds whether asking makes sense; the hub's own client takes half a minute.

    Behind a proxy, or with another endpoint, only the client knows.
    """
    if os.environ.get("HF_HUB_OFFLINE", "0") not in {"", "0"}:
        return False
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "HF_ENDPOINT")):
        return True
    try:
        with socket.create_connection((HUB, 443), timeout=5):
            return True
    except OSError:
        return False


def _from_folder(folder: Path, only: str | None) -> "DatasetDict":
    from datasets import DatasetDict

    splits: dict[str, list[Path]] = {}
    for path in [folder] if folder.is_file() else sorted(folder.glob("*.parquet")):
        if path.suffix == ".parquet":
            splits.setdefault(path.stem.split("-")[0], []).append(path)
    if not splits:
        here = "none" if folder.is_dir() else "no such folder"
        raise CourseError(
            f"files such as train.parquet in {folder}",
            f"a file {folder.name}" if folder.is_file() else here,
            "give the folder that holds the splits as Parquet files",
        )
    wanted = {only: splits[only]} if only in splits else splits
    return DatasetDict({split: read_parquet(paths) for split, paths in wanted.items()})


def read_parquet(paths: Sequence[Path]) -> "Dataset":
    """Return the rows of Parquet files, one file after the other.

    Arrow reads them and not `Dataset.from_parquet`: that leaves a second copy in the hub's cache.

    Raises: CorruptFileError where a file is no Parquet.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq
    from datasets import Dataset

    try:
        return Dataset(pa.concat_tables([pq.read_table(path) for path in paths]))
    except pa.ArrowInvalid as error:
        names = ", ".join(path.name for path in paths)
        raise CorruptFileError(
            f"Parquet in {names}", str(error).splitlines()[0], "get the file again"
        ) from error
