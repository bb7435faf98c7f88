"""A word's vector from its letters: filters of several widths, and each filter's strongest answer.

Axes: N words, C characters a word, K numbers a character, W a filter's width.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from course_lib.layers.embedding import Embedding

ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh}


class CharCnn(nn.Module):
    """Look for patterns of letters anywhere in a word.

    A filter of width W reads W characters at a time; its largest answer over all places in the
    word is one number of the word's vector.

    Paper: Kim, Jernite, Sontag and Rush, 2016, arXiv:1508.06615, section 2.2; with ELMo's settings
    (Peters et al., 2018, arXiv:1802.05365, section 3.4).
    Differs from the paper: the activation follows the maximum, as in ELMo's code; with a function
    that never falls both orders give the same. Filling characters have vectors of their own and
    take part, as in ELMo's code; Kim's are zero.
    Raises: ValueError for an unknown activation, and for a filter below width 1 or number 1.
    """

    def __init__(
        self,
        n_characters: int,
        char_dim: int,
        filters: Sequence[tuple[int, int]],
        *,
        activation: str = "relu",
        pad_id: int | None = None,
    ) -> None:
        """Make the table of characters and the filters.

        filters: pairs (width, how many).
        pad_id: the id that fills a word up at its end; columns that hold nothing else are cut off
            as far as this changes no result.
        """
        super().__init__()
        if activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise ValueError(f"activation must be one of {known}, received {activation!r}")
        if not filters or any(width < 1 or n < 1 for width, n in filters):
            raise ValueError(f"filters must be pairs (width, number) from 1, received {filters}")
        self.embedding = Embedding(n_characters, char_dim)
        self.convolutions = nn.ModuleList(nn.Conv1d(char_dim, n, width) for width, n in filters)
        self.activation = ACTIVATIONS[activation]
        self.pad_id = pad_id
        self.widest = max(width for width, _ in filters)
        self.output_size = sum(n for _, n in filters)

    def forward(self, char_ids: Int[Tensor, "N C"]) -> Float[Tensor, "N F"]:
        """Return a vector for each word; F is the number of all filters.

        Raises: ValueError when the words have fewer characters than the widest filter.
        """
        if char_ids.shape[1] < self.widest:
            raise ValueError(
                f"words must have at least {self.widest} characters, the width of the widest "
                f"filter, received {char_ids.shape[1]}: fill them up"
            )
        letters = self.embedding(self._without_filling(char_ids)).transpose(1, 2)  # (N, K, C)
        answers = [convolution(letters).amax(dim=-1) for convolution in self.convolutions]
        return self.activation(torch.cat(answers, dim=1))

    def _without_filling(self, char_ids: Tensor) -> Tensor:
        """Cut what all words are filled up with, and keep one window of it for the widest filter.

        subtle: a filter's largest answer may be the one that it gives to filling alone.
        """
        if self.pad_id is None:
            return char_ids
        used = (char_ids != self.pad_id).any(dim=0).nonzero()
        longest = int(used.max()) + 1 if len(used) else 0
        return char_ids[:, : longest + self.widest]
