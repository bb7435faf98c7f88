"""What ULMFiT's recorded runs share: the ways to be compared, and one classifier trained."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from course_lib.models.ulmfit import LanguageModel, TextClassifier
from course_lib.seeding import seed_everything
from course_lib.transfer.ulmfit_stages import Tuning, train_classifier


@dataclass(frozen=True, kw_only=True)
class Variant:
    """How a classifier comes about.

    pretrained: start from the language model; False for fresh weights of the same shape.
    adapted: let the language model read the task's texts first (stage 2).
    factor, slanted, gradual: the three techniques, see Tuning.
    """

    pretrained: bool = True
    adapted: bool = True
    factor: float = 2.6
    slanted: bool = True
    gradual: bool = True

    def tuning(self, lr: float, epochs: int, batch_size: int) -> Tuning:
        """Return how the classifier is tuned."""
        techniques = {"factor": self.factor, "slanted": self.slanted, "gradual": self.gradual}
        return replace(Tuning(lr=lr, epochs=epochs, batch_size=batch_size), **techniques)


VARIANTS = {
    "ulmfit": Variant(),
    "scratch": Variant(pretrained=False, factor=1.0, gradual=False),
    "without_discriminative": Variant(factor=1.0),
    "without_slanted": Variant(slanted=False),
    "without_gradual": Variant(gradual=False),
    "without_adaptation": Variant(adapted=False),
    "plain": Variant(factor=1.0, gradual=False),  # trained as scratch is, but from the model
}
ABLATIONS = [name for name in VARIANTS if name.startswith("without_")]


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """Texts as ids, and their labels."""

    ids: Sequence[Sequence[int]]
    labels: Sequence[int]


def device() -> torch.device:
    """Return the first GPU where there is one, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train(
    variant: Variant,
    language_model: LanguageModel,
    few: Encoded,
    n_classes: int,
    *,
    lr: float,
    epochs: int,
    batch_size: int,
    seed: int,
    parts: int = 1,
) -> TextClassifier:
    """Train one classifier to the end of its epochs; the language model stays as it is.

    parts: as `train_classifier`.
    """
    seed_everything(seed)
    if not variant.pretrained:
        language_model = LanguageModel(language_model.encoder.config)
    model = TextClassifier.from_language_model(language_model, n_classes)
    tuning = variant.tuning(lr, epochs, batch_size)
    train_classifier(model, few.ids, few.labels, tuning, parts=parts, seed=seed, device=device())
    return model
