"""One-hot vectors and bags of words, dense and sparse. Axes: N texts, T positions, V vocabulary."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_matrix


def _checked(ids: Sequence[int] | NDArray[np.integer], vocab_size: int) -> NDArray[np.intp]:
    array = np.asarray(ids)
    if array.size == 0:
        return array.astype(np.intp)
    if not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"ids must be whole numbers, received {array.dtype}")
    if array.min() < 0 or array.max() >= vocab_size:
        raise ValueError(
            f"ids must lie in 0 .. {vocab_size - 1}, received {array.min()} .. {array.max()}"
        )
    return array.astype(np.intp)


def one_hot(
    ids: Sequence[int] | NDArray[np.integer], vocab_size: int, dtype: DTypeLike = np.float32
) -> NDArray:
    """Return a vector of length V for every id: 1 at the id's place, 0 elsewhere.

    Shapes: ids of any shape; the result has one more axis, V, at the end.

    Raises: ValueError when an id lies outside 0 .. V - 1 or is no whole number.
    """
    array = _checked(ids, vocab_size)
    vectors = np.zeros((*array.shape, vocab_size), dtype=dtype)
    np.put_along_axis(vectors, array[..., None], 1, axis=-1)
    return vectors


def indices(vectors: NDArray) -> NDArray[np.intp]:
    """Return the ids of one-hot vectors: what `one_hot` undoes.

    Raises: ValueError when a vector is not one-hot (one 1, all others 0).
    """
    if not (np.isin(vectors, (0, 1)).all() and (vectors.sum(axis=-1) == 1).all()):
        raise ValueError("every vector must hold a single 1 and otherwise 0")
    return vectors.argmax(axis=-1)


def sparse_one_hot(
    ids: Sequence[int] | NDArray[np.integer], vocab_size: int, dtype: DTypeLike = np.float32
) -> csr_matrix:
    """Return the one-hot vectors of a sequence of ids as a sparse (T, V) matrix.

    Only the places of the ones are stored: memory grows with T, not with T × V.

    Raises: ValueError as `one_hot`, and for ids of more than one axis.
    """
    array = _checked(ids, vocab_size)
    if array.ndim != 1:
        raise ValueError(f"ids must have one axis, received {array.ndim}")
    ones = np.ones(len(array), dtype=dtype)
    return csr_matrix((ones, array, np.arange(len(array) + 1)), shape=(len(array), vocab_size))


def bag_of_words(
    texts: Sequence[Sequence[int]], vocab_size: int, dtype: DTypeLike = np.float32
) -> csr_matrix:
    """Return how often each word occurs in each text, as a sparse (N, V) matrix of counts.

    A row is the sum of the one-hot vectors of the text's words; their order is lost.

    Raises: ValueError as `one_hot`.
    """
    full = [np.asarray(text) for text in texts if len(text)]
    flat = _checked(np.concatenate(full) if full else [], vocab_size)
    starts = np.cumsum([0, *(len(text) for text in texts)])
    ones = np.ones(len(flat), dtype=dtype)
    counts = csr_matrix((ones, flat, starts), shape=(len(texts), vocab_size))
    counts.sum_duplicates()
    return counts
