"""The folder that a submission works in. Runs in the student's process.

What its code writes there is what the next notebook finds, and what no other process may have in
the instructor's version: so it is known which files were written since the process began.
"""

import os
import stat
from pathlib import Path

MOST_BYTES = 64 << 20  # of all written files that are handed on
MOST_FILES = 1_000
GIVEN_AT = 1_000_000_000  # seconds since 1970: when the given files seem to be written


class Folder:
    """The files below the current folder as they were given, and what became of them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.root = Path.cwd()
        for path, content in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            # subtle: the clock of a file moves in steps; what is written at once must look newer
            os.utime(target, (GIVEN_AT, GIVEN_AT))
        self._given = self._stamps()

    def written(self) -> tuple[dict[str, bytes], list[str], list[str]]:
        """Return what was written (path -> content), what is gone, what there was no room for."""
        now, room = self._stamps(), MOST_BYTES
        found: dict[str, bytes] = {}
        left_out = []
        for path in sorted(now):
            if now[path] == self._given.get(path):
                continue
            if now[path][1] > room or len(found) == MOST_FILES:
                left_out.append(path)
                continue
            found[path] = (self.root / path).read_bytes()
            room -= len(found[path])
        return found, sorted(set(self._given) - set(now)), left_out

    def _stamps(self) -> dict[str, tuple[int, int, int]]:
        """Return what changes when a file is written: its time, its size, its number."""
        found = {}
        for parent, _, names in os.walk(self.root):
            for name in names:
                path = Path(parent) / name
                about = path.lstat()
                if stat.S_ISREG(about.st_mode):
                    key = str(path.relative_to(self.root))
                    found[key] = about.st_mtime_ns, about.st_size, about.st_ino
        return found
