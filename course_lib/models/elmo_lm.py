"""The language model that ELMo is trained as: name the next word, and the word before.

Axes: B batch, T positions with `<S>` and `</S>`, V words that can be named, N named places.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from course_lib.layers.sampled_softmax import WordSampler, softmax_loss
from course_lib.models.elmo import Elmo
from course_lib.models.elmo_characters import BEGIN_TOKEN, END_TOKEN, character_ids

NO_WORD, BEGIN, END = 0, 1, 2  # ids of words that are read; 0 fills rows up


class ElmoLanguageModel(nn.Module):
    """An ELMo and one linear layer that both directions share.

    Words are read by their letters, so any word can be read; only the V most frequent ones can be
    named.

    Paper: Peters et al., 2018, arXiv:1802.05365, section 3.1.
    Differs from the paper: each sentence is read by itself, theirs as one running text. In training
    the softmax can be taken over a sample of the vocabulary, as theirs was (`loss`).
    """

    letters: Tensor
    named: Tensor

    def __init__(
        self, elmo: Elmo, words: Sequence[str], outputs: Sequence[int], n_out: int
    ) -> None:
        """Make tables for the words of a corpus.

        words: the words that will be read, ids from 3 on.
        outputs: for `<S>`, `</S>` and each of the words the id under which it is named, below
            n_out; words that are not named share one.

        Raises: ValueError when outputs has not two more entries than words.
        """
        super().__init__()
        if len(outputs) != len(words) + 2:
            raise ValueError(
                f"outputs must have {len(words) + 2} ids, two more than words, "
                f"received {len(outputs)}"
            )
        self.elmo = elmo
        self.output_proj = nn.Linear(elmo.config.projection_dim, n_out)
        width = elmo.config.max_characters
        read = [BEGIN_TOKEN, BEGIN_TOKEN, END_TOKEN, *words]  # id 0 is never looked at
        letters = torch.tensor([character_ids(w, width) for w in read], dtype=torch.int16)
        self.register_buffer("letters", letters, persistent=False)
        named = torch.tensor([-1, *outputs], dtype=torch.long)
        self.register_buffer("named", named, persistent=False)

    def forward(self, input_ids: Int[Tensor, "B T"]) -> Float[Tensor, "N V"]:
        """Return logits for all forward predictions of a batch, then for all backward ones."""
        return self.output_proj(self.states(input_ids))

    def states(self, input_ids: Int[Tensor, "B T"]) -> Float[Tensor, "N P"]:
        """Return what the logits are made of: what each direction hands on where it predicts."""
        is_word = input_ids != NO_WORD
        types, places = input_ids.unique(return_inverse=True)
        vectors = self.elmo.encode_tokens(self.letters[types].long())[places]
        vectors = vectors * is_word[..., None]
        layers, _ = self.elmo.read(vectors, is_word.sum(dim=1))
        forward, backward = self.elmo.dropout(layers[-1]).chunk(2, dim=-1)  # (B, T, P) each
        both = is_word[:, 1:]  # a word and the one before it are both there
        return torch.cat([forward[:, :-1][both], backward[:, 1:][both]])

    def loss(
        self,
        states: Float[Tensor, "N P"],
        targets: Int[Tensor, " N"],
        sampler: WordSampler | None = None,
    ) -> Float[Tensor, ""]:
        """Return nats a word; over samples of the nameable words where a sampler is given."""
        weight, bias = self.output_proj.weight, self.output_proj.bias
        return softmax_loss(states, weight, bias, targets, sampler)

    def targets(self, input_ids: Int[Tensor, "B T"]) -> Int[Tensor, " N"]:
        """Return what should have been named, in the order of the logits."""
        ids = self.named[input_ids]
        both = input_ids[:, 1:] != NO_WORD
        return torch.cat([ids[:, 1:][both], ids[:, :-1][both]])
