"""A program that takes docker's options, checks them, and runs the command in bubblewrap.

What lies in the folder of STAND_IN: one file a container (its process number), and the calls.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from course_lib.grading.sandbox.bubblewrap import python_folders

STATE = Path(os.environ.get("STAND_IN", "."))
WITH_VALUE = {
    "--pull", "--name", "--label", "--log-driver", "--hostname", "--network", "--cap-drop",
    "--security-opt", "--user", "--pids-limit", "--memory", "--memory-swap", "--tmpfs",
    "--shm-size", "--ulimit", "--workdir", "--env",
}  # fmt: skip
ALONE = {"--rm", "--interactive", "--read-only"}


def options(args):
    """Return ({option: values}, image, command).

    Raises: SystemExit for an option that docker would not know here.
    """
    found = {}
    while args and args[0].startswith("-"):
        option = args.pop(0)
        if option in WITH_VALUE:
            found.setdefault(option, []).append(args.pop(0))
        elif option in ALONE:
            found[option] = [""]
        else:
            sys.exit(f"unknown flag: {option}")
    return found, args[0], args[1:]


def run(args):
    """Run a container until its first process ends; return that one's exit code."""
    found, image, command = options(args)
    if image != "course-grading" or command[0] != "python":
        sys.exit(125)
    read, write = os.pipe()
    inner = ["bwrap", "--unshare-all", "--as-pid-1", "--die-with-parent", "--new-session"]
    inner += ["--uid", found["--user"][0].partition(":")[0], "--cap-drop", "ALL", "--clearenv"]
    for pair in found["--env"]:
        inner += ["--setenv", *pair.split("=", 1)]
    inner += ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/dev/shm"]
    inner += ["--tmpfs", "/tmp"]
    for folder in python_folders():
        inner += ["--ro-bind", str(folder), str(folder)]
    inner += ["--remount-ro", "/", "--chdir", "/tmp", "--info-fd", str(write), "--"]
    process = subprocess.Popen([*inner, sys.executable, *command[1:]], pass_fds=(write,))
    os.close(write)
    with os.fdopen(read) as info:
        pid = json.load(info)["child-pid"]
    name = STATE / found["--name"][0]
    name.write_text(str(pid))
    code = process.wait()
    name.unlink()
    return code if code >= 0 else 128 - code


def main(args):
    with (STATE / "calls").open("a") as calls:
        calls.write(json.dumps(args) + "\n")
    if args == ["version"]:
        if (STATE / "no-engine").exists():
            sys.exit("Cannot connect to the daemon. Is it running?")
        return 0
    if args[:2] == ["image", "inspect"]:
        return int((STATE / "no-image").exists())
    if args[0] == "run":
        return run(args[1:])
    if args[0] == "kill":
        number = signal.Signals[f"SIG{args[2]}"]
        os.kill(int((STATE / args[3]).read_text()), number)
        return 0
    if args[:3] == ["inspect", "--format", "{{.State.Pid}}"]:
        sys.stdout.write((STATE / args[3]).read_text())
        return 0
    sys.exit(f"unknown command: {args}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
