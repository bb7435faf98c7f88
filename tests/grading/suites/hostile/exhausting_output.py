"""Exhausting by what is printed, returned, raised, or handed in."""
# ruff: noqa: E501 (code of submissions)

import json

from nbformat import from_dict

from suites.handed import Handed, as_files
from suites.honest import CASES as HONEST
from suites.hostile.case import Hostile, Place, extra, in_call

FLOODS = {
    "print": ("prints 50 MB in one go", "print('x' * 50_000_000)"),
    "lines": ("prints a million lines", "for i in range(1_000_000): print(i)"),
    "stderr": (
        "prints 300,000 lines on stderr",
        "import sys\nfor i in range(300_000): print(i, file=sys.stderr)",
    ),
    "bytes": (
        "writes 50 MB to the descriptors 1 and 2",
        "import os\nfor _ in range(500):\n    for fd in (1, 2): os.write(fd, b'y' * 50_000)",
    ),
    "display": (
        "displays 20,000 objects",
        "from IPython.display import display, HTML\nfor i in range(20_000): display(HTML('<p>' + 'z' * 200))",
    ),
    "clear": (
        "writes and clears 20,000 times",
        "from IPython.display import clear_output\nfor i in range(20_000):\n    print(i)\n    clear_output(wait=True)",
    ),
    "value": ("shows a value of 30 MB", "'v' * 30_000_000"),
    "repr": (
        "shows an object whose repr is 30 MB",
        "class R:\n    def __repr__(self): return 'r' * 30_000_000\nR()",
    ),
    "exception": (
        "raises an exception with a message of 30 MB",
        "raise ValueError('m' * 30_000_000)",
    ),
    "traceback": (
        "raises from 20,000 frames",
        "import sys\nsys.setrecursionlimit(25_000)\ndef f(n):\n    if n: f(n - 1)\n    raise KeyError(n)\n"
        "try: f(15_000)\nfinally: sys.setrecursionlimit(3000)",
    ),
    "picture": (
        "shows a picture of 20 MB",
        "from IPython.display import Image, display\nimport os\ndisplay(Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + os.urandom(20_000_000), format='png'))",
    ),
    "unflushed": (
        "prints 20 MB without an end of line",
        "import sys\nfor _ in range(200_000): sys.stdout.write('u' * 100)",
    ),
    "subprocess": (
        "lets a program print without end",
        "import subprocess\ntry: subprocess.run('head -c 50000000 /dev/zero | tr \"\\\\0\" q', shell=True, timeout=20)\nexcept Exception: pass",
    ),
}

RETURNS = {
    "list": ("returns a list of 20 million numbers", "    return [0] * 20_000_000"),
    "bytes": ("returns 500 MB", "    return bytes(500_000_000)"),
    "text": ("returns a text of 200 MB", "    return 't' * 200_000_000"),
    "number": ("returns a number of ten million digits", "    return 10 ** 10_000_000"),
    "keys": (
        "returns a dict with a million keys",
        "    return {str(i): i for i in range(1_000_000)}",
    ),
    "shared": (
        "returns a list that is small in memory and endless when written out",
        "    v = ['x']\n    for _ in range(60): v = [v, v]\n    return v",
    ),
    "objects": ("returns a million objects", "    return [object() for _ in range(1_000_000)]"),
    "message": ("raises an exception with 100 MB", "    raise ValueError('e' * 100_000_000)"),
    "arguments": (
        "raises an exception with a million arguments",
        "    raise ValueError(*range(1_000_000))",
    ),
    "chain": (
        "raises a chain of 5,000 exceptions",
        "    e = ValueError(0)\n    for i in range(5000):\n        n = ValueError(i); n.__cause__ = e; e = n\n    raise e",
    ),
    "prints": ("prints 50 MB in a test", "    print('p' * 50_000_000)\n    return None"),
    "recursion": ("recurses without end", "    return top_words(text, k)"),
    "recursion_deep": (
        "recurses without end and without Python's limit",
        "    import sys\n    sys.setrecursionlimit(10 ** 9)\n    return top_words(text, k) + top_words(text, k)",
    ),
}

