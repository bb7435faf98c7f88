"""Set the course up in ./.venv. Runs on the system's Python, before anything is installed.

    python3 -I course_lib/cli/bootstrap.py            make or repair ./.venv
    python3 -I course_lib/cli/bootstrap.py --system   also what browser and sandbox tests need
    python3 -I course_lib/cli/bootstrap.py --lock     resolve pyproject.toml anew: requirements.lock

A finished set-up leaves a stamp; without it, or when the lock has changed, the next call goes on
where the last one stopped. This file must be read by old Pythons too, to tell them so.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, ".course-complete")
LOCK = os.path.join(ROOT, "requirements.lock")
PYTHON = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
OLDEST = (3, 11)
# what the tests start -> Debian's package
SYSTEM = {"chromium": "chromium", "bwrap": "bubblewrap", "initdb": "postgresql"}
# Debian keeps PostgreSQL's programs off the PATH
SERVERS = "/usr/lib/postgresql/*/bin/%s"
# installed only on some platforms, as a need of torch: torch itself names the right versions
PLATFORM_PACKAGES = ("nvidia-", "triton", "cuda-", "course-lib", "course_lib")


def fail(expected, received, action):
    """Print one error, three lines, and stop."""
    sys.stderr.write(
        "set-up failed\nexpected: %s\nreceived: %s\nto do:    %s\n" % (expected, received, action)
    )
    sys.exit(2)


def check_python():
    """Stop on a Python that is too old."""
    if sys.version_info < OLDEST:
        fail(
            "Python %d.%d or newer" % OLDEST,
            "Python %d.%d (%s)" % (sys.version_info[0], sys.version_info[1], sys.executable),
            "install a newer one, or name it: make PYTHON=python3.12",
        )


def wanted():
    """Return what the stamp of a finished set-up says: a hash of everything that decides it."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for name in ("requirements.lock", "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    digest.update(ROOT.encode())
    return digest.hexdigest()


def is_complete():
    """Say whether an earlier set-up ended and nothing has changed since."""
    if not os.path.exists(PYTHON) or not os.path.exists(STAMP):
        return False
    with open(STAMP, encoding="utf-8") as file:
        return file.read() == wanted()


def works(python):
    """Say whether the Python of a virtual environment starts, is this version, and has pip."""
    code = "import pip, sys; sys.exit(sys.version_info[:2] != %r)" % (tuple(sys.version_info[:2]),)
    try:
        return subprocess.call([python, "-I", "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv(folder):
    """Make a virtual environment; remove one that does not work."""
    python = os.path.join(folder, os.path.relpath(PYTHON, VENV))
    if os.path.isdir(folder) and not works(python):
        print("the environment in %s is incomplete: making it anew" % os.path.basename(folder))
        shutil.rmtree(folder)
    if not os.path.isdir(folder):
        print("making %s" % folder)
        if subprocess.call([sys.executable, "-m", "venv", folder]) != 0:
            fail(
                "that Python can make a virtual environment",
                "an error of its module venv (above)",
                "on Debian: apt-get install python3-venv; then run the same command again",
            )
    return python


def install(python, *arguments):
    """Run pip; on failure say what to do. What was installed before stays."""
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", *list(arguments)]
    if subprocess.call(command, cwd=ROOT) != 0:
        fail(
            "the packages of requirements.lock from the package index",
            "an error of pip (its last lines stand above)",
            "check the network and the free disk space, then run the same command again: "
            "it goes on where it stopped",
        )


def set_up():
    """Make or repair ./.venv; do nothing when it is complete."""
    if is_complete():
        return
    print("setting up the course in .venv: a few minutes, once")
    python = make_venv(VENV)
    install(python, "-r", LOCK)
    install(python, "--quiet", "--no-deps", "--no-build-isolation", "-e", ROOT)
    with open(STAMP, "w", encoding="utf-8") as file:
        file.write(wanted())
    print("set-up complete")


def has(tool):
    """Say whether a program of the system is there."""
    return bool(shutil.which(tool) or glob.glob(SERVERS % tool))


def system_packages():
    """Install what the tests of browser, sandbox and ledger start (Debian, as root), or say how."""
    missing = {tool: package for tool, package in SYSTEM.items() if not has(tool)}
    if not missing:
        return
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        subprocess.call([apt, "update", "-qq"], env=environment)
        subprocess.call([apt, "install", "-y", "-qq", *sorted(missing.values())], env=environment)
    for tool, package in missing.items():
        if not has(tool):
            print("no %s here: its tests are left out; apt-get install %s" % (tool, package))


def renew_lock():
    """Install pyproject.toml's ranges into an empty environment and write down what came."""
    folder = os.path.join(ROOT, "_build", "lock-venv")
    if os.path.isdir(folder):
        shutil.rmtree(folder)
    python = make_venv(folder)
    install(python, "setuptools", "wheel", *sys.argv[2:])
    install(python, "-e", ROOT + "[dev]")
    frozen = subprocess.check_output([python, "-m", "pip", "freeze", "--all", "--exclude-editable"])
    write_lock(frozen.decode())
    shutil.rmtree(folder)


def write_lock(frozen):
    """Write requirements.lock from pip's list, without what differs between platforms."""
    pins = []
    for line in frozen.splitlines():
        name, _, version = line.partition("==")
        if version and not name.lower().startswith(PLATFORM_PACKAGES) and name != "pip":
            pins.append("%s==%s" % (name, version.partition("+")[0]))
    with open(LOCK, "w", encoding="utf-8") as file:
        file.write("# The whole tree, pinned. Renew it with: make lock\n")
        file.write("\n".join(sorted(pins, key=str.lower)) + "\n")
    print("wrote requirements.lock: %d packages" % len(pins))


if __name__ == "__main__":
    check_python()
    if "--lock" in sys.argv:
        renew_lock()
    else:
        set_up()
        if "--system" in sys.argv:
            system_packages()
