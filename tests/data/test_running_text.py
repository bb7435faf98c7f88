"""Do the three parts of running text share nothing, and is the axis task kept out?"""

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from course_lib.data import docs, library_task
from course_lib.data.running_text import BLOCK, load_books_text, load_docs_text
from course_lib.errors import CourseError
from course_lib.text.sentences import sentences


def test_docs_sentences_of_the_axis_task_are_nowhere():
    text = load_docs_text(progress=False)
    sides = [{" ".join(s) for s in side} for side in (text.train, text.valid, text.test)]
    task = library_task.load(progress=False)
    held_out = {
        (library_task.CLASSES[label], module)
        for side in (task.valid, task.test)
        for module, label in zip(side.modules, side.labels, strict=True)
    }
    rows = docs.load_docs(progress=False)[:]
    hidden = set()
    for package, name, kind, content in zip(
        rows["package"], rows["object"], rows["kind"], rows["text"], strict=True
    ):
        if (package, library_task.module_of(name, kind)) in held_out:
            hidden |= {" ".join(s) for s in sentences(content) if len(s) > 12}
    seen = sides[0] | sides[1] | sides[2]
    assert len(hidden) > 1_000
    assert len(hidden & seen) < 0.03 * len(hidden)  # sentences that other modules say as well
    counts = text.n_tokens()
    assert counts["train"] > 15 * counts["test"] > 0
    assert counts["train"] > 15 * counts["valid"] > 0


def test_books_go_to_their_sides_in_blocks(tmp_path):
    texts = [f"Paragraph {number}." for number in range(40 * BLOCK)]
    parquet.write_table(pa.table({"text": texts}), tmp_path / "train.parquet")
    text = load_books_text(tmp_path)
    blocks = [
        {int(sentence[1]) // BLOCK for sentence in side}
        for side in (text.train, text.valid, text.test)
    ]
    assert sum(map(len, blocks)) == 40
    assert blocks[0] | blocks[1] | blocks[2] == set(range(40))
    assert text.n_tokens()["train"] == 3 * BLOCK * len(blocks[0])
    few = load_books_text(tmp_path, limit=10)
    assert sum(few.n_tokens().values()) == 30
    assert few.fingerprint != text.fingerprint


def test_a_folder_without_books_is_named(tmp_path):
    with pytest.raises(CourseError, match="text"):
        load_books_text(tmp_path)
