"""Random numbers go on where the test left them: its seeds count in the student's process too."""

import random
import sys
from typing import Any


class States:
    """The states of the generators as the other side last saw them."""

    def __init__(self) -> None:
        self._known = states()

    def changed(self) -> tuple[dict[str, Any], list[bytes]]:
        """Return (description, buffers) of the generators that moved since the last call."""
        now = states()
        moved = {name: state for name, state in now.items() if state != self._known.get(name)}
        self._known = now
        return {name: state[0] for name, state in moved.items()}, [s[1] for s in moved.values()]


def put_back(states: dict[str, tuple[Any, bytes]]) -> None:
    """Put the generators of this process into earlier states."""
    found = {name: state[0] for name, state in states.items()}
    restore(found, [memoryview(state[1]) for state in states.values()])


def seed_all(seed: int) -> None:
    """Seed every generator that is loaded: grading the same notebook twice gives the same."""
    random.seed(seed)
    if "numpy" in sys.modules:
        import numpy

        numpy.random.seed(seed)
    if "torch" in sys.modules:
        import torch

        torch.default_generator.manual_seed(seed)  # torch.manual_seed also looks for devices


def restore(states: dict | None, buffers: list[memoryview]) -> None:
    """Put generators into the states that came with a call."""
    for (name, state), buffer in zip((states or {}).items(), buffers, strict=True):
        if name == "random":
            random.setstate((state[0], tuple(state[1]), state[2]))
        elif name == "numpy":
            import numpy

            words = numpy.frombuffer(bytes(buffer), dtype=numpy.uint32)
            numpy.random.set_state(("MT19937", words, *state))
        else:
            import torch

            torch.set_rng_state(torch.frombuffer(bytearray(buffer), dtype=torch.uint8))


def states() -> dict[str, tuple[Any, bytes]]:
    """Return (description, bytes) of every generator that is loaded."""
    version, words, gauss = random.getstate()
    found: dict[str, tuple[Any, bytes]] = {"random": ([version, words, gauss], b"")}
    if "numpy" in sys.modules:
        import numpy

        state: Any = numpy.random.get_state()
        found["numpy"] = ([int(state[2]), int(state[3]), float(state[4])], state[1].tobytes())
    if "torch" in sys.modules:
        import torch

        found["torch"] = (None, torch.get_rng_state().numpy().tobytes())
    return found
