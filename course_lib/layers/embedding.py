"""A table with a vector for each id. Axes: B batch, T positions, V vocabulary, D d_model.

Three ways to the same numbers: look the row up (`Embedding`), multiply the table by one-hot vectors
(`one_hot_product`), and look up with gradients that name only the rows that were used (`sparse`).
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


def rows_of(weight: Float[Tensor, "V D"], ids: Int[Tensor, "..."]) -> Float[Tensor, "... D"]:
    """Return the table's rows at these ids.

    Raises: IndexError for an id outside 0 .. V - 1.
    """
    # subtle: weight[ids] would take −1 for the last row, and hide a mistake
    return weight.index_select(0, ids.reshape(-1)).reshape(*ids.shape, weight.shape[1])


class _SparseLookup(torch.autograd.Function):
    """A lookup whose gradient is a sparse tensor: the rows that were used, and their gradients."""

    @staticmethod
    def forward(ctx, weight: Tensor, ids: Tensor, pad_id: int | None) -> Tensor:
        ctx.save_for_backward(ids)
        ctx.shape, ctx.pad_id = weight.shape, pad_id
        return rows_of(weight, ids)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, None, None]:  # type: ignore[override]
        (ids,) = ctx.saved_tensors
        rows, values = ids.reshape(-1), grad.reshape(-1, ctx.shape[1])
        if ctx.pad_id is not None:
            used = rows != ctx.pad_id
            rows, values = rows[used], values[used]
        # an id that occurs twice stands in here twice; whoever reads the gradient adds the two up
        table = torch.sparse_coo_tensor(rows[None], values, ctx.shape, check_invariants=False)
        return table, None, None


class Embedding(nn.Module):
    """Look up a learned vector for each id.

    Paper: Bengio et al. 2003, section 2 (the matrix C).
    Differs from the paper: nothing; `pad_id` and sparse gradients are conveniences of today.
    Raises: ValueError when a size is below 1, or pad_id lies outside 0 .. V - 1.
    """

    def __init__(
        self, vocab_size: int, d_model: int, *, pad_id: int | None = None, sparse: bool = False
    ) -> None:
        """Draw the table from N(0, 1), as torch does.

        pad_id: this row starts as zeros and gets no gradient: it stands for "no word here".
        sparse: give gradients as sparse tensors (for SGD and SparseAdam).
        """
        super().__init__()
        if vocab_size < 1 or d_model < 1:
            raise ValueError(
                f"vocab_size and d_model must be 1 or more, received {vocab_size} and {d_model}"
            )
        if pad_id is not None and not 0 <= pad_id < vocab_size:
            raise ValueError(f"pad_id must lie in 0 .. {vocab_size - 1}, received {pad_id}")
        self.pad_id = pad_id
        self.sparse = sparse
        self.weight = nn.Parameter(torch.randn(vocab_size, d_model))
        if pad_id is not None:
            with torch.no_grad():
                self.weight[pad_id] = 0

    def forward(self, input_ids: Int[Tensor, "B T"]) -> Float[Tensor, "B T D"]:
        """Return the table's rows at `input_ids`.

        Raises: IndexError for an id outside 0 .. V - 1.
        """
        if self.sparse:
            return _SparseLookup.apply(self.weight, input_ids, self.pad_id)
        vectors = rows_of(self.weight, input_ids)  # (B, T, D)
        if self.pad_id is None:
            return vectors
        is_pad = (input_ids == self.pad_id)[..., None]
        # subtle: the pad row's value stays in the sum, only its gradient is cut
        return torch.where(is_pad, vectors.detach(), vectors)


def one_hot_product(
    input_ids: Int[Tensor, "B T"], weight: Float[Tensor, "V D"]
) -> Float[Tensor, "B T D"]:
    """Do the same by the book: one-hot vectors times the table.

    Costs B × T × V numbers in memory and B × T × V × D multiplications, of which all but
    B × T × D are by zero.
    """
    vectors = torch.zeros(*input_ids.shape, weight.shape[0], dtype=weight.dtype)
    vectors = vectors.to(weight.device).scatter_(-1, input_ids.long()[..., None], 1)  # (B, T, V)
    return vectors @ weight
