"""What a course lets one submission use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Processor time decides; wall time only bounds waiting."""

    cell_seconds: float = 60.0  # processor time of one cell, or of one call from a test
    patience: float = 5.0  # wall time of a cell, in multiples of cell_seconds
    submission_seconds: float = 900.0  # wall time of a notebook
    memory: int = 4 << 30  # bytes, all processes of the submission together
    processes: int = 64
    output: int = 2_000_000  # bytes that a notebook may print, pictures included
    disk: int = 256 << 20  # bytes in the submission's own folder
