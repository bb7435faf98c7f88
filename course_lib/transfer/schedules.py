"""Learning-rate schedules as plain functions: step → factor between 0 and 1, or the rate itself.

`torch.optim.lr_scheduler.LambdaLR(optimizer, partial(slanted_triangular, n_steps=1000))` uses one.
"""

import math


def slanted_triangular(
    step: int, n_steps: int, cut_fraction: float = 0.1, ratio: float = 32
) -> float:
    """Rise linearly over the first tenth, fall linearly over the rest.

    Paper: Howard and Ruder, 2018, arXiv:1801.06146, equation 3, divided by η_max.
    Differs from the paper: the cut is at least one step, so that no run divides by zero, and p is
    not let below 0 where rounding the cut down would take it there in the last steps.
    Returns: the factor on the highest rate, from 1 / ratio to 1.
    Raises: ValueError when cut_fraction is not between 0 and 1 (both excluded) or ratio is below 1.
    """
    if not 0 < cut_fraction < 1:
        raise ValueError(f"cut_fraction must lie between 0 and 1, received {cut_fraction}")
    if ratio < 1:
        raise ValueError(f"ratio must be 1 or more, received {ratio}")
    cut = max(1, math.floor(n_steps * cut_fraction))
    if step < cut:
        p = step / cut
    else:
        p = 1 - (step - cut) / (cut * (1 / cut_fraction - 1))
    return (1 + max(p, 0.0) * (ratio - 1)) / ratio


def warmup_cosine(step: int, n_steps: int, warmup_fraction: float = 0.1) -> float:
    """Rise linearly to 1, then fall along half a cosine to 0.

    Paper: Loshchilov and Hutter, 2017, arXiv:1608.03983, equation 5, one cycle with η_min = 0.
    Differs from the paper: a linear warm-up comes first (Goyal et al., 2017, arXiv:1706.02677).
    """
    warmup = max(1, math.floor(n_steps * warmup_fraction))
    if step < warmup:
        return (step + 1) / warmup
    done = min(1.0, (step - warmup) / max(1, n_steps - warmup))
    return 0.5 * (1 + math.cos(math.pi * done))


def inverse_square_root(step: int, d_model: int, warmup: int) -> float:
    """Rise linearly over the warm-up, then fall with the root of the step.

    step: counted from 1. Not a factor but the rate itself is returned: D^(−1/2) times the smaller
    of step^(−1/2) and step · warmup^(−3/2). It is highest at step = warmup.

    Paper: Vaswani et al., 2017, arXiv:1706.03762, equation 3.
    Raises: ValueError for a step, a width or a warm-up below 1.
    """
    if min(step, d_model, warmup) < 1:
        raise ValueError(
            f"step, d_model and warmup must be 1 or more, received {step}, {d_model}, {warmup}"
        )
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)
