"""Accidents with code that works on the student's own machine alone."""
# ruff: noqa: E501 (code of submissions)

from suites.handed import Handed, as_files, insert
from suites.honest import CASES as HONEST
from suites.hostile.case import Hostile, Place


def _case(name: str, what: str, behind: str, text: str) -> Hostile:
    def make(_: Place) -> Handed:
        notebooks = HONEST["t_right"].notebooks()
        insert(notebooks["tensors"], behind, text)
        return as_files("tensors", notebooks)

    return Hostile(f"oops_{name}", "accident", what, "t_right", make)


CASES = [
    _case("input", "asks for input in a cell", "standardise", "name = input('Your name? ')"),
    _case(
        "plot",
        "shows a plot",
        "standardise",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.show()",
    ),
    _case(
        "plot_backend",
        "asks for a window",
        "standardise",
        "import matplotlib\ntry:\n    matplotlib.use('TkAgg')\nexcept ImportError as e:\n    print(e)\n%matplotlib widget",
    ),
    _case(
        "pip",
        "installs a package",
        "standardise",
        "!{__import__('sys').executable} -m pip install --no-index nothing-of-that-name",
    ),
    _case(
        "drive",
        "mounts Google Drive",
        "plain-1",
        "from google.colab import drive\ndrive.mount('/content/drive')",
    ),
    _case(
        "own_path",
        "reads a file of the own machine",
        "plain-1",
        "data = open(r'C:\\Users\\ada\\Desktop\\data.csv').read()",
    ),
    _case("cd", "changes to a folder of the own machine", "plain-1", "%cd /home/ada/homework"),
    _case(
        "cuda",
        "moves everything to a GPU",
        "plain-1",
        "device = torch.device('cuda')\nprobe = torch.zeros(1).to(device)",
    ),
    _case("unfinished", "ends with half a line", "top_words", "for word in"),
    _case(
        "conflict",
        "holds marks of a merge conflict",
        "top_words",
        "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> main",
    ),
]
