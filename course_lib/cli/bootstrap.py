"""Set the course up in ./.venv. Runs on the system's Python, before anything is installed.

    python3 -I course_lib/cli/bootstrap.py            make or repair ./.venv: what the book needs
    python3 -I course_lib/cli/bootstrap.py --tests    also what tests and checks need
    python3 -I course_lib/cli/bootstrap.py --system   and the programs that their tests start
    python3 -I course_lib/cli/bootstrap.py --lock     resolve pyproject.toml anew: requirements.lock

A finished set-up leaves a stamp for each part; without it, or when the lock has changed, the next
call goes on where the last one stopped. This file must be read by old Pythons too, to tell them so.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from urllib.request import urlopen

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
LOCK = os.path.join(ROOT, "requirements.lock")
PYTHON = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
BOOK, TESTS = "book", "tests"  # the parts of the lock; the second is added to the first
# the Pythons for which there are wheels of all that is pinned
PYTHONS = {BOOK: ((3, 11), (3, 12), (3, 13), (3, 14)), TESTS: ((3, 11), (3, 12), (3, 13))}
HEADING = {
    BOOK: "# What the book needs: make book",
    TESTS: "# What tests and checks add: make test",
}
# what the tests start -> Debian's package
SYSTEM = {"chromium": "chromium", "bwrap": "bubblewrap", "initdb": "postgresql"}
# Debian keeps PostgreSQL's programs off the PATH
SERVERS = "/usr/lib/postgresql/*/bin/%s"
# installed only on some platforms, as a need of torch: torch itself names the right versions
PLATFORM_PACKAGES = ("nvidia-", "triton", "cuda-", "course-lib", "course_lib")
# torch without CUDA: a tenth of the size
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# the rules of accessibility that the pages are held to; newer ones: npm view axe-core version
AXE = "axe-core@4.14.1"
AXE_FOLDER = os.path.join(VENV, AXE)
AXE_SCRIPT = os.path.join(AXE_FOLDER, "node_modules", "axe-core", "axe.min.js")


def fail(expected, received, action):
    """Print one error, three lines, and stop."""
    sys.stderr.write(
        "set-up failed\nexpected: %s\nreceived: %s\nto do:    %s\n" % (expected, received, action)
    )
    sys.exit(2)


def check_python(part):
    """Stop on a Python for which a part of the lock has no wheels."""
    if sys.version_info[:2] not in PYTHONS[part]:
        names = ["%d.%d" % version for version in PYTHONS[part]]
        fail(
            "Python %s or %s, for the %s" % (", ".join(names[:-1]), names[-1], part),
            "Python %d.%d (%s)" % (sys.version_info[0], sys.version_info[1], sys.executable),
            "install one of these, or name it: make PYTHON=python3.12",
        )


def pins(part):
    """Return the lines of one part of the lock; a lock without headings is the book's."""
    found, here = [], BOOK
    with open(LOCK, encoding="utf-8") as file:
        for line in map(str.strip, file):
            if line == HEADING[TESTS]:
                here = TESTS
            elif here == part and line and not line.startswith("#"):
                found.append(line)
    return found


def stamp(part):
    """Return the path of the file that a finished set-up leaves."""
    return os.path.join(VENV, ".course-%s-complete" % part)


