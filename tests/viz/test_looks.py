"""Has each method one look, and none of them another's?"""

import ast
from collections import Counter
from pathlib import Path

import pytest

from course_lib.viz.looks import LOOKS, look

CHAPTERS = sorted((Path(__file__).resolve().parents[2] / "book").glob("[0-9]*_*.md"))


def test_no_two_methods_look_the_same():
    assert max(Counter(LOOKS.values()).values()) == 1


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="no look for the method 'GTP'"):
        look("GTP")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_that_draws_a_curve_of_the_axis_names_its_method(path: Path):
    """A record axis_* is read under a key that has a look; a new name must get one first."""
    text = path.read_text(encoding="utf-8")
    for cell in text.split("```{code-cell} ipython3")[1:]:
        source = cell.split("\n```")[0]
        source = "\n".join(line for line in source.splitlines() if not line.startswith(":tags"))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    record = value.value if isinstance(value, ast.Constant) else None
                    if str(record).startswith("axis_"):
                        assert ast.literal_eval(key) in LOOKS
