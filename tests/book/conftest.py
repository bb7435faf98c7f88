"""One build of the book for all tests, served on a local port, looked at in one browser."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from shared_work import once

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

# Chromium asks Google's hosts for things of its own unless told not to.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def run_course(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the `course` command of this Python."""
    program = "from course_lib.cli.main import main; main()"
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built book; built now where it is out of date."""

    def build(folder: Path) -> Path:
        done = run_course("book", "--quiet")
        assert done.returncode == 0, done.stdout + done.stderr
        return ROOT / "_build" / "html"

    return once(tmp_path_factory, "book", build)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing on the terminal."""


@pytest.fixture(scope="session")
def site(html: Path) -> Iterator[str]:
    """The address under which the built book is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(html)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave time for the build: from nothing, it runs every chapter."""
    for item in items:
        if "html" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(3600))


def find_chromium() -> str:
    """Return the browser; without one, fail in CI and skip elsewhere."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        say = "no Chromium to look at the book with; on Debian: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(say)
        pytest.skip(say)
    return program


@pytest.fixture(scope="module")
def page() -> Iterator[object]:
    """One page object of one headless Chromium, used again for every visit of a test file.

    Not longer: while it is open an event loop runs, and tests of grading start their own.
    """
    program = find_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        context = browser.new_context(reduced_motion="reduce", color_scheme="light")
        yield context.new_page()
        browser.close()
