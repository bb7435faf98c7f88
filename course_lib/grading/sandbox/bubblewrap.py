"""The outer sandbox: a command line for bubblewrap, and what has to be done before it as root.

Inside there is a read-only system, this Python with its packages, this package, and nothing else of
the machine: no home, no course directory, no network.
"""

import os
import shutil
import sys
import sysconfig
from pathlib import Path

from course_lib.errors import CourseError

PACKAGE = Path(__file__).resolve().parents[2]
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = (
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
    "/etc/fonts", "/etc/alternatives", "/etc/mime.types", "/etc/nsswitch.conf",
)  # fmt: skip
NOBODY = 65_534
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp/home",
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
    "TMPDIR": "/tmp",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": "/tmp/home",
    "IPYTHONDIR": "/tmp/home",
    "HF_HUB_OFFLINE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "CUDA_VISIBLE_DEVICES": "",
} | dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)


class SandboxError(CourseError):
    """Submissions cannot be isolated on this machine."""


def require() -> str:
    """Return the path of bubblewrap.

    Raises: SandboxError where there is none.
    """
    found = shutil.which("bwrap")
    if sys.platform != "linux" or found is None:
        what = "no program bwrap" if sys.platform == "linux" else f"this is {sys.platform}"
        raise SandboxError(
            "bubblewrap, which keeps submissions apart from this machine",
            what,
            "on Debian or Ubuntu: apt-get install bubblewrap; elsewhere: --sandbox container",
        )
    return found


def command(inside: list[str], python: list[Path] | None = None) -> list[str]:
    """Return the command line that runs `inside` in the outer sandbox.

    python: folders of this Python and its packages, as they are to be seen.
    """
    args = [require(), "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    args += ["--hostname", "sandbox", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        args += ["--setenv", name, value]
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            args += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            args += ["--ro-bind", name, name]
    for name in SETTINGS:
        args += ["--ro-bind-try", name, name]
    args += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/dev/shm", "--tmpfs", "/tmp"]
    for folder in python if python is not None else python_folders():
        args += ["--ro-bind", str(folder), str(folder)]  # some may lie below /tmp
    args += ["--dir", "/tmp/home", "--remount-ro", "/dev", "--chdir", "/tmp"]
    # the root is bubblewrap's own tmpfs: nothing may be put there
    return [*args, "--remount-ro", "/", "--", *inside]


def python_folders() -> list[Path]:
    """Return the folders that this Python needs, none inside another one or inside /usr."""
    wanted = {Path(sys.prefix), Path(sys.base_prefix), PACKAGE, Path(sys.executable).parent.parent}
    wanted |= {Path(path) for path in sysconfig.get_paths().values()}
    wanted |= {Path(path).resolve() for path in (sys.executable, sys.prefix, sys.base_prefix)}
    folders = sorted({path if path.is_dir() else path.parent for path in wanted if path.exists()})
    outside = [f for f in folders if not any(f.is_relative_to(s) for s in ("/usr", "/bin", "/lib"))]
    return [f for f in outside if not any(f != o and f.is_relative_to(o) for o in outside)]


def explain(code: int | None, said: str) -> SandboxError:
    """Return what to do about a sandbox that did not start."""
    text = (said.strip().splitlines() or [f"exit code {code}"])[-1][:300]
    lower = said.lower()
    if any(word in lower for word in ("uid map", "namespace", "unshare", "permission denied")):
        todo = (
            "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1; on Ubuntu 24.04 also"
            " kernel.apparmor_restrict_unprivileged_userns=0), or use --sandbox container"
        )
    else:
        todo = "run `course doctor`, which tries the sandbox step by step"
    return SandboxError("a sandbox that starts", text, todo)


def is_root() -> bool:
    """Whether this process is root: then the sandbox is started as nobody."""
    return os.geteuid() == 0
