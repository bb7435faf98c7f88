"""What can be handed in that is not gradable, and does each get its own reason?"""

import json

import pytest

from course_lib.errors import NotebookError
from course_lib.grading import intake
from course_lib.grading.intake import check_notebook, check_submission, submission_key

SOUND = {
    "cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "x"}],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def notebook(folder, content, name="hw.ipynb"):
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_sound_notebook_passes(tmp_path):
    check_notebook(notebook(tmp_path, SOUND))
    assert check_submission(tmp_path, ["hw"]) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "hello",
        "[]",
        "{}",
        "null",
        '{"cells": []}',
        {**SOUND, "cells": [{"cell_type": "code"}]},
        {**SOUND, "cells": "none"},
        {**SOUND, "nbformat": 99},
        {**SOUND, "cells": []},
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_a_file_that_is_no_notebook_is_one_error(tmp_path, content):
    with pytest.raises(NotebookError, match=r"hw\.ipynb"):
        check_notebook(notebook(tmp_path, content))


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "hw.ipynb"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(NotebookError):
        check_notebook(path)


def test_a_huge_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "SIZE_LIMIT", 10)
    with pytest.raises(NotebookError, match="at most"):
        check_notebook(notebook(tmp_path, SOUND))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "in").mkdir()
    notebook(tmp_path, SOUND, "secret.ipynb")
    (tmp_path / "in" / "hw.ipynb").symlink_to(tmp_path / "secret.ipynb")
    with pytest.raises(NotebookError, match="link"):
        check_notebook(tmp_path / "in" / "hw.ipynb")


def test_a_renamed_notebook_is_named(tmp_path):
    notebook(tmp_path, SOUND, "hw (1).ipynb")
    with pytest.raises(NotebookError, match=r"hw \(1\)\.ipynb; if one of them is the answer"):
        check_submission(tmp_path, ["hw"])


def test_the_key_follows_the_files_and_the_tests(tmp_path):
    from course_lib.grading.repair import SourceCell

    test = SourceCell("t", "code", "assert 1", "", True, False, False, True, 1.0, "c")
    stricter = SourceCell("t", "code", "assert 2", "", True, False, False, True, 1.0, "c")
    notebook(tmp_path, SOUND)
    key = submission_key(tmp_path, {"hw": [test]})
    assert key == submission_key(tmp_path, {"hw": [test]})
    assert key != submission_key(tmp_path, {"hw": [stricter]})
    notebook(tmp_path, {**SOUND, "metadata": {"a": 1}})
    assert key != submission_key(tmp_path, {"hw": [test]})
