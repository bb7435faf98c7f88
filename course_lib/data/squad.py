"""SQuAD: a question, a paragraph, and the span of the paragraph that answers it.

Rows have the published columns id, title, context, question, answers: {text: […],
answer_start: […]}, the starts in characters. The sample was written for this course, about what the
course teaches; it has questions without an answer too, as version 2.0 does.
"""

import json
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.data.splits import load_split
from course_lib.errors import CourseError

if TYPE_CHECKING:
    from datasets import Dataset

SAMPLE = Path(__file__).with_name("samples") / "squad.json"
Row = Mapping[str, Any]


def load(
    split: str = "train", source: str | Path = "sample", *, unanswerable: bool = False
) -> "Dataset":
    """Return a split in the published columns.

    source: "sample", "hub", a folder with SPLIT.parquet, or an official file such as dev-v1.1.json,
        which is one split by itself.
    unanswerable: keep questions without an answer; their lists in `answers` are empty. From the
        hub this is version 2.0, else 1.1. Without it, a warning says how many of another source
        than the sample were left out.

    Raises: CourseError where there is no such split or an official file of another shape, and as
    `hub.load_published`.
    """
    if Path(source).suffix == ".json":
        rows = _rows(_official(Path(source)))
    else:
        name = "squad_v2" if source == "hub" and unanswerable else "squad"
        rows = load_split(name, split, source, _sample, ("train", "validation"))
    answered = [place for place, own in enumerate(rows["answers"]) if len(own["text"])]
    if unanswerable or len(answered) == len(rows):
        return rows
    if source != "sample":
        warnings.warn(
            f"{len(rows) - len(answered)} of {len(rows)} questions have no answer and are left "
            "out; unanswerable=True keeps them",
            stacklevel=2,
        )
    return rows.select(answered)


def _sample(split: str) -> "Dataset":
    return _rows(json.loads(SAMPLE.read_text(encoding="utf-8"))[split])


def _official(path: Path) -> dict[str, Any]:
    expected = 'the official JSON: {"data": [{"title", "paragraphs": [{"context", "qas": […]}]}]}'
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        next(iter(list(from_official(content))))  # all of it: a question may be broken anywhere
    except FileNotFoundError:
        raise CourseError(expected, f"no file {path.name}", "check the path") from None
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        received = f"{path.name} ({type(error).__name__}: {error})"
        raise CourseError(expected, received, "give train-v1.1.json or another such file") from None
    return content


def _rows(official: Mapping[str, Any]) -> "Dataset":
    from datasets import Dataset, Features, Value

    text = Value("string")
    answers = {"text": [text], "answer_start": [Value("int32")]}
    features = Features(
        {"id": text, "title": text, "context": text, "question": text, "answers": answers}
    )
    return Dataset.from_list(list(from_official(official)), features=features)


def from_official(dataset: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield the rows of the official JSON, in its order.

    dataset: the file's content, with "data" at its root.
    """
    for article in dataset["data"]:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                yield {
                    "id": qa["id"],
                    "title": article["title"],
                    "context": paragraph["context"],
                    "question": qa["question"],
                    "answers": {
                        "text": [answer["text"] for answer in qa["answers"]],
                        "answer_start": [answer["answer_start"] for answer in qa["answers"]],
                    },
                }


def to_official(rows: Iterable[Row], version: str = "1.1") -> dict[str, Any]:
    """Return rows as the official JSON, which the metric reads.

    Rows of one title, and of one context within it, must stand together, as they do in the
    published set; the order of the questions is kept, so that sums come out alike.
    """
    data: list[dict[str, Any]] = []
    for row in rows:
        if not data or data[-1]["title"] != row["title"]:
            data.append({"title": row["title"], "paragraphs": []})
        paragraphs = data[-1]["paragraphs"]
        if not paragraphs or paragraphs[-1]["context"] != row["context"]:
            paragraphs.append({"context": row["context"], "qas": []})
        answers = zip(row["answers"]["text"], row["answers"]["answer_start"], strict=True)
        qa = {
            "id": row["id"],
            "question": row["question"],
            "answers": [{"text": text, "answer_start": int(start)} for text, start in answers],
        }
        if version.removeprefix("v").startswith("2"):
            qa["is_impossible"] = not qa["answers"]
        paragraphs[-1]["qas"].append(qa)
    return {"version": version, "data": data}


def check_answers(row: Row) -> None:
    """Make sure that every answer stands in the context where the row says.

    Raises: CourseError for the first that does not.
    """
    for text, start in zip(row["answers"]["text"], row["answers"]["answer_start"], strict=True):
        found = row["context"][start : start + len(text)] if start >= 0 else ""
        if found != text:
            raise CourseError(
                f"{text!r} at character {start} of the context of question {row['id']}",
                repr(found),
                "count characters from 0, and count them as Python does, not in bytes",
            )
