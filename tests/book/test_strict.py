"""Does a fault fail the build, say where it is, and fail again until it is mended?"""

from pathlib import Path

import pytest
from conftest import find_chromium, run_course
from small_book import build

from course_lib.cli import book_build
from course_lib.errors import CourseError

CONFIG = """
title: T
html: {comments: {}}
only_build_toc_files: true
execute: {execute_notebooks: cache, timeout: 60}
latex: {use_jupyterbook_latex: false}
sphinx:
  recursive_update: true
  config:
    extensions: [jupyter_book, myst_nb, sphinx_external_toc, sphinx_book_theme]
    nb_execution_show_tb: true
    myst_enable_extensions: [deflist]
"""
PAGE = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
---

# Chapter

```{code-cell} ipython3
broken = 1 / 0
```
"""


def test_failed_strict_build_fails_again_until_mended(tmp_path: Path) -> None:
    extensions = ["course_book.strict_memory", "myst_parser"]
    wrong = "# T\n\n[nowhere](nowhere.md)\n"
    first = build(tmp_path, extensions, wrong, strict=True)
    second = build(tmp_path, extensions, strict=True)
    assert (first.code, second.code) == (1, 1)
    assert "nowhere" in second.warnings
    third = build(tmp_path, extensions, "# T\n\nMended.\n", strict=True)
    assert (third.code, third.warnings) == (0, "")
    fourth = build(tmp_path, extensions, strict=True)
    assert "0 added, 0 changed" in fourth.status


def test_without_the_memory_it_would_pass(tmp_path: Path) -> None:
    """Is the extension still needed? Sphinx alone forgets its warnings."""
    wrong = "# T\n\n[nowhere](nowhere.md)\n"
    assert build(tmp_path, ["myst_parser"], wrong, strict=True).code == 1
    assert build(tmp_path, ["myst_parser"], strict=True).code == 0


def test_interrupted_build_reads_again(tmp_path: Path) -> None:
    extensions = ["course_book.strict_memory", "myst_parser"]
    build(tmp_path, extensions, "# T\n\nText.\n")
    (tmp_path / "_build" / ".doctrees" / "unfinished-build").touch()
    assert "1 added" in build(tmp_path, extensions).status


def test_error_in_a_cell_names_chapter_and_cell(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: chapter\n")
    (tmp_path / "chapter.md").write_text(PAGE)
    assert not book_build.build(tmp_path, quiet=True).succeeded
    told = capfd.readouterr().err
    assert "chapter.md" in told
    assert "broken = 1 / 0" in told
    assert "ZeroDivisionError" in told


def test_progress_names_pages_and_leaves_out_the_rest() -> None:
    lines = [
        "\x1b[01mreading sources... \x1b[39;49;00m[ 50%] \x1b[35mbook/a\x1b[39;49;00m\n",
        "myst v3.0.1: MdParserConfig(commonmark_only=False)\n",
        "/x/book/a.md: Executed notebook in 1.20 seconds [mystnb]\n",
        "build succeeded.\n",
    ]
    shown: list[str] = []
    book_build.show_progress(lines, shown.append)
    assert [line.split() for line in shown] == [
        ["reading", "50%", "book/a"],
        ["/x/book/a.md:", "Executed", "notebook", "in", "1.20", "seconds", "[mystnb]"],
        ["build", "succeeded."],
    ]


def test_missing_browser_fails_in_ci_and_skips_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        find_chromium()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        find_chromium()


def test_folder_without_a_book_is_told(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"_config\.yml"):
        book_build.build(tmp_path)


def test_unknown_option_is_told() -> None:
    done = run_course("book", "--nothing")
    assert done.returncode == 2
    assert "--nothing" in done.stderr
