"""Folders of published models: config.json beside model.safetensors, whole or in shards.

A model says under which name each of its parameters stands in the files (`Layout`). Here they are
read, old names included, and written as transformers writes them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from course_lib.errors import CorruptFileError, CourseError

CONFIG, WEIGHTS = "config.json", "model.safetensors"
INDEX = f"{WEIGHTS}.index.json"


@dataclass(frozen=True)
class Entry:
    """What a published tensor holds: parameters of ours, one under the other by output.

    transposed: matrices stand input first, as GPT-2's do. doubles: names under which files may hold
    the same numbers once more, or instead, since the model uses them in two places.
    """

    own: tuple[str, ...]
    transposed: bool = False
    doubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """Published name → what it holds. prefix: what files may leave out in front of a name."""

    entries: Mapping[str, Entry]
    prefix: str = ""


def same_names(modules: Mapping[str, str], *kinds: str) -> dict[str, Entry]:
    """Return entries for modules, published name → ours, of these kinds: weight, bias or both."""
    return {
        f"{theirs}.{kind}": Entry((f"{own}.{kind}",))
        for theirs, own in modules.items()
        for kind in kinds
    }


def read_config(folder: Path | str) -> dict[str, Any]:
    """Return config.json.

    Raises: CourseError where there is none; CorruptFileError where it is no JSON object.
    """
    path = Path(folder) / CONFIG
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(
            f"a folder with {CONFIG} and {WEIGHTS}", str(error), "give the folder of a model"
        ) from error
    except ValueError as error:
        raise CorruptFileError("a JSON object", f"{CONFIG}: {error}", "fetch it again") from error
    if not isinstance(found, dict):
        raise CorruptFileError(
            "a JSON object", f"{type(found).__name__} in {CONFIG}", "fetch it again"
        )
    return found


def architecture(config: Mapping[str, Any], known: tuple[str, ...]) -> str:
    """Return which class the files were made by; the first known one where none is named.

    Raises: CourseError for a class that is not among the known ones.
    """
    named = config.get("architectures") or [known[0]]
    for name in named:
        if name in known:
            return name
    raise CourseError(
        f"one of {', '.join(known)} under architectures",
        ", ".join(map(str, named)),
        "take the module of that family",
    )


def holds(folder: Path | str, name: str, prefix: str = "") -> bool:
    """Return whether a folder's weights have a tensor of this name, with the prefix or without."""
    return _plain(name, prefix) in {_plain(own, prefix) for own in _read(Path(folder))}


def load(model: nn.Module, folder: Path | str, layout: Layout) -> None:
    """Put the published weights into a model of the same sizes, as numbers of the default type.

    The model may have been made on the meta device. Tensors that it has no place for are left.

    Raises: CourseError where tensors are missing or have other shapes; CorruptFileError where a
    file cannot be read.
    """
    tensors = {_plain(name, layout.prefix): t for name, t in _read(Path(folder)).items()}
    shapes = {name: own.shape for name, own in model.named_parameters()}
    state: dict[str, Tensor] = {}
    missing = []
    for name, entry in layout.entries.items():
        names = [_plain(one, layout.prefix) for one in (name, *entry.doubles)]
        found = [tensors[one] for one in names if one in tensors]
        if not found:
            missing.append(name)
            continue
        tensor = found[0]
        if not all(torch.equal(tensor, other) for other in found[1:]):
            raise CourseError(
                f"the same numbers in {name} and {', '.join(entry.doubles)}",
                "others",
                "take a model whose tables are tied",
            )
        tensor = tensor.T if entry.transposed and tensor.dim() == 2 else tensor
        rows = [shapes[own][0] for own in entry.own]
        if tensor.shape != (sum(rows), *shapes[entry.own[0]][1:]):
            raise CourseError(
                f"{name} of shape {(sum(rows), *shapes[entry.own[0]][1:])}",
                str(tuple(tensor.shape)),
                f"take the {CONFIG} that belongs to the weights",
            )
        for own, part in zip(entry.own, tensor.split(rows), strict=True):
            # subtle: what was read still lies in the file, and would change with it
            state[own] = torch.empty(part.shape).copy_(part)
    if missing:
        raise CourseError(
            f"{len(layout.entries)} tensors of this architecture",
            f"no {', '.join(missing[:3])}" + (f" and {len(missing) - 3} more" * (len(missing) > 3)),
            "take the weights of this architecture",
        )
    model.load_state_dict(state, assign=True)


def is_tied(folder: Path | str, names: tuple[str, ...], prefix: str = "") -> bool:
    """Return whether all tensors of these names that a folder holds have the same numbers."""
    tensors = {_plain(name, prefix): t for name, t in _read(Path(folder)).items()}
    found = [tensors[name] for name in names if name in tensors]
    return all(torch.equal(found[0], other) for other in found[1:])


def save(model: nn.Module, folder: Path | str, layout: Layout, config: Mapping[str, Any]) -> None:
    """Write config.json and model.safetensors, one tensor for each entry of the layout."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    own = {name: parameter.detach() for name, parameter in model.named_parameters()}
    tensors = {}
    for name, entry in layout.entries.items():
        tensor = torch.cat([own[part] for part in entry.own])
        tensor = tensor.T if entry.transposed and tensor.dim() == 2 else tensor
        tensors[name] = tensor.contiguous()
    save_file(tensors, folder / WEIGHTS)
    text = json.dumps(dict(config), indent=2, sort_keys=True) + "\n"
    (folder / CONFIG).write_text(text, encoding="utf-8")


def _read(folder: Path) -> dict[str, Tensor]:
    index = folder / INDEX
    if index.is_file():
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    else:
        names = [WEIGHTS]
    found: dict[str, Tensor] = {}
    for name in names:
        path = folder / name
        if not path.is_file():
            raise CourseError(
                f"{name} in {folder.name}", "no such file", "fetch the model again, whole"
            )
        try:
            found |= load_file(path)
        except Exception as error:  # safetensors raises classes of its own
            raise CorruptFileError(
                "tensors in the safetensors format", f"{name}: {error}", "fetch it again"
            ) from error
    return found


def _plain(name: str, prefix: str) -> str:
    """Return a name without the prefix; TensorFlow's gamma and beta are weight and bias."""
    name = re.sub(r"\.gamma$", ".weight", re.sub(r"\.beta$", ".bias", name))
    return name.removeprefix(prefix)
