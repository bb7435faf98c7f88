"""What BERT and DistilBERT choose alike, and how published files write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.errors import CourseError

# published name → ours; where two mean the same, the first is written
ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
}
PROBLEM_TYPES = ("regression", "single_label_classification", "multi_label_classification")


@dataclass(frozen=True, kw_only=True)
class TextEncoderConfig:
    """Sizes and choices of a body, and of the head on it.

    d_ff: 4 · d_model unless given. max_len: places that have a vector. pad_id: the word that stands
    for none; its vector gets no gradient where texts are read. classifier_dropout: share of what
    enters a classifier that is dropped in training, `dropout` unless given. n_labels: outputs of a
    classifier. label_names: what they mean. problem_type: one of PROBLEM_TYPES, or None to go by
    the labels (`models.label_losses`).

    Raises: ValueError for sizes below 1 and choices that contradict each other.
    """

    vocab_size: int = 30_522
    d_model: int = 768
    n_heads: int = 12
    n_layers: int = 12
    d_ff: int | None = None
    max_len: int = 512
    activation: str = "gelu"
    eps: float = 1e-12
    dropout: float = 0.1
    pad_id: int | None = 0
    classifier_dropout: float | None = None
    n_labels: int = 2
    label_names: tuple[str, ...] | None = None
    problem_type: str | None = None

    def __post_init__(self) -> None:
        for name in ("vocab_size", "n_layers", "max_len", "n_labels"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, received {getattr(self, name)}")
        if self.pad_id is not None and not 0 <= self.pad_id < self.vocab_size:
            raise ValueError(
                f"pad_id must be None or lie in 0 .. {self.vocab_size - 1}, received {self.pad_id}"
            )
        if self.label_names is not None and len(self.label_names) != self.n_labels:
            raise ValueError(
                f"label_names must be {self.n_labels} names, received {self.label_names}"
            )
        if self.problem_type not in (None, *PROBLEM_TYPES):
            raise ValueError(
                f"problem_type is None or one of {', '.join(PROBLEM_TYPES)}, received "
                f"{self.problem_type!r}"
            )
        if self.problem_type == "single_label_classification" and self.n_labels < 2:
            raise ValueError("one label of one is no choice: n_labels must be 2 or more")

    @property
    def head_dropout(self) -> float:
        """Share of what enters a classifier that is dropped in training."""
        return self.dropout if self.classifier_dropout is None else self.classifier_dropout


def require(config: Mapping[str, Any], needed: Mapping[str, Any]) -> None:
    """Refuse entries that would change the numbers.

    Raises: CourseError for an entry that is there and is not what is needed.
    """
    for name, value in needed.items():
        if config.get(name, value) != value:
            raise CourseError(f"{name} {value!r}", repr(config[name]), "take a plain model")


def activation_of(config: Mapping[str, Any], entry: str) -> str:
    """Return our name of a published activation. Raises: CourseError for one that we lack."""
    name = config.get(entry, "gelu")
    if name not in ACTIVATIONS:
        raise CourseError(f"{entry} among {', '.join(ACTIVATIONS)}", repr(name), "take another")
    return ACTIVATIONS[name]


def published_activation(activation: str) -> str:
    """Return the published name of one of our activations."""
    return next(theirs for theirs, own in ACTIVATIONS.items() if own == activation)


def labels_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a published config says about labels, under our names.

    The number of names counts, where there are any, and not num_labels; without both it is 2.
    """
    names = config.get("id2label")
    if names is None:
        n_labels, label_names = config.get("num_labels") or 2, None
    else:
        ordered = sorted(names.items(), key=lambda item: int(item[0]))
        n_labels, label_names = len(ordered), tuple(str(name) for _, name in ordered)
    return {
        "n_labels": n_labels,
        "label_names": label_names,
        "problem_type": config.get("problem_type"),
    }


def published_labels(config: TextEncoderConfig) -> dict[str, Any]:
    """Return the entries of config.json on labels; two without names are not written."""
    if config.n_labels == 2 and config.label_names is None:
        return {"problem_type": config.problem_type}
    names = config.label_names or tuple(f"LABEL_{i}" for i in range(config.n_labels))
    return {
        "id2label": {str(i): name for i, name in enumerate(names)},
        "label2id": {name: i for i, name in enumerate(names)},
        "problem_type": config.problem_type,
    }
