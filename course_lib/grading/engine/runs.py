"""What `%run helper.py` and `%run helper.ipynb` bring into a given cell, as it was written.

The cell itself is run in the student's process, with the files there. Tests take the functions and
values that it brings from the instructor's own file, as they do with those of the cell.
"""

import json
import re

# a line of its own, with a file and nothing for it
_RUN = re.compile(r"^%run[ \t]+(?:-[in]+[ \t]+)*(['\"]?)([^\s'\"]+)\1[ \t]*$", re.MULTILINE)


def expanded(text: str, known: dict[str, str], _inside: frozenset[str] = frozenset()) -> str:
    """Return a cell's code with that of the files that it runs in their places.

    known: the code of the files that are the instructor's alone, by path.
    """

    def code(match: re.Match[str]) -> str:
        path = match[2].removeprefix("./")
        found = next((one for one in (path, f"{path}.py") if one in known), None)
        if found is None or found in _inside:
            return match[0]
        return expanded(known[found], known, _inside | {found})

    return _RUN.sub(code, text) if "%run" in text else text


def code_in(path: str, data: bytes) -> str | None:
    """Return the code of a file that can be run; None of another one."""
    if path.endswith(".py"):
        return data.decode("utf-8", "replace")
    if path.endswith(".ipynb"):
        cells = json.loads(data)["cells"]
        return "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    return None
