"""Recorded runs: `book/results/NAME.json`, the only source of measured numbers in the book."""

import json
import math
import os
import platform
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from course_lib.errors import CorruptFileError, CourseError, UnknownNameError

RESULTS_DIR = Path(__file__).resolve().parents[2] / "book" / "results"
VERSIONED = ["torch", "torchvision", "numpy", "scikit-learn", "datasets", "matplotlib"]

STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "mean": statistics.fmean,
    "std": lambda xs: statistics.stdev(xs) if len(xs) > 1 else math.nan,
    "min": min,
    "max": max,
    "median": statistics.median,
    "n": len,
}


@dataclass(frozen=True, kw_only=True)
class Result:
    """One recorded run: what was asked, with what, on what, and what came out.

    `metrics` is a tree of names whose leaves are one number, one text, or a list with one number a
    seed, in the order of `seeds`.
    """

    name: str
    command: str
    seeds: list[int]
    versions: dict[str, str]
    machine: dict[str, Any]
    data: dict[str, str]
    wall_seconds: float
    metrics: dict[str, Any]

    def leaf(self, path: str) -> Any:
        """Return the value at a dotted path, such as `frozen.16`."""
        node: Any = self.metrics
        for key in path.split("."):
            if not isinstance(node, dict) or key not in node:
                known = list(node) if isinstance(node, dict) else []
                raise UnknownNameError(
                    f"metric below {self.name!r} on the way to {path!r}", key, known
                )
            node = node[key]
        return node

    def value(self, path: str, stat: str = "value") -> Any:
        """Return one number (or text): the leaf itself, one seed's, or a statistic over the seeds.

        stat: `value` for a scalar leaf, an index such as `0`, or one of mean, std (n − 1), min,
        max, median, n for a list.
        """
        leaf = self.leaf(path)
        if stat == "value" and not isinstance(leaf, (list, dict)):
            return leaf
        if isinstance(leaf, list) and stat.isdigit() and int(stat) < len(leaf):
            return leaf[int(stat)]
        if isinstance(leaf, list) and stat in STATISTICS:
            return STATISTICS[stat](leaf)
        raise CourseError(
            f"a statistic that fits {self.name}:{path}",
            f"{stat!r} for a {type(leaf).__name__}",
            f"use `value` for one number, an index or one of {', '.join(STATISTICS)} for a list",
        )


def names() -> list[str]:
    """Return the names of all recorded runs."""
    return sorted(path.stem for path in RESULTS_DIR.glob("*.json"))


def load_result(name: str) -> Result:
    """Read `book/results/NAME.json`.

    Raises: UnknownNameError where there is no such record, CorruptFileError where it is no record.
    """
    path = RESULTS_DIR / f"{name}.json"
    if not path.exists():
        raise UnknownNameError("recorded run", name, names())
    try:
        return Result(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise CorruptFileError(
            f"a recorded run in {path.name}", str(error), f"redo it: course record {name}"
        ) from error


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Walk a metrics tree and yield (dotted path, leaf)."""
    if isinstance(tree, dict):
        for key, node in tree.items():
            yield from leaves(node, f"{path}.{key}" if path else str(key))
    else:
        yield path, tree


def describe_machine() -> dict[str, Any]:
    """Say what a run was measured on, without naming the computer."""
    import torch

    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "gpu": gpu,
    }


def describe_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide the numbers."""
    found = {"python": platform.python_version()}
    for package in VERSIONED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def save_result(result: Result) -> Path:
    """Write a record whole or not at all, rounded to six digits so that a diff can be read."""
    RESULTS_DIR.mkdir(parents=True, exist_ok=True)
    path = RESULTS_DIR / f"{result.name}.json"
    text = json.dumps(_rounded(asdict(result)), indent=1, ensure_ascii=False) + "\n"
    with tempfile.NamedTemporaryFile(
        "w", dir=RESULTS_DIR, suffix=".part", delete=False, encoding="utf-8"
    ) as part:
        part.write(text)
    Path(part.name).chmod(0o644)  # temporary files are private, records are not
    Path(part.name).replace(path)
    return path


def _rounded(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(key): _rounded(child) for key, child in node.items()}
    if isinstance(node, (list, tuple)):
        return [_rounded(child) for child in node]
    if isinstance(node, float):
        return float(f"{node:.6g}")
    return node
