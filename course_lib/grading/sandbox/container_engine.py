"""The command line of docker or podman: is there one that answers, and how a container starts."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from course_lib.grading.course.limits import Limits
from course_lib.grading.sandbox.bubblewrap import ENVIRONMENT, SandboxError

ENGINES = ("docker", "podman")
IMAGE, IMAGE_NAME = "COURSE_IMAGE", "course-grading"  # the variable, and what holds without it
LABEL = "course-grading"
BUILD = "docker build -t course-grading -f course_lib/grading/sandbox/Dockerfile ."
USERS = {"checker": 65_533, "student": 65_534}
ANSWER_SECONDS = 30.0


def image() -> str:
    """Return the name of the image that holds this package and what the course imports."""
    return os.environ.get(IMAGE, IMAGE_NAME)


def require() -> str:
    """Return the path of an engine that answers and has the image.

    Raises: SandboxError.
    """
    said = []
    for name in ENGINES:
        program = shutil.which(name)
        if program is None:
            said.append(f"no program {name}")
            continue
        done = call(program, "version")
        if done.returncode == 0:
            break
        said.append(f"{name}: {last(done.stderr)}")
    else:
        raise SandboxError(
            "docker or podman, with an engine that answers",
            "; ".join(said),
            "start the engine, or on Linux install bubblewrap and leave --sandbox out",
        )
    if call(program, "image", "inspect", image()).returncode != 0:
        raise SandboxError(
            f"an image {image()!r} with this package in it",
            f"{Path(program).name} has none of that name",
            f"in a clone: {BUILD}; or name another one in {IMAGE}",
        )
    return program


def command(program: str, module: str, role: str, name: str, limits: Limits) -> list[str]:
    """Return the command line that starts a container; module: what runs in it, in which role."""
    args = [program, "run", "--rm", "--interactive", "--pull", "never", "--name", name]
    args += ["--label", LABEL, "--log-driver", "none", "--hostname", "sandbox"]
    args += ["--network", "none", "--read-only", "--cap-drop", "ALL"]
    args += ["--security-opt", "no-new-privileges", "--user", f"{USERS[role]}:{USERS[role]}"]
    args += ["--pids-limit", str(limits.processes)]
    args += ["--memory", str(limits.memory), "--memory-swap", str(limits.memory)]
    args += ["--tmpfs", f"/tmp:rw,nosuid,nodev,mode=1777,size={limits.disk}"]
    args += ["--shm-size", str(limits.disk), "--ulimit", "core=0:0", "--workdir", "/tmp"]
    for key, value in ENVIRONMENT.items():
        if key != "PATH":
            args += ["--env", f"{key}={value}"]
    return [*args, image(), "python", "-s", "-P", "-m", module, role, name]


def explain(said: str) -> SandboxError:
    """Return what to do about a container that did not start."""
    return SandboxError(
        "a container that starts", last(said), f"look why: docker run --rm {image()} python -V"
    )


def described(code: int, limits: Limits) -> str:
    """Return how a container ended, in words."""
    if code == 128 + signal.SIGKILL:
        return f"the process was ended by SIGKILL, as for more than {limits.memory >> 20} MiB"
    if code > 128:
        with contextlib.suppress(ValueError):
            return f"the process was ended by {signal.Signals(code - 128).name}"
    return f"the process ended itself with exit code {code}"


def call(*command: str) -> subprocess.CompletedProcess:
    """Return what the engine answers; a failure where it does not."""
    try:
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=ANSWER_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def last(text: str) -> str:
    """Return the last line."""
    return (text.strip().splitlines() or ["it says nothing"])[-1][:200]
