"""Shipped checkpoints: safetensors, a card beside each, a checksum in the card."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from course_lib.errors import CorruptFileError, UnknownNameError

CHECKPOINT_DIR = Path(__file__).resolve().parents[1] / "checkpoints"


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a reader should know of a checkpoint before using it.

    chosen: the value is the best of a run, and was chosen on the part that it is measured on.
    """

    name: str
    task: str
    network: str
    data: str
    command: str
    seed: int
    steps: int
    machine: dict[str, Any]
    versions: dict[str, str]
    metric: str
    value: float
    classes: list[str]
    parameters: int
    licence: str
    limits: str
    wall_seconds: float
    chosen: bool = True
    sha256: str = ""


def names() -> list[str]:
    """Return the names of the shipped checkpoints."""
    return sorted(path.stem for path in CHECKPOINT_DIR.glob("*.safetensors"))


def save_checkpoint(state: dict[str, Tensor], card: Card) -> Path:
    """Write weights as 16-bit floats (integers as they are) and the card with their checksum."""
    CHECKPOINT_DIR.mkdir(exist_ok=True)
    path = CHECKPOINT_DIR / f"{card.name}.safetensors"
    part = path.with_suffix(".part")
    halved = {
        key: (value.half() if value.is_floating_point() else value).cpu().contiguous()
        for key, value in state.items()
    }
    save_file(halved, part)
    digest = hashlib.sha256(part.read_bytes()).hexdigest()
    text = json.dumps(asdict(card) | {"sha256": digest}, indent=1, ensure_ascii=False)
    part.replace(path)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    return path


def load_card(name: str) -> Card:
    """Read the card of a shipped checkpoint.

    Raises: UnknownNameError where there is no checkpoint of that name.
    """
    path = CHECKPOINT_DIR / f"{name}.json"
    if not path.exists():
        raise UnknownNameError("checkpoint", name, names())
    return Card(**json.loads(path.read_text(encoding="utf-8")))


def load_checkpoint(name: str) -> dict[str, Tensor]:
    """Read a shipped checkpoint; floats come back as 32-bit.

    Raises: UnknownNameError for an unknown name, CorruptFileError where the bytes are not those
    that the card describes.
    """
    card = load_card(name)
    path = CHECKPOINT_DIR / f"{name}.safetensors"
    found = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "no file"
    if found != card.sha256:
        raise CorruptFileError(
            f"{path.name} with SHA-256 {card.sha256[:12]}…",
            f"{found[:12]}…",
            f"restore the file (git checkout) or retrain it: course pretrain {name}",
        )
    return {
        key: value.float() if value.dtype == torch.float16 else value
        for key, value in load_file(path).items()
    }
