"""The commands: three lines and exit code 2 for a mistake, a table otherwise, no torch."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_lib import grading
from course_lib.cli.autograde import command as autograde
from course_lib.cli.demo_class import command as demo_class
from course_lib.cli.export import command as export
from course_lib.cli.feedback import command as feedback
from course_lib.cli.release import command as release
from course_lib.errors import CourseDirectoryError, UnknownNameError

SOLUTIONS = str(Path(__file__).parent / "solutions")


def run(command, *args):
    return CliRunner().invoke(command, [str(arg) for arg in args])


def test_release_writes_checks_and_names_what_is_unknown(tmp_path):
    args = ("--solutions", SOLUTIONS, "--out", tmp_path)
    done = run(release, *args)
    assert done.exit_code == 0
    assert "counting" in done.output
    assert run(release, "--check", *args).exit_code == 0
    (tmp_path / "counting" / "counting.ipynb").write_text("{}")
    assert run(release, "--check", *args).exit_code == 1
    assert isinstance(run(release, "counting2", *args).exception, UnknownNameError)


def test_demo_class_says_what_to_do_next_and_spares_a_full_folder(tmp_path):
    folder = tmp_path / "course"
    done = run(demo_class, folder, "--assignment", "counting", "--solutions", SOLUTIONS)
    assert done.exit_code == 0, done.exception
    assert f"course autograde counting --course-dir {folder}" in done.output
    assert len(list((folder / "submitted").iterdir())) == 15
    (folder / "keep.txt").write_text("mine")
    again = run(demo_class, folder, "--solutions", SOLUTIONS)
    assert isinstance(again.exception, CourseDirectoryError)
    assert (folder / "keep.txt").read_text() == "mine"


def test_autograde_exits_with_1_only_where_somebody_must_look(class_copy):
    where = ("--course-dir", class_copy.root)
    fine = run(autograde, "counting", *where, "--student", "perfect", "--student", "blank")
    assert fine.exit_code == 0, fine.exception
    assert "2 unchanged; 0 to be looked at" in fine.output
    odd = run(autograde, "counting", *where, "--student", "not_a_notebook")
    assert odd.exit_code == 1
    assert "look" in odd.output


def test_feedback_and_export_say_where_the_files_are(class_copy):
    where = ("--course-dir", class_copy.root)
    pages = run(feedback, "counting", *where, "--student", "perfect")
    assert "feedback/perfect/counting/counting.html" in pages.output
    for kind in ("plain", "canvas", "moodle"):
        done = run(export, *where, "--format", kind)
        assert done.exit_code == 0
        assert "not_a_notebook / counting" in done.output
    assert (class_copy.root / "grades_canvas.csv").is_file()


def test_a_mistake_is_three_lines_and_exit_code_2(tmp_path):
    code = "import sys; from course_lib.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "export", "--course-dir", tmp_path / "no"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert [line.split(":")[0] for line in done.stderr.splitlines()[1:]] == [
        "expected",
        "received",
        "to do",
    ]


@pytest.mark.parametrize("name", ["autograde", "release", "validate", "feedback", "export"])
def test_help_is_quick_because_it_imports_neither_nbgrader_nor_torch(name):
    code = (
        f"import sys, course_lib.cli.{name}, course_lib.grading.notebook.table\n"
        "heavy = {'torch', 'nbgrader', 'nbformat', 'jupytext', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_grading_does_not_import_torch():
    folder = Path(grading.__file__).parent
    # a grader's process loads these two where the course itself has loaded torch
    with_torch = {folder / "remote" / f"{name}.py" for name in ("networks", "gradients")}
    names = [
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for path in folder.rglob("*.py")
        if path.name != "__init__.py" and path not in with_torch
    ]
    code = "import sys\n" + "\n".join(f"import course_lib.grading.{name}" for name in names)
    subprocess.run([sys.executable, "-c", code + "\nassert 'torch' not in sys.modules"], check=True)
