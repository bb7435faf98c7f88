"""Cut a notebook down so that its page stays small, and say what was left out."""

import re
from dataclasses import dataclass
from typing import Any

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")
_TEXTS = ("text/html", "text/markdown", "text/latex", "text/plain")
_WORK = 2_000_000  # characters of one output that are looked at; the rest is only counted


@dataclass
class Budget:
    """What a page may hold; `page_*` are shared by all cells of the notebook."""

    text: int = 20_000
    html: int = 60_000
    source: int = 30_000
    picture: int = 500_000  # base64 characters
    outputs: int = 50  # of one cell
    cells: int = 200  # the student's own
    page_text: int = 250_000  # printed
    page_source: int = 300_000  # written
    page_pictures: int = 1_000_000

    def halved(self) -> "Budget":
        """Return half of everything."""
        return Budget(**{name: value // 2 for name, value in vars(self).items()})

    def take_text(self, text: str, most: int, tail: float = 0.25) -> str:
        """Return a text cut to what is left, its end kept, and count it."""
        kept = cut(text, min(most, max(self.page_text, 0)), tail)
        self.page_text -= len(kept)
        return kept

    def take_source(self, text: str) -> str:
        """Return a cell's text cut to what is left, and count it."""
        kept = cut(text, min(self.source, max(self.page_source, 500)))
        self.page_source -= len(kept)
        return kept

    def take_picture(self, data: str) -> bool:
        """Whether a picture still fits, and count it."""
        if len(data) > min(self.picture, self.page_pictures):
            return False
        self.page_pictures -= len(data)
        return True


def cut(text: str, most: int, tail: float = 0.25) -> str:
    """Return at most about `most` characters of a text, and how much of it was left out."""
    if len(text) <= most:
        return text
    end = int(most * tail)
    head, last = text[: most - end], text[len(text) - end :] if end else ""
    left = len(text) - len(head) - len(last)
    lines = text.count("\n") - head.count("\n") - last.count("\n")
    return f"{head}\n… {left:,} characters in {lines:,} lines left out …\n{last}"


def shrink(notebook: Any, budget: Budget) -> None:
    """Keep of a notebook what its page can show; everything else about it is dropped too."""
    cells, left_out = [], 0
    for cell in notebook.cells:
        own = not cell.metadata.get("nbgrader")
        if own and budget.cells <= 0:
            left_out += 1
        elif cell.cell_type in ("code", "markdown"):
            budget.cells -= own
            _shrink_cell(cell, budget)
            cell["id"] = f"c{len(cells)}"
            cells.append(cell)
    if left_out:
        from nbformat.v4 import new_markdown_cell

        cells.append(new_markdown_cell(f"… {left_out:,} more cells left out …", id="more"))
    notebook.cells = cells


def _shrink_cell(cell: Any, budget: Budget) -> None:
    cell.metadata = {"nbgrader": cell.metadata.nbgrader} if "nbgrader" in cell.metadata else {}
    cell.source = budget.take_source(cell.source)
    if cell.cell_type == "markdown":
        shrink_attachments(cell, budget)
        return
    cell.outputs = shrink_outputs(cell.outputs, budget)


def shrink_outputs(outputs: list[Any], budget: Budget) -> list[Any]:
    """Return the outputs of a cell, cut, each with one representation; errors are always kept."""
    outputs = _joined(outputs)
    kept = outputs[: budget.outputs]
    later = outputs[budget.outputs :]
    errors = [output for output in later if output.output_type == "error"][-2:]
    if len(later) > len(errors):
        kept.append(_said(f"… {len(later) - len(errors):,} more outputs left out …"))
    return [_shrink_output(output, budget) for output in [*kept, *errors]]


def shrink_attachments(cell: Any, budget: Budget) -> None:
    """Keep the attached pictures that fit, and say which did not."""
    kept = {}
    for name, bundle in (cell.get("attachments") or {}).items():
        kind, data = next(iter(bundle.items()), ("", ""))
        if kind in _PICTURES[:3] and isinstance(data, str) and budget.take_picture(data):
            kept[name] = {kind: data}
        else:
            cell.source = cell.source.replace(f"attachment:{name}", "")
            cell.source += f"\n\n… a picture of {len(data) / 1000:,.0f} kB left out …"
    cell["attachments"] = kept


def _joined(outputs: list[Any]) -> list[Any]:
    """Return the outputs with neighbouring pieces of one stream joined."""
    found: list[Any] = []
    pieces: list[str] = []
    for output in outputs:
        kind = output.output_type
        if kind == "stream" and found and found[-1].get("name") == output.name:
            pieces.append(output.text)
            continue
        if pieces:
            found[-1].text = "".join(pieces)
        found.append(output)
        pieces = [output.text] if kind == "stream" else []
    if pieces:
        found[-1].text = "".join(pieces)
    return found


def _said(text: str) -> Any:
    from nbformat.v4 import new_output

    return new_output("stream", name="stdout", text=text)


def _shrink_output(output: Any, budget: Budget) -> Any:
    if output.output_type == "stream":
        output.text = budget.take_text(_overwritten(output.text), budget.text)
        return output
    if output.output_type == "error":
        output.evalue = cut(str(output.evalue), 2_000)
        lines = "\n".join(str(line) for line in output.traceback)
        # however much was printed before: this says why points are missing
        most = max(1_500, min(budget.text // 2, budget.page_text))
        output.traceback = cut(lines, most, tail=0.8).split("\n")
        return output
    return _shrink_data(output, budget)


def _shrink_data(output: Any, budget: Budget) -> Any:
    data = {kind: _text(value) for kind, value in output.data.items()}
    too_large = 0
    for kind in _PICTURES:
        if kind in data:
            if budget.take_picture(data[kind]):
                return _shown(kind, data[kind])
            too_large = max(too_large, len(data[kind]))
    for kind in _TEXTS:
        if kind in data:
            most = budget.html if kind in ("text/html", "text/markdown") else budget.text
            if "<svg" in data[kind]:  # half a table reads well, half a drawing does not
                if budget.take_picture(data[kind]):
                    return _shown(kind, data[kind])
                too_large = max(too_large, len(data[kind]))
                continue
            if too_large and kind == "text/plain":
                break
            return _shown(kind, budget.take_text(data[kind], most, tail=0.0))
    if too_large:
        return _said(f"… a picture of {too_large / 1000:,.0f} kB left out …")
    return _said(f"[{cut(', '.join(data) or 'nothing', 200)}: not shown here]")


def _shown(kind: str, value: str) -> Any:
    """Return an output with one representation and nothing else of the student's."""
    from nbformat.v4 import new_output

    return new_output(
        "display_data",
        data={kind: re.sub(r"\s", "", value) if kind in _PICTURES[:3] else value},
        metadata={kind: {"alt": "a picture that this cell drew"}} if kind in _PICTURES else {},
    )


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "".join(map(str, value))
    return value if isinstance(value, str) else str(value)


def _overwritten(text: str) -> str:
    """Return what a terminal would still show: a progress bar writes its line again and again."""
    if "\r" not in text or len(text) > _WORK:
        return text
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
