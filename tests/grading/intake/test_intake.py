"""What can be handed in that is not gradable, and does each get its own reason?"""

import json
import os

import pytest

from course_lib.errors import NotebookError
from course_lib.grading.intake import bundle
from course_lib.grading.intake.intake import read_notebook

CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": "x", "outputs": []}
SOUND = {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def read(content):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return read_notebook("hw", data)


def test_a_sound_notebook_keeps_its_cells_and_loses_its_outputs():
    cell = CELL | {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}]}
    made = read(SOUND | {"cells": [cell], "anything": 1})
    assert [(c.source, c.id, c.outputs) for c in made.cells] == [("x", "a", [])]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        [],
        {},
        None,
        b'{"cells": []}',
        {**SOUND, "cells": "none"},
        {**SOUND, "cells": [{"cell_type": "poem"}]},
        {**SOUND, "cells": [7]},
        {**SOUND, "nbformat": 99},
        b"\xed\xa0\x80",
        b"\xff\xfe\x00\x01",
        b"[" * 100_000,
        b'{"nbformat": 4, "cells": [' + b'{"cell_type": ' * 50_000,
    ],
)
def test_what_is_no_notebook_is_one_error(content):
    with pytest.raises(NotebookError, match=r"hw\.ipynb"):
        read(content)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(encoding):
    assert read(json.dumps(SOUND).encode(encoding)).cells[0].source == "x"


def test_every_cell_has_an_id_of_its_own():
    ids = ["a", "a", "", "not an id!", None, "b" * 65]
    made = read(SOUND | {"cells": [CELL | {"id": one} for one in ids]})
    found = [cell.id for cell in made.cells]
    assert found[0] == "a"
    assert len(set(found)) == len(ids)


def test_an_older_format_is_brought_up():
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": [{"cell_type": "code", "input": "x", "outputs": [],
                                   "language": "python", "metadata": {}}]}],
    }  # fmt: skip
    assert read(old).cells[0].source == "x"


@pytest.mark.parametrize("meta", [7, [], {"grade_id": []}, {"grade_id": None, "points": "many"}])
def test_odd_metadata_is_dropped(meta):
    made = read(SOUND | {"cells": [CELL | {"metadata": {"nbgrader": meta, "other": 1}}]})
    assert "nbgrader" not in made.cells[0].metadata
    assert "other" not in made.cells[0].metadata


def test_a_huge_file_is_not_read(tmp_path):
    path = tmp_path / "hw.ipynb"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 10**12)
    with pytest.raises(NotebookError, match="at most 20 MB"):
        bundle._read(path, bundle.NOTEBOOK_LIMIT)


@pytest.mark.parametrize("kind", ["link", "dangling", "folder", "pipe"])
def test_what_is_no_plain_file_is_not_opened(tmp_path, kind):
    path = tmp_path / "hw.ipynb"
    (tmp_path / "secret").write_text("secret")
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(tmp_path / ("secret" if kind == "link" else "nowhere"))
    with pytest.raises(NotebookError, match=r"hw\.ipynb"):
        bundle._read(path, bundle.NOTEBOOK_LIMIT)


def test_of_what_is_attached_the_pictures_stay():
    bundles = {
        "drawn.png": {"image/png": "iVBORw0KGgo=\n"},
        "split.gif": {"image/gif": ["R0lG", "ODlh"]},
        "open.png": {"image/png": '" onerror="alert(1)'},
        "vector.svg": {"image/svg+xml": "PHN2Zz4="},
        "page.html": {"text/html": "PGI+"},
        "odd": 7,
    }
    text = {
        "cell_type": "markdown",
        "id": "m",
        "metadata": {},
        "source": "![](attachment:drawn.png)",
    }
    made = read(
        SOUND | {"cells": [text | {"attachments": bundles}, CELL | {"attachments": bundles}]}
    )
    assert made.cells[0].attachments == {
        "drawn.png": {"image/png": "iVBORw0KGgo=\n"},
        "split.gif": {"image/gif": "R0lGODlh"},
    }
    assert "attachments" not in made.cells[1]
    assert "attachments" not in read(SOUND | {"cells": [text | {"attachments": 7}]}).cells[0]
