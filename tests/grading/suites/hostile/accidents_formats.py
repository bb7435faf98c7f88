"""Accidents with the format: old versions, other encodings, cut off, no notebook at all."""

import json
from collections.abc import Callable

import nbformat

from suites.handed import Handed, to_json
from suites.honest import CASES as HONEST
from suites.hostile.case import Hostile

Make = Callable[[], Handed]


def case(name: str, what: str, make: Make, honest: str = "t_right", **more: object) -> Hostile:
    """Return an accident with files; honest: empty where nothing can be graded."""
    assignment = HONEST[honest].assignment if honest else "tensors"
    more = {"assignment": assignment} | more
    return Hostile(f"oops_{name}", "accident", what, honest, lambda _: make(), **more)


def _bytes(change: Callable[[bytes], bytes]) -> Make:
    def make() -> Handed:
        handed = HONEST["t_right"].handed()
        handed.files["tensors.ipynb"] = change(handed.files["tensors.ipynb"])
        return handed

    return make


def _json(change: Callable[[dict], object]) -> Make:
    def change_bytes(data: bytes) -> bytes:
        notebook = json.loads(data)
        return json.dumps(change(notebook) or notebook).encode()

    return _bytes(change_bytes)


def _version(major: int, minor: int) -> Make:
    def change(data: bytes) -> bytes:
        notebook = nbformat.reads(data.decode(), as_version=4)
        if major == 4:
            notebook.nbformat_minor = minor
            for cell in notebook.cells:
                cell.pop("id", None)
            return to_json(notebook)
        return nbformat.writes(nbformat.convert(notebook, major), version=major).encode()

    return _bytes(change)


def _no_ids(notebook: dict) -> None:
    for cell in notebook["cells"]:
        cell.pop("id")


def _no_metadata_key(notebook: dict) -> None:
    for cell in notebook["cells"]:
        if "nbgrader" not in cell["metadata"]:
            cell.pop("metadata")
        cell.pop("execution_count", None)


def _list_sources(notebook: dict) -> None:
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)


def _windows_lines(notebook: dict) -> None:
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")


CASES = [
    case("format_40", "is nbformat 4.0, without ids", _version(4, 0)),
    case("format_42", "is nbformat 4.2, without ids", _version(4, 2)),
    case("format_44", "is nbformat 4.4, without ids", _version(4, 4)),
    case("format_3", "is nbformat 3", _version(3, 0), person=None),
    case("no_ids", "says 4.5 and has no ids", _json(_no_ids)),
    case("no_metadata", "has cells without the key metadata", _json(_no_metadata_key)),
    case("lines", "has its sources as lists of lines", _json(_list_sources)),
    case("windows_lines", "has line ends of Windows in the sources", _json(_windows_lines)),
    case(
        "windows_file",
        "has line ends of Windows in the file",
        _bytes(lambda b: b.replace(b"\n", b"\r\n")),
    ),
    case(
        "no_top_metadata",
        "has no metadata of the notebook",
        _json(lambda nb: nb.update(metadata={})),
    ),
    case(
        "future",
        "says that it is nbformat 4.99",
        _json(lambda nb: nb.update(nbformat_minor=99)),
        person=None,
    ),
    case(
        "future_major",
        "says that it is nbformat 9",
        _json(lambda nb: nb.update(nbformat=9)),
        person=None,
    ),
    case(
        "bom", "begins with a byte order mark", _bytes(lambda b: b"\xef\xbb\xbf" + b), person=None
    ),
    case(
        "utf16",
        "is UTF-16",
        _bytes(lambda b: b.decode().encode("utf-16")),
        honest="",
        person=None,
        either=("*",),
    ),
    case(
        "latin1",
        "is no UTF-8",
        _bytes(lambda b: b.replace(b"# Tensors", b"# T\xe4nsors")),
        honest="",
        person=None,
        either=("*",),
    ),
    case("truncated", "was cut off", _bytes(lambda b: b[: len(b) // 2]), honest="", person=True),
    case(
        "trailing",
        "has something behind its end",
        _bytes(lambda b: b + b"\nxx"),
        honest="",
        person=None,
        either=("*",),
    ),
    case("empty", "is empty", _bytes(lambda b: b""), honest="", person=True),
    case("null", "is null", _bytes(lambda b: b"null"), honest="", person=True),
    case("list", "is a list", _bytes(lambda b: b"[1, 2]"), honest="", person=True),
    case("zeros", "is full of zeros", _bytes(lambda b: bytes(10_000)), honest="", person=True),
    case(
        "html",
        "is a saved web page",
        _bytes(lambda b: b"<!doctype html><title>Sign in</title>"),
        honest="",
        person=True,
    ),
    case(
        "zip",
        "is a zip file with a notebook's name",
        _bytes(lambda b: b"PK\3\4" + bytes(100)),
        honest="",
        person=True,
    ),
    case("no_cells", "has no cells", _json(lambda nb: nb.update(cells=[])), honest="", person=True),
    case(
        "cells_object",
        "has an object where cells belong",
        _json(lambda nb: nb.update(cells={"a": 1})),
        honest="",
        person=True,
    ),
    case(
        "cell_null",
        "has null among its cells",
        _json(lambda nb: nb["cells"].insert(3, None)),
        honest="",
        person=None,
        either=("*",),
    ),
    case(
        "cell_odd_type",
        "has a cell of an unknown type",
        _json(lambda nb: nb["cells"][0].update(cell_type="poem")),
        person=None,
    ),
    case(
        "other",
        "is a notebook of another course",
        _json(
            lambda nb: nb.update(
                cells=[
                    {
                        "cell_type": "code",
                        "id": "a",
                        "metadata": {},
                        "outputs": [],
                        "execution_count": None,
                        "source": "1+1",
                    }
                ]
            )
        ),
        honest="",
        person=True,
    ),
]
