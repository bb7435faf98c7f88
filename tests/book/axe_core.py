"""axe-core: the version that `make test` took from npm; without it, the older one of a package."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from axe_playwright_python.sync_playwright import Axe

from course_lib.cli import bootstrap


def axe() -> Axe:
    """Return axe-core; where npm gave none, fail in CI and take the package's own elsewhere."""
    script = Path(bootstrap.AXE_SCRIPT)
    if not script.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no axe-core at {script}: run `make test`, with a network")
        script = AXE_FILE_PATH
    return Axe.from_file(script)