CASES = (
    [extra("exhausting", f"output_{name}", tries, code) for name, (tries, code) in FLOODS.items()]
    + [
        in_call(
            "exhausting", "top_words", f"return_{name}", tries, f"def top_words(text, k):\n{body}"
        )
        for name, (tries, body) in RETURNS.items()
    ]
    + [
        in_call(
            "exhausting",
            "standardise",
            "return_tensor",
            "returns a tensor of 1.6 GB",
            "def standardise(x):\n    return torch.zeros(400_000_000)",
        ),
        in_call(
            "exhausting",
            "standardise",
            "return_expanded",
            "returns a view of a petabyte",
            "def standardise(x):\n    return torch.ones(1, 1).expand(2 ** 24, 2 ** 24)",
        ),
    ]
)


def _padded(place: Place) -> Handed:
    handed = HONEST["t_right"].handed()
    handed.files["tensors.ipynb"] += b" " * 40_000_000
    return handed


def _nested(place: Place) -> Handed:
    return Handed({"tensors.ipynb": b'{"cells": ' + b"[" * 3_000_000 + b"]" * 3_000_000 + b"}"})


def _nested_metadata(place: Place) -> Handed:
    notebook = json.loads(HONEST["t_right"].handed().files["tensors.ipynb"])
    text = json.dumps(notebook)
    deep = '{"a":' * 50_000 + "1" + "}" * 50_000
    return Handed(
        {"tensors.ipynb": text.replace('"metadata": {', f'"metadata": {{"x": {deep}, ', 1).encode()}
    )


def _many_cells(place: Place) -> Handed:
    notebooks = HONEST["t_right"].notebooks()
    for i in range(15_000):
        notebooks["tensors"].cells.append(
            from_dict({"cell_type": "markdown", "id": f"m{i}", "metadata": {}, "source": "m"})
        )
    return as_files("tensors", notebooks)


def _long_line(place: Place) -> Handed:
    notebooks = HONEST["t_right"].notebooks()
    notebooks["tensors"].cells[0].source += "\n" + "word " * 1_000_000
    return as_files("tensors", notebooks)


def _many_files(place: Place) -> Handed:
    handed = HONEST["t_right"].handed()
    handed.files |= {f"more/{i}.txt": b"x" for i in range(2_000)}
    handed.files["data.bin"] = bytes(6_000_000)
    return handed


def _big_number(place: Place) -> Handed:
    text = HONEST["t_right"].handed().files["tensors.ipynb"].decode()
    return Handed(
        {
            "tensors.ipynb": text.replace(
                '"nbformat_minor": 5', '"nbformat_minor": ' + "9" * 5000
            ).encode()
        }
    )


CASES += [
    Hostile("file_padded", "exhausting", "hands in 40 MB", "", _padded, person=True),
    Hostile(
        "file_nested", "exhausting", "hands in JSON nested without end", "", _nested, person=True
    ),
    Hostile(
        "file_nested_metadata",
        "exhausting",
        "nests the metadata 50,000 deep",
        "",
        _nested_metadata,
        person=True,
    ),
    Hostile(
        "file_many_cells",
        "exhausting",
        "hands in 15,000 cells",
        "t_right",
        _many_cells,
        person=None,
    ),
    Hostile(
        "file_long_line",
        "exhausting",
        "hands in a text of 5 MB",
        "t_right",
        _long_line,
        person=None,
    ),
    Hostile(
        "file_many_files",
        "exhausting",
        "hands in 2,000 more files",
        "t_right",
        _many_files,
        person=None,
    ),
    Hostile(
        "file_big_number",
        "exhausting",
        "has a number of 5,000 digits for its version",
        "",
        _big_number,
        person=True,
    ),
]
