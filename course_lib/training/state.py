"""Where an interrupted training run stands: written whole or not at all, checked when read."""

import hashlib
import io
from pathlib import Path
from typing import Any

import torch

from course_lib.errors import CorruptFileError

DIGEST_BYTES = 32


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Write a state with its SHA-256 in front; replace the old one at once."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    body = buffer.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(hashlib.sha256(body).digest() + body)
    part.replace(path)


def load_state(path: Path) -> dict[str, Any]:
    """Read what `save_state` wrote. Nothing but tensors and plain values is ever unpickled.

    Raises: CorruptFileError where the checksum does not fit.
    """
    raw = path.read_bytes()
    digest, body = raw[:DIGEST_BYTES], raw[DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        raise CorruptFileError(
            "the training state that was written",
            f"{path.name} with another checksum ({len(raw)} bytes)",
            f"delete {path.name} and start the run again",
        )
    return torch.load(io.BytesIO(body), weights_only=True)
