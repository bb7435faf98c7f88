"""Build the book with Jupyter Book, strictly, in a process of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from course_lib.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
STRICT = ["-n", "-W", "--keep-going"]
# jsonschema checks IRIs with rfc3987_syntax where it can be imported, and that import alone builds
# a grammar for 3 s. No schema of the book has an IRI; marked as missing, it is passed over.
RUN = """
import sys
sys.modules["rfc3987_syntax"] = None
from jupyter_book.cli.main import main
main()
"""


@dataclass(frozen=True, kw_only=True)
class Built:
    """How a build ended."""

    succeeded: bool
    index: Path
    seconds: float


def require_sources(root: Path) -> None:
    """Raise CourseError where the book or the tool that builds it is missing."""
    if not (root / "_config.yml").exists():
        raise CourseError(
            "the book's sources (_config.yml, _toc.yml, book/)",
            f"{root} has no _config.yml",
            "run this from a clone of the repository, with the package installed by `make book`",
        )
    if find_spec("jupyter_book") is None:
        raise CourseError(
            "Jupyter Book in this Python",
            f"{sys.executable} has none",
            "install it: pip install -e '.[book]', or run `make book`",
        )


def environment(root: Path) -> dict[str, str]:
    """Return the environment of the build, in which the chapters' kernels run too.

    The chapters ask for the kernel `python3`: it must be the one beside this Python, even where the
    user has another kernel of that name, and it must not run the user's own IPython start-up files.
    """
    profile = root / "_build" / ".ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    # each kernel would warn that its sockets on this machine are not encrypted
    (profile / "ipython_kernel_config.py").write_text("c.IPKernelApp.log_level = 40\n")
    return {
        **os.environ,
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(profile.parent),
        "PYTHONUNBUFFERED": "1",
        # small networks gain little from a second thread, and lose much where cores are busy
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }


STEP = re.compile(r"(reading sources|writing output)\.\.\. \[ *(\d+)%\] (\S+)")
RUNNING = re.compile(r"Executing notebook|Executed notebook in|build (?:succeeded|finished)")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def show_progress(lines: Iterable[str], show: Callable[[str], None]) -> None:
    """Show which page is read or written and when cells run; leave out Sphinx's other lines."""
    for line in lines:
        text = COLOUR.sub("", line).strip()
        # subtle: Sphinx ends a step with a carriage return on some terminals
        for part in text.split("\r"):
            if step := STEP.search(part):
                show(f"{step[1].split()[0]:8}{step[2]:>4}%  {step[3]}")
            elif RUNNING.search(part):
                show(f"{'':14}{part}")


def build(root: Path = ROOT, *, everything: bool = False, quiet: bool = False) -> Built:
    """Build `root` into `root`/_build/html; a warning is a failure.

    everything: forget what was read, so that every page is made anew (cells stay cached).
    quiet: print warnings and errors only.
    """
    require_sources(root)
    command = [sys.executable, "-c", RUN, "build"]
    command += [str(root), *STRICT, *(["--all"] if everything else []), *(["-q"] if quiet else [])]
    started = time.monotonic()
    # warnings and errors go straight to the terminal
    with subprocess.Popen(
        command, cwd=root, env=environment(root), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        show_progress(process.stdout, (lambda line: None) if quiet else print)
    return Built(
        succeeded=process.returncode == 0,
        index=root / "_build" / "html" / "index.html",
        seconds=time.monotonic() - started,
    )
