"""Start a command as nobody, with folders readable that only root may enter. Run by root alone.

Root's rights reach through read-only binds into files that only root may read, and limits on the
number of processes do not bind root; so root is left first. A Python below /root is bound to a
readable place before, in a mount namespace of this process's own.

Usage: python as_nobody.py FOLDER... -- COMMAND...; each FOLDER in COMMAND names its bound place.
"""

import ctypes
import os
import sys

NOBODY = 65_534
MOUNT_NAMESPACE, BIND, REC, PRIVATE = 0x20000, 0x1000, 0x4000, 0x40000
STAGE = "/run/course-sandbox"


def main() -> None:
    """Bind, give up root, become the command."""
    cut = sys.argv.index("--")
    folders, command = sys.argv[1:cut], sys.argv[cut + 1 :]
    libc = ctypes.CDLL(None, use_errno=True)

    def checked(result: int, what: str) -> None:
        if result != 0:
            sys.exit(f"{what}: {os.strerror(ctypes.get_errno())}")

    checked(libc.unshare(MOUNT_NAMESPACE), "a mount namespace for root")
    checked(libc.mount(b"none", b"/", None, REC | PRIVATE, None), "private mounts")
    os.makedirs(STAGE, exist_ok=True)  # noqa: PTH103  (started with -I -S: the fewer imports)
    checked(libc.mount(b"tmpfs", STAGE.encode(), b"tmpfs", 0, b"mode=755,size=64k"), "a stage")
    for number, folder in enumerate(folders):
        place = f"{STAGE}/{number}"
        os.mkdir(place)  # noqa: PTH102
        checked(libc.mount(folder.encode(), place.encode(), None, BIND | REC, None), folder)
        at = command.index(folder)  # the source of --ro-bind SOURCE PLACE
        command[at] = place
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
