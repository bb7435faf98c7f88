"""One call that seeds every random number generator the course uses."""

import random
import sys


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and torch (each only if it is already imported, or cheap to import).

    Raises: ValueError when the seed is outside 0 .. 2**32 - 1, NumPy's range.
    """
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed must lie in 0 .. 2**32 - 1, received {seed}")
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
