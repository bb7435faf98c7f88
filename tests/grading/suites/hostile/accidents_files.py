"""Accidents with files: wrong names, links, folders, data left out, things left in."""

import os

from suites.handed import Handed
from suites.honest import CASES as HONEST
from suites.hostile.accidents_formats import Make, case
from suites.sources import read


def _only(files: dict[str, bytes], **more: object) -> Make:
    return lambda: Handed(dict(files), **more)


def _renamed(*names: str) -> Make:
    def make() -> Handed:
        content = HONEST["t_right"].handed().files["tensors.ipynb"]
        return Handed(dict.fromkeys(names, content))

    return make


def _one_of_two() -> Handed:
    handed = HONEST["h_one_notebook"].handed()
    del handed.files["second.ipynb"]
    return handed


def _no_data() -> Handed:
    handed = HONEST["b_right"].handed()
    del handed.files["days.csv"]
    return handed


def _own_data() -> Handed:
    handed = HONEST["b_right"].handed()
    handed.files["days.csv"] = b"city,day,temp\nMine,1,99\n"
    return handed


def _checkpoints() -> Handed:
    handed = HONEST["t_right"].handed()
    handed.files[".ipynb_checkpoints/tensors-checkpoint.ipynb"] = b"{}"
    handed.files["__MACOSX/._tensors.ipynb"] = b"\0\5\26\7"
    handed.files[".DS_Store"] = b"\0\0\0\1Bud1"
    return handed


def _subfolder() -> Handed:
    handed = HONEST["t_right"].handed()
    return Handed({f"homework/{name}": content for name, content in handed.files.items()})


def _odd_names() -> Handed:
    handed = HONEST["t_right"].handed()
    handed.files |= {
        "notes; rm -rf $HOME `x`.txt": b"",
        "größe 漢字.txt": b"x",
        "-rf": b"",
        "a\nb": b"",
    }
    return handed


def _module_names() -> Handed:
    """Bring files whose names hide modules, as students' own files do."""
    handed = HONEST["t_right"].handed()
    handed.files |= {
        f"{name}.py": b"raise ImportError('the file beside the notebook was imported')\n"
        for name in (
            "json",
            "random",
            "torch",
            "numpy",
            "sitecustomize",
            "types",
            "struct",
            "nbformat",
        )
    }
    return handed


def _folder_for_data() -> Handed:
    handed = HONEST["b_right"].handed()
    del handed.files["days.csv"]
    handed.files["days.csv/days.csv"] = b"city\n"
    return handed


def _bytes_name() -> Handed:
    """Bring a name in an encoding of old: a zip file made on Windows has such names."""
    handed = HONEST["t_right"].handed()
    handed.files[os.fsdecode(b"gr\xf6\xdfe.txt")] = b"x"
    handed.files["x" * 250] = b"x"
    return handed


SECOND = tuple(
    f"{notebook}/{name}" for notebook, name in read("basics").graded() if notebook == "second"
)

CASES = [
    case(
        "name",
        "has another name",
        _renamed("tensors (1).ipynb"),
        honest="",
        person=None,
        either=("*",),
    ),
    case(
        "name_case",
        "has its name in capitals",
        _renamed("Tensors.IPYNB"),
        honest="",
        person=None,
        either=("*",),
    ),
    case(
        "two_names",
        "came twice under two names",
        _renamed("tensors.ipynb", "tensors-Copy1.ipynb"),
        person=None,
    ),
    case("nothing", "handed in an empty folder", _only({}), honest="", person=True),
    case("text_only", "handed in a text", _only({"answer.txt": b"hello"}), honest="", person=True),
    case(
        "directory",
        "handed in a folder called tensors.ipynb",
        _only({}, folders=["tensors.ipynb"]),
        honest="",
        person=True,
    ),
    case(
        "directory_beside",
        "has a folder called more.ipynb beside",
        lambda: Handed(HONEST["t_right"].handed().files, folders=["more.ipynb"]),
        person=None,
    ),
    case(
        "dangling",
        "handed in a link to nothing",
        _only({}, links={"tensors.ipynb": "nothing.ipynb"}),
        honest="",
        person=True,
    ),
    case(
        "self_link",
        "handed in a link to itself",
        _only({}, links={"tensors.ipynb": "tensors.ipynb"}),
        honest="",
        person=True,
    ),
    case(
        "loop_link",
        "has a link to its own folder",
        lambda: Handed(HONEST["t_right"].handed().files, links={"again": "."}),
        person=None,
    ),
    case(
        "one_of_two",
        "handed in one of two notebooks",
        _one_of_two,
        honest="h_one_notebook",
        person=None,
        either=SECOND,  # no row for a notebook that was not handed in: 0 points
    ),
    case(
        "data_folder",
        "has a folder where the data file belongs",
        _folder_for_data,
        honest="b_right",
        person=None,
    ),
    case("bytes_name", "has a file whose name is no UTF-8", _bytes_name, person=None),
    case(
        "pipe",
        "handed in a pipe that nobody writes into",
        lambda: Handed(pipes=["tensors.ipynb"]),
        honest="",
        person=True,
    ),
    case(
        "pipe_beside",
        "has a pipe beside the notebook",
        lambda: Handed(HONEST["t_right"].handed().files, pipes=["data"]),
        person=None,
    ),
    case(
        "many_notebooks",
        "handed in 80 notebooks",
        _renamed("tensors.ipynb", *(f"old-{i}.ipynb" for i in range(80))),
        person=None,
    ),
    case("no_data", "handed in without the data", _no_data, honest="b_right"),
    case("own_data", "changed the data", _own_data, honest="b_right"),
    case("checkpoints", "left checkpoints and system files in", _checkpoints),
    case(
        "subfolder",
        "handed in a folder within the folder",
        _subfolder,
        honest="",
        person=None,
        either=("*",),
    ),
    case("odd_names", "has files with odd names", _odd_names),
    case(
        "module_names", "has files called json.py and torch.py beside", _module_names, person=None
    ),
]
