"""ELMo: vectors of words in their sentence, from a language model that reads both ways.

Axes: B batch, T positions with `<S>` and `</S>`, L LSTM layers, P numbers a direction hands on.

Each row of a batch is read as `<S> tokens </S>`; the two marks are taken off what is returned. The
forward direction reads from `<S>` on, the backward one from the row's own `</S>` on, and neither
sees what the other made.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from course_lib.layers.char_cnn import CharCnn
from course_lib.layers.highway import Highway
from course_lib.layers.scalar_mix import ScalarMix
from course_lib.models.elmo_cells import ProjectedLstm, State, reverse_each
from course_lib.models.elmo_characters import (
    BEGIN_TOKEN,
    END_TOKEN,
    FILLING_ID,
    N_CHARACTERS,
    character_ids,
    check_sentences,
)
from course_lib.models.elmo_config import ElmoConfig

Sentences = Sequence[Sequence[str]]


class Elmo(nn.Module):
    """Character CNN, highway layers, and two stacks of projected LSTM layers.

    Paper: Peters et al., 2018, arXiv:1802.05365, section 3.
    Differs from the paper: nothing in the arithmetic; weights of the published layout give the
    published vectors. A text's state is forgotten between calls unless `stateful` is set; the
    published code always keeps it.
    """

    def __init__(self, config: ElmoConfig, *, stateful: bool = False, dropout: float = 0.0) -> None:
        """Draw the weights at random.

        stateful: what `layer_activations`, `mix` and the call do by default.
        dropout: share of the inputs of each LSTM layer that is set to zero in training.
        """
        super().__init__()
        self.config, self.stateful = config, stateful
        width = config.projection_dim
        self.char_cnn = CharCnn(
            N_CHARACTERS,
            config.char_dim,
            config.filters,
            activation=config.activation,
            pad_id=FILLING_ID,
        )
        self.highways = nn.Sequential(*(Highway(config.n_filters) for _ in range(config.n_highway)))
        self.token_proj = nn.Linear(config.n_filters, width)
        self.directions = nn.ModuleList(
            nn.ModuleList(
                ProjectedLstm(
                    width,
                    config.lstm_dim,
                    width,
                    cell_clip=config.cell_clip,
                    output_clip=config.proj_clip,
                )
                for _ in range(config.n_layers)
            )
            for _ in ("forward", "backward")
        )
        self.dropout = nn.Dropout(dropout)
        self._state: list[State] | None = None

    def cells(self) -> tuple[list[ProjectedLstm], list[ProjectedLstm]]:
        """Return the LSTM layers of the forward and of the backward direction, lowest first."""
        ahead, back = (
            [cell for cell in layers if isinstance(cell, ProjectedLstm)]
            for layers in map(nn.Module.children, self.directions)
        )
        return ahead, back

    @classmethod
    def from_allennlp(
        cls, options_json: Path | str, weights_hdf5: Path | str, *, stateful: bool = False
    ) -> "Elmo":
        """Read a model in the layout that AllenNLP published; frozen, in eval mode.

        Raises: CourseError where a file is missing or does not have that layout.
        """
        from course_lib.models import elmo_weights

        elmo = cls(elmo_weights.read_options(Path(options_json)), stateful=stateful)
        elmo_weights.load(elmo, Path(weights_hdf5))
        return elmo.eval().requires_grad_(False)

    def encode_tokens(self, char_ids: Int[Tensor, "N C"]) -> Float[Tensor, "N P"]:
        """Return the vectors of words that nobody has read in a sentence yet."""
        return self.token_proj(self.highways(self.char_cnn(char_ids)))

    def read(
        self,
        vectors: Float[Tensor, "B T P"],
        lengths: Int[Tensor, " B"],
        state: list[State] | None = None,
    ) -> tuple[Float[Tensor, "L B T W"], list[State]]:
        """Run both directions over rows of token vectors.

        state: where each layer starts, the forward layers first; zeros where None.
        Returns: what each layer hands on (forward beside backward, W = 2 P), and the new state.
        """
        ways, new_state = [], []
        for way, layers in enumerate(self.cells()):
            x = reverse_each(vectors, lengths) if way else vectors
            outputs = []
            for depth, layer in enumerate(layers):
                start = state[len(layers) * way + depth] if state else None
                h, end = layer(self.dropout(x), lengths, start)
                # subtle: the sum goes on to the next layer, the state stays what the cell gave
                x = x + h if depth > 0 and self.config.use_skip_connections else h
                outputs.append(reverse_each(x, lengths) if way else x)
                new_state.append(end)
            ways.append(torch.stack(outputs))
        return torch.cat(ways, dim=-1), new_state

    def forward(
        self, sentences: Sentences, *, stateful: bool | None = None
    ) -> tuple[Float[Tensor, "M B T W"], Bool[Tensor, "B T"]]:
        """Return all layers of a batch, `<S>` and `</S>` included, and what is no padding.

        Layer 0 holds the token vectors twice, so that all M = L + 1 layers are equally wide.

        Raises: ValueError where the batch is no list of token lists, or empty.
        """
        check_sentences(sentences)
        if not sentences:
            raise ValueError("expected at least one sentence, received none")
        vectors, lengths = self._token_vectors(sentences)
        keep = self.stateful if stateful is None else stateful
        layers, state = self.read(vectors, lengths, self._started(len(sentences)) if keep else None)
        if keep:
            self._keep(state)
        twice = torch.cat([vectors, vectors], dim=-1)[None]
        is_token = torch.arange(vectors.shape[1], device=vectors.device) < lengths[:, None]
        return torch.cat([twice, layers]), is_token

    def layer_activations(
        self, sentences: Sentences, *, stateful: bool | None = None
    ) -> list[Float[Tensor, "L T W"]]:
        """Return what the LSTM layers say of each token, one tensor a row.

        sentences: a list of tokens for each row; a row may be empty.
        stateful: start each row where the row of that place ended in the last stateful call. A
            larger batch starts its further rows from zeros; a smaller one leaves the states of the
            rows that it lacks as they are; an empty row reads `<S> </S>` and moves on by that.
        Returns: for each row (layers above the token layer, its tokens, 2 · projection_dim).

        Raises: ValueError where the batch is no list of token lists.
        """
        check_sentences(sentences)
        if not sentences:
            return []
        layers, _ = self(sentences, stateful=stateful)
        return [layers[1:, row, 1 : 1 + len(s)] for row, s in enumerate(sentences)]

    def token_layer(self, sentences: Sentences) -> list[Float[Tensor, "T P"]]:
        """Return the vectors of the tokens before any context, one tensor a row.

        Raises: ValueError where the batch is no list of token lists.
        """
        check_sentences(sentences)
        if not sentences:
            return []
        vectors, _ = self._token_vectors(sentences)
        return [vectors[row, 1 : 1 + len(s)] for row, s in enumerate(sentences)]

    def mix(
        self, sentences: Sentences, scalar_mix: ScalarMix, *, stateful: bool | None = None
    ) -> list[Float[Tensor, "T W"]]:
        """Return one vector a token: the token layer and the LSTM layers, mixed.

        Raises: ValueError where the batch is no list of token lists, or the mix is not of L + 1.
        """
        check_sentences(sentences)
        if not sentences:
            return []
        mixed = scalar_mix(*self(sentences, stateful=stateful))
        return [mixed[row, 1 : 1 + len(s)] for row, s in enumerate(sentences)]

    def reset_state(self) -> None:
        """Forget what stateful calls have read."""
        self._state = None

    def _token_vectors(self, sentences: Sentences) -> tuple[Tensor, Tensor]:
        """Return the rows' token vectors with marks, zeros behind their ends, and the lengths."""
        device = self.token_proj.weight.device
        rows = [[BEGIN_TOKEN, *tokens, END_TOKEN] for tokens in sentences]
        # each different word goes through the filters once
        places = {token: i for i, token in enumerate(dict.fromkeys(t for row in rows for t in row))}
        width = self.config.max_characters
        char_ids = torch.tensor([character_ids(t, width) for t in places], device=device)
        vectors = self.encode_tokens(char_ids)
        lengths = torch.tensor([len(row) for row in rows], device=device)
        index = nn.utils.rnn.pad_sequence(
            [torch.tensor([places[t] for t in row], device=device) for row in rows],
            batch_first=True,
        )
        is_token = torch.arange(index.shape[1], device=device) < lengths[:, None]
        return vectors[index] * is_token[..., None], lengths

    def _started(self, n_rows: int) -> list[State] | None:
        """Return the kept state for so many rows; rows that have none start from zeros."""
        if self._state is None:
            return None
        return [(_rows(h, n_rows), _rows(c, n_rows)) for h, c in self._state]

    def _keep(self, state: list[State]) -> None:
        """Keep the rows' new states, and the old ones of rows that were not in the batch."""
        state = [(h.detach(), c.detach()) for h, c in state]
        n_rows = len(state[0][0])
        if self._state is not None:
            state = [
                (torch.cat([h, old_h[n_rows:]]), torch.cat([c, old_c[n_rows:]]))
                for (h, c), (old_h, old_c) in zip(state, self._state, strict=True)
            ]
        self._state = state


def _rows(x: Tensor, n_rows: int) -> Tensor:
    missing = x.new_zeros(max(0, n_rows - len(x)), x.shape[1])
    return torch.cat([x[:n_rows], missing])
