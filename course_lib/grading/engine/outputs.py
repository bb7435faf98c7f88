"""Outputs of the student's cells as a notebook may hold them: checked, and cut to a size."""

import json
from typing import Any

MOST_LINES = 1_000  # of one cell, as nbgrader's LimitOutput
MOST_TRACEBACK = 100
CUT = "... Output truncated ..."


class Outputs:
    """What one notebook shows; `budget` is the number of bytes that may still be kept."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.cut = False
        self._cells: list[dict[str, Any]] = []
        self._lines = 0

    def begin(self) -> None:
        """Begin a new cell."""
        self._cells, self._lines = [], 0

    def take(self, output: Any) -> None:
        """Keep an output if it is one and if there is room."""
        clean = _clean(output)
        if clean is None:
            return
        if clean["output_type"] == "stream":
            self._stream(clean)
            return
        size = len(json.dumps(clean))
        if size > self.budget:
            self.cut = True
            if clean["output_type"] != "error":
                return
            clean["traceback"], clean["evalue"] = [CUT], clean["evalue"][:500]
            size = 0
        self.budget -= size
        self._cells.append(clean)

    def _stream(self, output: dict[str, Any]) -> None:
        if self._lines >= MOST_LINES or self.budget <= 0:
            self.cut = True
            return
        text = output["text"]
        lines = text.count("\n")
        if self._lines + lines > MOST_LINES:
            kept = text.split("\n", MOST_LINES - self._lines)[:-1]
            text = "\n".join([*kept, CUT + "\n"])
            self.cut = True
        if len(text) > self.budget:
            text = text[: self.budget] + f"\n{CUT}\n"
            self.cut = True
        self._lines += lines
        self.budget -= len(text)
        last = self._cells[-1] if self._cells else None
        if last is not None and last.get("name") == output["name"] and "pieces" in last:
            last["pieces"].append(text)
        else:
            piece = {"output_type": "stream", "name": output["name"], "pieces": [text]}
            self._cells.append(piece)

    def end(self) -> list[dict[str, Any]]:
        """Return the outputs of the cell."""
        made = []
        for output in self._cells:
            if "pieces" in output:
                text = "".join(output.pop("pieces"))
                output = output | {"text": text}
            made.append(output)
        return made


def _clean(output: Any) -> dict[str, Any] | None:
    if type(output) is not dict:
        return None
    kind = output.get("output_type")
    if kind == "stream" and isinstance(output.get("text"), str):
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(output["text"])}
    if kind == "error":
        lines = output.get("traceback")
        lines = [_text(line) for line in lines if isinstance(line, str)] if lines else []
        if len(lines) > MOST_TRACEBACK:
            half = MOST_TRACEBACK // 2
            lines = [*lines[:half], "... Traceback truncated ...", *lines[1 - half :]]
        name, said = str(output.get("ename", "")), str(output.get("evalue", ""))
        return {
            "output_type": "error",
            "ename": _text(name)[:200],
            "evalue": _text(said),
            "traceback": lines,
        }
    if kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
        data = {_text(k): v for k, v in output["data"].items() if _is_data(v)}
        data = {k: _text(v) if isinstance(v, str) else v for k, v in data.items()}
        made = {"output_type": kind, "data": data, "metadata": {}}
        return made | ({"execution_count": None} if kind == "execute_result" else {})
    return None


def _is_data(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, dict | list) and bool(value))


def _text(text: str) -> str:
    """Return text that every file can hold: no lone surrogates, no null bytes."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
