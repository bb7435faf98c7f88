"""The LSTM of ELMo: a large memory cell, a small output, both kept within bounds.

Axes: B batch, T positions, I input width, H numbers in the memory cell, P numbers handed on.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from course_lib.layers.fast_lstm import UNBOUNDED, Bounds, HasEngine, Weights, read_steps

State = tuple[Tensor, Tensor]  # what was handed on (B, P), and the memory cell (B, H)


def reverse_each(x: Float[Tensor, "B T I"], lengths: Int[Tensor, " B"]) -> Float[Tensor, "B T I"]:
    """Turn each row around within its own length; what lies behind it stays where it is."""
    places = torch.arange(x.shape[1], device=x.device)[None, :]
    turned = torch.where(places < lengths[:, None], lengths[:, None] - 1 - places, places)
    return x.gather(1, turned[..., None].expand_as(x))


class ProjectedLstm(HasEngine):
    """One LSTM layer, one direction, whose output is projected to fewer numbers.

    i, f, o = σ(…), g = tanh(…) of W x_t + U h_{t−1} + b;   c_t = clip(i · g + f · c_{t−1});
    h_t = clip(R (o · tanh c_t)).

    Paper: Sak, Senior and Beaufays, 2014, arXiv:1402.1128, equations 1 to 6; clips and sizes as in
    Peters et al., 2018, arXiv:1802.05365.
    Differs from the paper: no peepholes, as in ELMo's code; the clips are ELMo's.
    Raises: ValueError when a size is below 1.
    """

    def __init__(
        self,
        input_size: int,
        cell_size: int,
        output_size: int,
        *,
        cell_clip: float | None = None,
        output_clip: float | None = None,
    ) -> None:
        """Draw the weights as torch does; forget gates start with bias 1, so that they remember.

        Gates stand in torch's order: input, forget, candidate, output.
        """
        super().__init__()
        if min(input_size, cell_size, output_size) < 1:
            raise ValueError(
                "input_size, cell_size and output_size must be 1 or more, received "
                f"{input_size}, {cell_size} and {output_size}"
            )
        self.cell_size, self.output_size = cell_size, output_size
        self.cell_clip, self.output_clip = cell_clip, output_clip
        self.input_proj = nn.Linear(input_size, 4 * cell_size, bias=False)
        self.state_proj = nn.Linear(output_size, 4 * cell_size)
        self.output_proj = nn.Linear(cell_size, output_size, bias=False)
        bound = cell_size**-0.5
        for weight in self.parameters():
            nn.init.uniform_(weight, -bound, bound)
        with torch.no_grad():
            self.state_proj.bias[cell_size : 2 * cell_size] = 1

    def step(
        self, from_input: Float[Tensor, "B G"], h: Float[Tensor, "B P"], c: Float[Tensor, "B H"]
    ) -> tuple[Float[Tensor, "B P"], Float[Tensor, "B H"]]:
        """Read one position.

        from_input: W x_t, four numbers for each one of the memory cell (G = 4 H).
        """
        i, f, g, o = (from_input + self.state_proj(h)).chunk(4, dim=1)  # each (B, H)
        c = torch.sigmoid(i) * torch.tanh(g) + torch.sigmoid(f) * c
        if self.cell_clip is not None:
            c = c.clamp(-self.cell_clip, self.cell_clip)
        h = self.output_proj(torch.sigmoid(o) * torch.tanh(c))
        if self.output_clip is not None:
            h = h.clamp(-self.output_clip, self.output_clip)
        return h, c

    def forward(
        self,
        x: Float[Tensor, "B T I"],
        lengths: Int[Tensor, " B"],
        state: State | None = None,
    ) -> tuple[Float[Tensor, "B T P"], State]:
        """Read each row from its first position to its own last one.

        state: where each row starts; zeros where None.
        Returns: the outputs, zero behind a row's end, and the state after each row's last position.
        """
        h = x.new_zeros(len(x), self.output_size) if state is None else state[0]
        c = x.new_zeros(len(x), self.cell_size) if state is None else state[1]
        if self.runs_fast(x):
            return self._read_fast(x, lengths, (h, c))
        # subtle: slices [:, t] would each make a gradient as large as the whole
        from_input = self.input_proj(x).unbind(dim=1)  # T tensors (B, 4 H)
        shortest = int(lengths.min()) if len(x) else 0
        outputs = []
        for t, now in enumerate(from_input):
            new_h, new_c = self.step(now, h, c)
            if t < shortest:
                h, c = new_h, new_c
                outputs.append(h)
            else:
                is_token = (t < lengths)[:, None]
                # subtle: a row that has ended keeps its state, however long its neighbours are
                h, c = torch.where(is_token, new_h, h), torch.where(is_token, new_c, c)
                outputs.append(new_h * is_token)
        empty = x.new_zeros(len(x), 0, self.output_size)
        return torch.stack(outputs, dim=1) if outputs else empty, (h, c)

    def _read_fast(self, x: Tensor, lengths: Tensor, state: State) -> tuple[Tensor, State]:
        """Do what `forward` does by the compiled loop (course_lib.layers.fast_lstm)."""
        recurrent = self.state_proj
        weights = Weights(
            self.input_proj.weight, recurrent.weight, recurrent.bias, self.output_proj.weight
        )
        bounds = Bounds(self.cell_clip or UNBOUNDED, self.output_clip or UNBOUNDED)
        output, h, c = read_steps(
            x.transpose(0, 1), *state, weights, lengths=lengths, bounds=bounds
        )
        return output.transpose(0, 1), (h, c)
