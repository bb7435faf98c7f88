"""What costs seconds to make is made once, whichever of several processes asks first."""

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Any]) -> Any:
    """Return what `make` gave for a folder of its own, made by the first process that asks.

    It is carried to the others by pickle; what they have in common is the folder. Nobody may
    change it.
    """
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    result = shared / f"{name}.pickle"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            made = make(shared / name)
            result.write_bytes(pickle.dumps(made))
        return pickle.loads(result.read_bytes())
