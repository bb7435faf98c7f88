"""The sizes of an ELMo, and how the published options file writes them down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.errors import CourseError

Filters = tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class ElmoConfig:
    """What decides the shapes and the arithmetic of an ELMo.

    Paper: Peters et al., 2018, arXiv:1802.05365, section 3.4.
    char_dim: numbers a character. filters: pairs (width, how many).
    projection_dim: numbers a direction hands on. lstm_dim: numbers in an LSTM's memory cell.
    cell_clip, proj_clip: bounds on memory and output; None for none.
    use_skip_connections: layers above the first add their input to their output.
    Raises: ValueError when a size is below 1, a clip is not positive, or the filters do not fit.
    """

    char_dim: int
    filters: Filters
    n_highway: int
    projection_dim: int
    lstm_dim: int
    n_layers: int = 2
    activation: str = "relu"
    cell_clip: float | None = 3.0
    proj_clip: float | None = 3.0
    use_skip_connections: bool = True
    max_characters: int = 50

    def __post_init__(self) -> None:
        for name in ("char_dim", "projection_dim", "lstm_dim", "n_layers"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, received {getattr(self, name)}")
        if self.n_highway < 0:
            raise ValueError(f"n_highway must be 0 or more, received {self.n_highway}")
        for name in ("cell_clip", "proj_clip"):
            bound = getattr(self, name)
            if bound is not None and bound <= 0:
                raise ValueError(f"{name} must be above 0, or None for none, received {bound}")
        if self.activation not in ("relu", "tanh"):
            raise ValueError(f"activation must be relu or tanh, received {self.activation!r}")
        if self.max_characters < 3:
            raise ValueError(f"max_characters must be 3 or more, received {self.max_characters}")
        if not self.filters or not all(
            1 <= width <= self.max_characters and n >= 1 for width, n in self.filters
        ):
            raise ValueError(
                f"filters must be pairs (width, number) of width 1 .. {self.max_characters} and "
                f"number 1 or more, received {self.filters}"
            )

    @property
    def n_filters(self) -> int:
        """Numbers that the filters give for a word."""
        return sum(n for _, n in self.filters)

    @classmethod
    def original(cls) -> "ElmoConfig":
        """Return the paper's model (4096 numbers in a cell, 512 handed on)."""
        return cls(
            char_dim=16,
            filters=((1, 32), (2, 32), (3, 64), (4, 128), (5, 256), (6, 512), (7, 1024)),
            n_highway=2,
            projection_dim=512,
            lstm_dim=4096,
        )

    @classmethod
    def small(cls) -> "ElmoConfig":
        """Return the model that this course trains on the docs corpus."""
        return cls(
            char_dim=16,
            filters=((1, 16), (2, 32), (3, 64), (4, 96), (5, 96)),
            n_highway=1,
            projection_dim=128,
            lstm_dim=512,
        )

    @classmethod
    def tiny(cls) -> "ElmoConfig":
        """Return a model for tests, with sizes that are different primes."""
        return cls(
            char_dim=3, filters=((1, 5), (2, 7)), n_highway=2, projection_dim=11, lstm_dim=13
        )

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> "ElmoConfig":
        """Read AllenNLP's options.

        A clip of 0 or null means none. `n_characters` is not read: weight files that were trained
        with 261 characters come with options that say 262, which count the row for masked tokens.

        Raises: CourseError where an entry is missing or of the wrong kind.
        """
        try:
            lstm, cnn = options["lstm"], options["char_cnn"]
            return cls(
                char_dim=int(cnn["embedding"]["dim"]),
                filters=tuple((int(width), int(n)) for width, n in cnn["filters"]),
                n_highway=int(cnn.get("n_highway") or 0),
                activation=cnn["activation"],
                max_characters=int(cnn.get("max_characters_per_token", 50)),
                projection_dim=int(lstm["projection_dim"]),
                lstm_dim=int(lstm["dim"]),
                n_layers=int(lstm["n_layers"]),
                cell_clip=lstm.get("cell_clip") or None,
                proj_clip=lstm.get("proj_clip") or None,
                use_skip_connections=bool(lstm.get("use_skip_connections", False)),
            )
        except (KeyError, TypeError, ValueError) as error:
            reason = f"no entry {error}" if isinstance(error, KeyError) else str(error)
            raise CourseError(
                "the options of an ELMo in AllenNLP's layout (entries `lstm` and `char_cnn`)",
                reason,
                "take the options file that belongs to the weights",
            ) from error

    def to_options(self) -> dict[str, Any]:
        """Return AllenNLP's options for these sizes."""
        return {
            "lstm": {
                "use_skip_connections": self.use_skip_connections,
                "projection_dim": self.projection_dim,
                "cell_clip": self.cell_clip,
                "proj_clip": self.proj_clip,
                "dim": self.lstm_dim,
                "n_layers": self.n_layers,
            },
            "char_cnn": {
                "activation": self.activation,
                "filters": [list(pair) for pair in self.filters],
                "n_highway": self.n_highway,
                "embedding": {"dim": self.char_dim},
                "n_characters": 262,
                "max_characters_per_token": self.max_characters,
            },
        }
