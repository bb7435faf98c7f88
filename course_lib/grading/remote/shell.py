"""Run the student's cells in IPython and send what they show. Runs in the student's process."""

import builtins
import io
import sys
from collections.abc import Callable
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from course_lib.grading.notebook.scoring import as_number

Send = Callable[[dict[str, Any]], None]


class _Hook(DisplayHook):
    """Send the value of a cell's last line."""

    def compute_format_data(self, result: Any) -> tuple[dict, dict]:
        """Return the value in all its forms; where it is a number of points, as Python's own."""
        forms, metadata = super().compute_format_data(result)
        number = as_number(result) if self.shell.gives_points else None  # type: ignore[union-attr]
        return (forms if number is None else forms | {"text/plain": repr(number)}), metadata

    def write_output_prompt(self) -> None:
        """Print no prompt."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        """Send the value in all its forms."""
        self.shell.send(  # type: ignore[union-attr]
            {"output_type": "execute_result", "data": format_dict, "metadata": md_dict or {}}
        )

    def finish_displayhook(self) -> None:
        """Print no newline."""


class _Publisher(DisplayPublisher):
    """Send what display() and plots show."""

    def publish(  # type: ignore[override]
        self,
        data: dict,
        metadata: dict | None = None,
        *args: Any,
        transient: dict | None = None,
        update: bool = False,
        **kwargs: Any,
    ) -> None:
        """Send one picture or text."""
        self.shell.send(  # type: ignore[union-attr]
            {"output_type": "display_data", "data": data, "metadata": metadata or {}}
        )

    def clear_output(self, wait: bool = False) -> None:
        """Keep what was shown: a grader wants to see it."""


class Shell(InteractiveShell):
    """An IPython shell whose every output goes to `send`."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    gives_points = False  # whether the last value of a cell may be a number of points
    send: Send = staticmethod(lambda output: None)  # type: ignore[assignment]

    def _showtraceback(self, etype: type, evalue: Any, stb: list[str]) -> None:
        try:
            said = str(evalue)
        except Exception:
            said = "<the error has no readable message>"
        self.send(
            {
                "output_type": "error",
                "ename": str(getattr(etype, "__name__", etype)),
                "evalue": said[:20_000],
                "traceback": [line[:20_000] for line in stb],
            }
        )

    def enable_gui(self, gui: Any = None) -> None:
        """There is no window here."""

    def init_history(self) -> None:
        """Keep none: its thread would not survive a fork."""
        super().init_history()


def make_shell() -> Shell:
    """Return the shell of this process, quiet and without a history file."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 0
    shell = Shell.instance(config=config)
    shell.run_cell("None", silent=True)
    return shell


class Stream(io.TextIOBase):
    """Stand in for sys.stdout or sys.stderr: pieces go out together, not one by one."""

    LIMIT = 1 << 16

    def __init__(self, name: str, send: Send) -> None:
        self.name = name
        self._send = send
        self._pieces: list[str] = []
        self._size = 0

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding that text is taken to have."""
        return "utf-8"

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Keep the text; send it when there is enough."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._pieces.append(text)
        self._size += len(text)
        if self._size > self.LIMIT:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what is kept."""
        if self._pieces:
            text = "".join(self._pieces)
            self._pieces, self._size = [], 0
            self._send({"output_type": "stream", "name": self.name, "text": text})


def no_input(prompt: str = "") -> str:
    """Refuse to wait for somebody who is not there."""
    from IPython.core.error import StdinNotImplementedError

    raise StdinNotImplementedError("a cell asks for input, and nobody is there to type")


def install_streams(send: Send) -> tuple[Stream, Stream]:
    """Send sys.stdout and sys.stderr out; input() refuses."""
    sys.stdout, sys.stderr = Stream("stdout", send), Stream("stderr", send)
    builtins.input = no_input  # type: ignore[assignment]
    return sys.stdout, sys.stderr
