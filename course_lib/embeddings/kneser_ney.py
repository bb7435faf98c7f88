"""Interpolated Kneser-Ney, with one discount an order or three."""

from collections.abc import Iterable, Sequence

import numpy as np

from course_lib.embeddings.count_model import CountModel, Floats
from course_lib.embeddings.ngram_counts import Ints, NgramCounts, at

FALLBACK = (0.5, 1.0, 1.5)  # for counts of 1, 2, and 3 or more
Discounts = tuple[float, float, float]


class KneserNey(CountModel):
    """Subtract a discount from each count; give what is left over to the next shorter context.

        p(w | h) = (c(hw) − D(c(hw))) / c(h·) + γ(h) p(w | h′)

    h′ is h without its first word. At the highest order c is the count; below it is the number of
    different words in front of hw, but n-grams that begin with `<s>` keep their counts. The empty
    context is interpolated with the uniform distribution 1 / V over the vocabulary, with `</s>` and
    without `<s>`. After a context that never occurred, p(w | h) = p(w | h′).

    Paper: Kneser & Ney 1995; Chen & Goodman 1998, section 3 (modified Kneser-Ney smoothing).
    Differs from the paper: each order's discounts come from the counts of counts of the counts that
    it uses, lower-order ones where it uses those, as in SRILM and KenLM. Where a small text has no
    n-gram of one of the counts needed, or a discount would fall outside its range, that order takes
    the discounts 0.5, 1 and 1.5 (one discount: 0.5), as KenLM offers to; `fallback_orders` names
    these orders.
    """

    def __init__(
        self,
        order: int,
        modified: bool = True,
        *,
        discounts: Sequence[int | float | Sequence[int | float]] | None = None,
    ) -> None:
        """Choose the order and the kind of discount.

        modified: three discounts an order, for counts of 1, 2, and 3 or more; else one.
        discounts: take these, one entry an order from 1 on (a number, or three), and estimate none.

        Raises: ValueError when order is below 1, or discounts do not fit.
        """
        super().__init__(order)
        self.modified = modified
        self.fallback_orders: list[int] = []
        self.discounts: list[Discounts] = []
        self._given = None if discounts is None else [_three(entry) for entry in discounts]
        if self._given is not None and len(self._given) != order:
            raise ValueError(f"discounts need one entry an order, {order}; received {discounts!r}")

    def _estimate(self, counts: NgramCounts) -> None:
        self._seen: list[Floats] = []  # the probability of each n-gram that occurred
        self._left_over: list[Floats] = []  # γ of each context, by the level of the n-grams
        self.fallback_orders, self.discounts = [], []
        lower = np.full(1, 1 / counts.vocab_size)
        for n, level in enumerate(counts.levels, start=1):
            count = counts.continuation(n)
            if n == 1:
                count = np.where(level.begins, 0, count)  # <s> is never predicted
            discount = np.array([0.0, *self._discounts_of(n, count)])[np.minimum(count, 3)]
            contexts = len(counts.levels[n - 2]) if n > 1 else 1
            total = np.bincount(level.parent, weights=count, minlength=contexts)
            taken = np.bincount(level.parent, weights=discount, minlength=contexts)
            gamma = np.divide(taken, total, out=np.ones(contexts), where=total > 0)
            self._seen.append(
                (count - discount) / total[level.parent] + gamma[level.parent] * lower[level.suffix]
            )
            self._left_over.append(gamma)
            lower = self._seen[-1]

    def _discounts_of(self, n: int, count: Ints) -> Discounts:
        if self._given is not None:
            found: Discounts | None = self._given[n - 1]
        else:
            found = estimate_discounts(np.bincount(count, minlength=5)[1:5].tolist(), self.modified)
        if found is None:
            self.fallback_orders.append(n)
            found = FALLBACK if self.modified else _three(FALLBACK[0])
        self.discounts.append(found)
        return found

    def _probabilities(self, counts: NgramCounts, stream: Ints, depth: Ints) -> Floats:
        values = np.full(len(stream), 1 / counts.vocab_size)
        for n, (_, context, rows) in enumerate(counts.walk(stream, depth)):
            values = at(self._seen[n], rows, values * at(self._left_over[n], context, 1.0))
        return values

    def _distribution(self, counts: NgramCounts, context: Ints) -> Floats:
        values = self._seen[0][: counts.vocab_size].copy()
        for n in range(2, len(context) + 2):
            row = self._row(context[-(n - 1) :])
            if row < 0:
                break
            follow = counts.children(n, row)
            values *= self._left_over[n - 1][row]
            words = counts.levels[n - 1].keys[follow] % (counts.vocab_size + 1)
            values[words] = self._seen[n - 1][follow]
        return values

    @property
    def n_params(self) -> int:
        """How many numbers were estimated: a probability an n-gram, a γ a context."""
        return sum(
            len(seen) + len(gamma) for seen, gamma in zip(self._seen, self._left_over, strict=True)
        )


def estimate_discounts(counts_of_counts: Iterable[int], modified: bool) -> Discounts | None:
    """Return the discounts for counts of 1, 2, and 3 or more; None where they cannot be had.

    With n_k the number of n-grams that occur k times and Y = n1 / (n1 + 2 n2), one discount is
    D = Y, and three are D_k = k − (k + 1) Y n_(k+1) / n_k.

    counts_of_counts: n1, n2, n3, n4.
    Paper: Ney, Essen & Kneser 1994 (one discount); Chen & Goodman 1998, section 3 (three).
    Differs from the paper: nothing.
    """
    n1, n2, n3, n4 = counts_of_counts
    if n1 == 0 or n2 == 0:
        return None
    share = n1 / (n1 + 2 * n2)
    if not modified:
        return share, share, share
    if n3 == 0 or n4 == 0:
        return None
    found = 1 - 2 * share * n2 / n1, 2 - 3 * share * n3 / n2, 3 - 4 * share * n4 / n3
    in_range = all(0 < discount < k for k, discount in enumerate(found, start=1))
    return found if in_range else None


def _three(entry: int | float | Sequence[int | float]) -> Discounts:
    one, two, three = (entry,) * 3 if isinstance(entry, (int, float)) else entry
    if not (0 <= one <= 1 and 0 <= two <= 2 and 0 <= three <= 3):
        raise ValueError(f"a discount lies between 0 and its count, received {entry!r}")
    return float(one), float(two), float(three)
