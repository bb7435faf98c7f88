"""What a recipe is given (seeds, data, progress, a journal to resume from) and what it returns."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from course_lib.errors import CourseError

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a recipe found.

    metrics: a tree of names; leaves are one number, one text, or a list with one number a seed.
    data: what was measured on, by name, with a hash or a size: {"docs corpus": "sha256 12ab…"}.
    """

    metrics: dict[str, Any]
    data: dict[str, str] = field(default_factory=dict)


class Journal:
    """Finished pieces of one recipe, a JSON line each, so that an interrupted recording continues.

    A line that was cut off by a kill is ignored: its piece is computed again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reused_seconds = 0.0
        self._pieces: dict[str, dict[str, Any]] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    piece = json.loads(line)
                except ValueError:
                    continue
                self._pieces[piece["key"]] = piece
        self._earlier = set(self._pieces)

    def __len__(self) -> int:
        return len(self._pieces)

    def __contains__(self, key: str) -> bool:
        return key in self._pieces

    def once(self, key: str, compute: Callable[[], Any]) -> Any:
        """Return the journal's value for `key`; compute and write it down if there is none yet.

        The value must survive JSON: numbers, texts, lists, dicts with text keys.
        """
        if key not in self._pieces:
            start = time.perf_counter()
            value = compute()
            self.add(key, value, time.perf_counter() - start)
        elif key in self._earlier:
            self._earlier.discard(key)
            self.reused_seconds += self._pieces[key]["seconds"]
        return self._pieces[key]["value"]

    def add(self, key: str, value: Any, seconds: float) -> None:
        """Write down a piece and how long it took."""
        value = json.loads(json.dumps(value))  # the first run sees what a resumed one would
        piece = {"key": key, "seconds": seconds, "value": value}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            # subtle: the newline stands in front, so that a line cut off by a kill stays alone
            file.write("\n" + json.dumps(piece))
        self._pieces[key] = piece

    def clear(self) -> None:
        """Forget everything, on disk too."""
        self._pieces.clear()
        self._earlier.clear()
        self.path.unlink(missing_ok=True)


@dataclass(kw_only=True)
class Context:
    """What `run` is given.

    seeds: one run each; lists in the metrics follow this order.
    data_dir: a folder of data sets that are not part of the repository (`--data`), or None.
    journal: finished pieces; `once(key, compute)` is the way to use it.
    """

    seeds: list[int]
    data_dir: Path | None
    journal: Journal
    show_progress: bool = True

    def once(self, key: str, compute: Callable[[], Any]) -> Any:
        """Compute a piece, or take it from an earlier, interrupted recording (see Journal.once)."""
        return self.journal.once(key, compute)

    def progress(
        self, iterable: Iterable[Item], desc: str, total: int | None = None
    ) -> Iterator[Item]:
        """Walk through `iterable` with a progress bar."""
        from tqdm import tqdm

        yield from tqdm(iterable, desc=desc, total=total, disable=not self.show_progress)

    def need_data(self, name: str) -> Path:
        """Return the folder `name` below the data folder.

        Raises: CourseError where no data folder was given or it has no such folder.
        """
        if self.data_dir is None:
            raise CourseError(
                f"a data folder that has {name}/",
                "none",
                "give one: course record NAME --data DIR, or set COURSE_DATA",
            )
        if not (self.data_dir / name).is_dir():
            raise CourseError(
                f"a folder {name}/ in {self.data_dir}",
                "no such folder",
                "take another --data DIR, or put the data set there",
            )
        return self.data_dir / name
