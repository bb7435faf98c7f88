"""How the training of a language model saves time, in one place: each means can be left out.

None of them changes the network, and a model is judged without any: by the exact loss, in float32.
"""

from dataclasses import dataclass

from jaxtyping import Int
from torch import Tensor

from course_lib.layers.fast_lstm import ENGINES
from course_lib.layers.sampled_softmax import WordSampler
from course_lib.training.precision import PRECISIONS


@dataclass(frozen=True, kw_only=True)
class Speed:
    """The means; the defaults leave all of them out.

    sample: how many words take part in the softmax of a training step (WordSampler); None for all,
        their scores computed at once, as a book would write it down.
    engine: of the LSTM layers, "torch" or "fast" (course_lib.layers.fast_lstm); with "fast" Adam is
        fused too.
    precision: of products, "float32", "bfloat16" or "auto" (course_lib.training.precision).
    """

    sample: int | None = None
    engine: str = "torch"
    precision: str = "float32"

    def __post_init__(self) -> None:
        if self.sample is not None and self.sample < 1:
            raise ValueError(f"sample must be 1 or more, or None, received {self.sample}")
        if self.engine not in ENGINES:
            raise ValueError(f"engine is one of {', '.join(ENGINES)}, received {self.engine!r}")
        if self.precision not in PRECISIONS:
            raise ValueError(
                f"precision is one of {', '.join(PRECISIONS)}, received {self.precision!r}"
            )

    def sampler(self, counts: Int[Tensor, " V"]) -> WordSampler | None:
        """Return what draws the words of each step, for a text with these counts of its words.

        A sample of more words than there are is all of them: then the loss is exact.
        """
        if self.sample is None:
            return None
        return WordSampler(counts, min(self.sample, len(counts)))


PLAIN = Speed()
FAST = Speed(sample=2048, engine="fast", precision="auto")
