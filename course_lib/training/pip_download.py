"""Have pip download one package, and turn what it says when it fails into one error."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from course_lib.errors import CourseError, OfflineError

Say = Callable[[str], object]


def download(package: str, folder: Path, say: Say) -> None:
    """Put the wheel of a package into a folder, without what it depends on.

    pip asks the index that it is set up for, and draws its own progress on standard output.
    package: a requirement with a pinned version. say: gets a line where no answer comes.

    Raises: CourseError where this Python has no pip; OfflineError where pip gets no package;
    OSError (ENOSPC) where the disk is full.
    """
    if find_spec("pip") is None:
        raise CourseError(
            "pip in this Python",
            f"{sys.executable} has none",
            f"add it: {sys.executable} -m ensurepip",
        )
    # subtle: without -P, a file pip.py in the current folder would be run
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps"]
    command += ["--only-binary", ":all:", "--dest", str(folder), package]
    # pip's temporary files lie on the same disk, and go with the folder
    environment = os.environ | {"TMPDIR": str(folder), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    errors: list[str] = []
    answered = True
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, errors="replace"
    ) as pip:
        assert pip.stderr is not None
        try:
            for line in filter(None, map(str.strip, pip.stderr)):
                if "Retrying" in line and answered:
                    say("no answer yet; pip tries again")
                    answered = False
                errors.append(line)
        except BaseException:
            pip.kill()
            raise
    if pip.returncode == 0:
        return
    if any(os.strerror(errno.ENOSPC) in line for line in errors):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    last = ([line for line in errors if line.startswith("ERROR")] or errors or ["no word"])[-1]
    raise OfflineError(
        f"the package {package} from pip's package index",
        f"{'' if answered else 'no answer; '}pip ended with {pip.returncode}: {last}",
        f"run it again where there is a network; or, there: pip download --no-deps {package}, "
        "bring the file here, and set PIP_FIND_LINKS to its folder",
    )
