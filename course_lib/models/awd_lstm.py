"""AWD-LSTM: a stack of LSTM layers that drops in every place where a language model overfits.

Axes: B batch, T positions, V vocabulary, D width of the word vectors, H width of a hidden layer.
With all rates at 0, and always in eval mode, each layer computes exactly what `torch.nn.LSTM` does.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from course_lib.layers.dropout import LockedDropout, check_rate, dropped_rows, dropped_weights
from course_lib.layers.embedding import Embedding, rows_of
from course_lib.layers.fast_lstm import HasEngine, Weights, read_steps

LayerState = tuple[Tensor, Tensor]  # what an LSTM layer remembers: h and c, (1, B, H) each


@dataclass(frozen=True, kw_only=True)
class AwdLstmConfig:
    """Sizes and rates; the defaults of the rates are those of ULMFiT (Howard and Ruder, 4.1).

    d_model: width of the word vectors, and of what the last layer returns (tied weights need it).
    d_hidden: width of the layers between.
    embedding_drop: share of the vocabulary's rows that vanish in a pass.
    input_drop, hidden_drop, output_drop: locked dropout before the first layer, between layers and
    after the last.
    weight_drop: share of the hidden-to-hidden weights that vanish in a pass.
    """

    vocab_size: int
    d_model: int = 400
    d_hidden: int = 1150
    n_layers: int = 3
    embedding_drop: float = 0.05
    input_drop: float = 0.4
    hidden_drop: float = 0.3
    output_drop: float = 0.4
    weight_drop: float = 0.5

    def __post_init__(self) -> None:
        for name in ("vocab_size", "d_model", "d_hidden", "n_layers"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, received {getattr(self, name)}")
        for name in RATES:
            check_rate(name, getattr(self, name))

    def with_drops(self, factor: float) -> "AwdLstmConfig":
        """Return the same sizes with every rate multiplied: 0 for none of it."""
        return replace(self, **{name: getattr(self, name) * factor for name in RATES})

    @property
    def widths(self) -> list[int]:
        """Width before the first layer, and behind each."""
        return [self.d_model, *[self.d_hidden] * (self.n_layers - 1), self.d_model]

    @classmethod
    def base(cls, vocab_size: int) -> "AwdLstmConfig":
        """The sizes of the papers: 400 and 1,150 numbers, 3 layers."""
        return cls(vocab_size=vocab_size)

    @classmethod
    def small(cls, vocab_size: int) -> "AwdLstmConfig":
        """The course's own size: it trains on two cores, and drops less because it is small."""
        sizes = cls(vocab_size=vocab_size, d_model=160, d_hidden=320)
        return sizes.with_drops(0.3)


RATES = ("embedding_drop", "input_drop", "hidden_drop", "output_drop", "weight_drop")


class WeightDropLstm(HasEngine):
    """One LSTM layer whose hidden-to-hidden weights are dropped, one mask for each call.

    Paper: Merity et al. 2017, arXiv:1708.02182, section 2.
    Differs from the paper: nothing. The weights have torch's names, layout (gates i, f, g, o) and
    start (uniform in ±1/√H).
    Raises: ValueError when weight_drop is not in 0 .. 1 (1 excluded).
    """

    def __init__(self, d_in: int, d_hidden: int, weight_drop: float = 0.0) -> None:
        super().__init__()
        self.d_in, self.d_hidden = d_in, d_hidden
        self.weight_drop = check_rate("weight_drop", weight_drop)
        bound = d_hidden**-0.5
        self.weight_ih_l0 = nn.Parameter(torch.empty(4 * d_hidden, d_in).uniform_(-bound, bound))
        self.weight_hh_l0 = nn.Parameter(
            torch.empty(4 * d_hidden, d_hidden).uniform_(-bound, bound)
        )
        self.bias_ih_l0 = nn.Parameter(torch.empty(4 * d_hidden).uniform_(-bound, bound))
        self.bias_hh_l0 = nn.Parameter(torch.empty(4 * d_hidden).uniform_(-bound, bound))

    def forward(
        self, x: Float[Tensor, "B T d_in"], state: LayerState | None = None
    ) -> tuple[Float[Tensor, "B T H"], LayerState]:
        """Return the outputs of all positions, and what the layer remembers after the last."""
        if state is None:
            zeros = x.new_zeros(1, x.shape[0], self.d_hidden)
            state = (zeros, zeros)
        # subtle: a mask drawn here holds for every step of this call, as the paper asks
        recurrent = dropped_weights(self.weight_hh_l0, self.weight_drop, training=self.training)
        if self.runs_fast(x):
            bias = self.bias_ih_l0 + self.bias_hh_l0
            weights = Weights(self.weight_ih_l0, recurrent, bias)
            output, h, c = read_steps(x.transpose(0, 1), state[0][0], state[1][0], weights)
            return output.transpose(0, 1), (h[None], c[None])
        weights = [self.weight_ih_l0, recurrent, self.bias_ih_l0, self.bias_hh_l0]
        # torch.lstm(x, state, weights, biases, layers, dropout, train, bidirectional, batch_first)
        output, h, c = torch.lstm(x, state, weights, True, 1, 0.0, self.training, False, True)
        return output, (h, c)


class AwdOutput(NamedTuple):
    """What a pass gives: the last layer's output as it is, the same after dropout, and the state.

    The penalties need both: activation regularisation looks at `dropped`, temporal at `raw`.
    """

    raw: Tensor
    dropped: Tensor
    state: list[LayerState]


class AwdLstm(nn.Module):
    """Word vectors, then LSTM layers, with dropout of its own kind in every place.

    Paper: Merity et al. 2017, arXiv:1708.02182, sections 2 and 4.
    Differs from the paper: nothing in the network; how the course trains it is said in
    `course_lib.transfer.ulmfit_stages`.
    """

    def __init__(self, config: AwdLstmConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = Embedding(config.vocab_size, config.d_model)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        widths = config.widths
        self.layers = nn.ModuleList(
            WeightDropLstm(d_in, d_out, config.weight_drop) for d_in, d_out in pairwise(widths)
        )
        self.input_drop = LockedDropout(config.input_drop)
        self.hidden_drops = nn.ModuleList(
            LockedDropout(config.hidden_drop) for _ in range(config.n_layers - 1)
        )
        self.output_drop = LockedDropout(config.output_drop)

    def forward(
        self, input_ids: Int[Tensor, "B T"], state: list[LayerState] | None = None
    ) -> AwdOutput:
        """Read a window of every text in the batch, going on from `state`.

        Raises: IndexError for an id outside the vocabulary; ValueError when the state has another
        batch size.
        """
        if state is not None and state[0][0].shape[1] != input_ids.shape[0]:
            raise ValueError(
                f"the state is of {state[0][0].shape[1]} texts, the batch has {input_ids.shape[0]}:"
                " start with state=None"
            )
        rate = self.config.embedding_drop
        table = dropped_rows(self.embedding.weight, rate, training=self.training)
        x = self.input_drop(rows_of(table, input_ids))  # (B, T, D)
        new_state = []
        for number, layer in enumerate(self.layers):
            x, remembered = layer(x, None if state is None else state[number])  # (B, T, H)
            new_state.append(remembered)
            if number < len(self.hidden_drops):
                x = self.hidden_drops[number](x)
        return AwdOutput(raw=x, dropped=self.output_drop(x), state=new_state)


def detached(state: list[LayerState]) -> list[LayerState]:
    """Return the state without its history: the next window goes on from it, gradients do not."""
    return [(h.detach(), c.detach()) for h, c in state]
