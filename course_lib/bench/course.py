"""The small course that grading is timed on: one notebook, four exercises with torch, 10 points."""

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.grading.course.course_dir import Course

NAME = "small"
TASKS = [
    (
        "softmax",
        2,
        "def softmax(x):\n    {}",
        "shifted = (x - x.max(-1, keepdim=True).values).exp()\n"
        "    return shifted / shifted.sum(-1, keepdim=True)",
        "x = torch.tensor([[1.0, 2.0, 3.0], [1e4, 0.0, 0.0]])\n"
        "torch.testing.assert_close(softmax(x), torch.softmax(x, -1))",
    ),
    (
        "attend",
        3,
        "def attend(q, k, v):\n    {}",
        "return softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5) @ v",
        "torch.manual_seed(0)\nq, k, v = torch.randn(2, 3, 5), torch.randn(2, 7, 5), "
        "torch.randn(2, 7, 11)\nwanted = torch.nn.functional.scaled_dot_product_attention(q, k, v)"
        "\ntorch.testing.assert_close(attend(q, k, v), wanted)",
    ),
    (
        "Centre",
        3,
        "class Centre(nn.Module):\n    def __init__(self, d):\n        super().__init__()\n"
        "        self.scale = nn.Parameter(torch.ones(d))\n\n    def forward(self, x):\n        {}",
        "return self.scale * (x - x.mean(-1, keepdim=True))",
        "layer = Centre(4)\nassert sum(p.numel() for p in layer.parameters()) == 4\n"
        "torch.testing.assert_close(layer(torch.ones(2, 4)), torch.zeros(2, 4))",
    ),
    (
        "count",
        2,
        "def count(words):\n    {}",
        "return {word: words.count(word) for word in words}",
        "assert count(['a', 'b', 'a']) == {'a': 2, 'b': 1}",
    ),
]


def make_course(folder: Path, n_students: int) -> "Course":
    """Make the course with so many submissions, all right and no two the same bytes."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    from course_lib.grading.authoring.demo_class import generate_assignment
    from course_lib.grading.course.course_dir import open_course

    folder.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    cells = [new_code_cell("import torch\nfrom torch import nn")]
    for name, points, stub, answer, test in TASKS:
        indent = re.search(r"( +)\{\}", stub)[1]  # type: ignore[index]
        whole = f"\n{indent}".join(["### BEGIN SOLUTION", answer, "### END SOLUTION"])
        cells.append(_cell(stub.format(whole), name, solution=True))
        cells.append(_cell(test, f"test_{name}", grade=True, locked=True, points=points))
    source = new_notebook(cells=cells)
    source.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    path = folder / "source" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(source, path)
    course = open_course(folder)
    generate_assignment(course, NAME)
    released = nbformat.read(folder / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    for number in range(n_students):
        for cell in released.cells:
            for name, _, stub, answer, _ in TASKS:
                if cell.metadata.get("nbgrader", {}).get("grade_id") == name:
                    cell.source = stub.format(answer) + f"\n# student {number}"
        handed_in = folder / "submitted" / f"s{number:04}" / NAME / f"{NAME}.ipynb"
        handed_in.parent.mkdir(parents=True)
        nbformat.write(released, handed_in)
    return course


def forget_grades(course: "Course") -> None:
    """Bring the course back to before the first grading: an empty gradebook, no files."""
    from course_lib.grading.authoring.demo_class import generate_assignment

    for left in ("autograded", ".course_grading"):
        shutil.rmtree(course.root / left, ignore_errors=True)
    (course.root / "gradebook.db").unlink()
    generate_assignment(course, NAME)


def _cell(source: str, name: str, **roles):
    from nbformat.v4 import new_code_cell

    meta = {"grade": False, "solution": False, "task": False, "locked": False, "schema_version": 3}
    return new_code_cell(source, metadata={"nbgrader": meta | {"grade_id": name} | roles})