def wanted(part):
    """Return what the stamp of a finished set-up says: a hash of everything that decides it."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        digest.update(file.read())
    digest.update("\n".join([ROOT, os.environ.get("COURSE_TORCH", ""), *pins(part)]).encode())
    return digest.hexdigest()


def is_complete(part):
    """Say whether an earlier set-up of this part ended and nothing has changed since."""
    if not os.path.exists(PYTHON) or not os.path.exists(stamp(part)):
        return False
    with open(stamp(part), encoding="utf-8") as file:
        return file.read() == wanted(part)


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


def sees_a_gpu():
    """Say what shows that this machine has a GPU of NVIDIA, or None."""
    if os.path.exists("/proc/driver/nvidia/version"):
        return "its driver is loaded"
    for tool in ("nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"):
        try:
            said = subprocess.check_output([tool, "-L"], stderr=subprocess.DEVNULL, timeout=20)
        except (OSError, subprocess.SubprocessError):
            continue
        if b"GPU" in said:
            return "nvidia-smi names it"
    return None


def answers(address, seconds=5):
    """Say whether an address answers in time; looking up its name counts too."""
    found = []

    def ask():
        try:
            found.append(urlopen(address, timeout=seconds).getcode() == 200)
        except Exception:  # whatever went wrong, it does not answer
            found.append(False)

    asking = threading.Thread(target=ask)
    asking.daemon = True  # a name server that hangs must not hold us
    asking.start()
    asking.join(seconds)
    return found == [True]


def torch_build():
    """Choose torch's build, say why, and return what pip must be told.

    Outside Linux, pip's default has no CUDA. COURSE_TORCH=cpu or =default decides by hand.
    """
    asked = os.environ.get("COURSE_TORCH", "")
    if asked not in ("", "cpu", "default"):
        fail("COURSE_TORCH=cpu or COURSE_TORCH=default", repr(asked), "set one of them, or neither")
    why = "as COURSE_TORCH says" if asked else None
    if not asked and not sys.platform.startswith("linux"):
        asked, why = "default", "which has no CUDA on this system"
    if not asked and sees_a_gpu():
        asked, why = "default", "for the GPU (%s); COURSE_TORCH=cpu saves 4 GB" % sees_a_gpu()
    if asked != "default" and not answers(CPU_INDEX + "/torch/"):
        asked, why = "default", "since %s does not answer" % CPU_INDEX
    if asked == "default":
        print("torch: pip's default build, %s" % why)
        return []
    print("torch: the build for CPUs, %s" % (why or "no GPU is seen (else COURSE_TORCH=default)"))
    return ["--extra-index-url", CPU_INDEX]


def remove_other_torch(python):
    """Make room for the build that COURSE_TORCH names; pip takes 2.13.0+cpu for 2.13.0."""
    code = "from importlib.metadata import version; print(version('torch'))"
    found = subprocess.run([python, "-I", "-c", code], capture_output=True, check=False).stdout
    asked = os.environ.get("COURSE_TORCH", "")
    if asked and found and (b"+cpu" in found) != (asked == "cpu"):
        subprocess.call([python, "-m", "pip", "uninstall", "-qy", "torch", "torchvision"])


def set_up(part):
    """Make or repair a part of ./.venv, and what it builds on; do nothing when it is complete."""
    if part == TESTS:
        set_up(BOOK)
    if is_complete(part):
        return
    if part == BOOK:
        print("setting up the course in .venv: a few minutes, once")
        python, build = make_venv(VENV), torch_build()
        remove_other_torch(python)
        install(python, *(build + pins(BOOK)))
        install(python, "--quiet", "--no-deps", "--no-build-isolation", "-e", ROOT)
    else:
        print("adding what tests and checks need")
        install(PYTHON, *pins(TESTS))
    with open(stamp(part), "w", encoding="utf-8") as file:
        file.write(wanted(part))
    print("set-up complete for the %s" % part)


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


def fetch_axe():
    """Fetch axe-core from npm, with the Node.js that pyright finds or fetches; or say it failed."""
    if os.path.exists(AXE_SCRIPT):
        return
    code = "import sys; from pyright.node import run; run('npm', *sys.argv[1:], check=True)"
    npm = ["install", "--prefix", AXE_FOLDER, "--no-save", "--ignore-scripts", "--no-audit"]
    npm += ["--no-fund", "--fetch-retries=0", "--fetch-timeout=30000", "--loglevel=error", AXE]
    subprocess.call([PYTHON, "-c", code, *npm], stderr=subprocess.DEVNULL)
    if not os.path.exists(AXE_SCRIPT):
        print("no %s from npm here: pages are held to the rules of an older one" % AXE)


def renew_lock():
    """Install pyproject.toml's ranges into an empty environment and write down what came."""
    folder = os.path.join(ROOT, "_build", "lock-venv")
    if os.path.isdir(folder):
        shutil.rmtree(folder)
    python = make_venv(folder)
    install(python, "setuptools", "wheel", *sys.argv[2:])
    install(python, "-e", ROOT + "[book]")
    book = frozen(python)
    install(python, "-e", ROOT + "[dev]")
    write_lock(book, frozen(python))
    shutil.rmtree(folder)


def frozen(python):
    """Return pip's list of what is installed."""
    command = [python, "-m", "pip", "freeze", "--all", "--exclude-editable"]
    return subprocess.check_output(command).decode()


def write_lock(book, everything):
    """Write requirements.lock from pip's lists, without what differs between platforms."""
    names = {line.partition("==")[0] for line in book.splitlines()}
    found = {BOOK: [], TESTS: []}
    for line in everything.splitlines():
        name, _, version = line.partition("==")
        if version and not name.lower().startswith(PLATFORM_PACKAGES) and name != "pip":
            pin = "%s==%s" % (name, version.partition("+")[0])
            found[BOOK if name in names else TESTS].append(pin)
    with open(LOCK, "w", encoding="utf-8") as file:
        file.write("# The whole tree, pinned. Renew it with: make lock\n")
        for part in (BOOK, TESTS):
            file.write("\n".join([HEADING[part], *sorted(found[part], key=str.lower)]) + "\n")
            print("requirements.lock: %d packages for %s" % (len(found[part]), part))


if __name__ == "__main__":
    wants = BOOK if len(sys.argv) == 1 else TESTS
    check_python(wants)
    # what we say stands before what pip says
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if "--lock" in sys.argv:
        renew_lock()
    else:
        set_up(wants)
    if "--system" in sys.argv:
        system_packages()
        fetch_axe()
