"""From the scores of the next word to a text: greedy and beam search. Axes: N rows, t places, V.

A `step` takes ids (N, t) and gives log-probabilities (N, V) of what follows each row. One that
keeps keys and values offers `reorder(rows)`; a search calls it whenever its rows change places.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Int
from torch import Tensor

Step = Callable[[Tensor], Tensor]


def greedy(
    step: Step, prefix: Int[Tensor, " t"], eos_id: int, max_new_tokens: int
) -> Int[Tensor, " n"]:
    """Take the most probable word, again and again, until the end mark or the limit.

    Returns: the ids, the prefix first; the end mark last where it came.
    Raises: ValueError for an empty prefix or a limit below 1.
    """
    (ids,) = greedy_batch(step, prefix[None], eos_id, max_new_tokens)
    return ids


def greedy_batch(
    step: Step, prefixes: Int[Tensor, "N t"], eos_id: int, max_new_tokens: int
) -> list[Int[Tensor, " n"]]:
    """Do what `greedy` does for several prefixes of one length; finished rows leave the batch."""
    _check(prefixes, max_new_tokens)
    found: list[Tensor] = [prefixes[0]] * len(prefixes)
    rows, ids = torch.arange(len(prefixes)), prefixes
    for _ in range(max_new_tokens):
        ids = torch.cat([ids, step(ids).argmax(dim=-1, keepdim=True)], dim=1)
        is_done = ids[:, -1] == eos_id
        if is_done.any():
            for row, own in zip(rows[is_done.cpu()].tolist(), ids[is_done], strict=True):
                found[row] = own
            kept = (~is_done).nonzero()[:, 0]
            rows, ids = rows[kept.cpu()], ids[kept]
            if not len(rows):
                break
            _reorder(step, kept)
    for row, own in zip(rows.tolist(), ids, strict=True):  # the limit came first
        found[row] = own
    return found


def beam_search(
    step: Step,
    prefix: Int[Tensor, " t"],
    eos_id: int,
    beam_size: int,
    max_new_tokens: int,
    length_penalty: float = 0.6,
) -> list[tuple[Int[Tensor, " n"], float]]:
    """Keep the `beam_size` best beginnings at each length; return the best texts found.

    A text's score is its log-probability divided by ((5 + n) / 6)^length_penalty, where n counts
    what follows the prefix, the end mark too. The search ends when no open beginning could enter
    the results any more, however it went on. What is open at the limit counts as it is.

    Paper: Wu et al., 2016, arXiv:1609.08144, section 7, equation 14, without the coverage term;
    0.6 and a beam of 4 in Vaswani et al., 2017, section 6.1.
    Differs from the paper: beginnings are not dropped for being far below the best.
    Returns: at most `beam_size` pairs (ids, score), best first; ids begin with the prefix and keep
    the end mark.
    Raises: ValueError for an empty prefix, and for a beam size or a limit below 1.
    """
    _check(prefix[None], max_new_tokens)
    if beam_size < 1:
        raise ValueError(f"beam_size must be 1 or more, received {beam_size}")

    def score(log_prob: float, n: int) -> float:
        return log_prob / ((5 + n) / 6) ** length_penalty

    done: list[tuple[Tensor, float]] = []
    ids = prefix[None]
    log_probs = torch.zeros(1, dtype=torch.float64, device=prefix.device)
    for n in range(1, max_new_tokens + 1):
        totals = log_probs[:, None] + step(ids).double()  # (N, V)
        vocab_size = totals.shape[1]
        # each row ends at most once, so that twice the beam holds enough rows that go on
        best = totals.flatten().topk(min(2 * beam_size, totals.numel()))
        rows = best.indices.div(vocab_size, rounding_mode="floor")
        longer = torch.cat([ids[rows], (best.indices % vocab_size)[:, None]], dim=1)
        possible = best.values > -math.inf
        ends = (longer[:, -1] == eos_id) & possible
        goes_on = ((longer[:, -1] != eos_id) & possible).nonzero()[:beam_size, 0]
        done += [(longer[i], score(float(best.values[i]), n)) for i in ends.nonzero()[:, 0]]
        done = sorted(done, key=lambda pair: -pair[1])[:beam_size]
        ids, log_probs, rows = longer[goes_on], best.values[goes_on], rows[goes_on]
        if not len(ids):
            break
        if n == max_new_tokens:
            done += [(own, score(float(p), n)) for own, p in zip(ids, log_probs, strict=True)]
            break
        # words to come only lower a log-probability; the penalty is highest at one of its ends
        highest = float(log_probs.max())
        bound = max(score(highest, n + 1), score(highest, max_new_tokens))
        if len(done) == beam_size and done[-1][1] >= bound:
            break
        _reorder(step, rows)
    return sorted(done, key=lambda pair: -pair[1])[:beam_size]


def _reorder(step: Step, rows: Tensor) -> None:
    reorder = getattr(step, "reorder", None)
    if reorder is not None:
        reorder(rows)


def _check(prefixes: Tensor, max_new_tokens: int) -> None:
    if prefixes.shape[1] < 1:
        raise ValueError("the prefix must hold one id or more, the mark of the beginning, say")
    if max_new_tokens < 1:
        raise ValueError(f"max_new_tokens must be 1 or more, received {max_new_tokens}")
