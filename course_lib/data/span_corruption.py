"""Span corruption: cut spans out of a text; what was cut out is the target (T5).

A sentinel, an id of its own, stands in each gap and in front of what the gap held. Sentinels count
down from the highest id: with 100 ids the first is 99.

    tokens    the  cat  is  yawning  on  the  sofa
    mask        0    0   1        1   0    0     1
    inputs    the  cat  99  on  the  98
    targets   99  is  yawning  98  sofa

`random_spans_noise_mask` chooses the spans, `noise_span_to_unique_sentinel` makes the inputs and
`nonnoise_span_to_unique_sentinel` the targets. The end mark is added later.

Paper: Raffel et al., 2020, arXiv:1910.10683, sections 3.1.4 and 3.3.4.
Differs from the paper: its figure 2 ends the targets with one more sentinel. The published code
(google-research/text-to-text-transfer-transformer, t5/data/preprocessors.py) writes none, since a
mask of its making always ends in noise; this is what its models were trained on, and what is here.
"""

import numpy as np


def random_spans_noise_mask(
    length: int,
    noise_density: float,
    mean_noise_span_length: float = 3.0,
    *,
    generator: np.random.Generator | None = None,
) -> np.ndarray:
    """Draw which tokens are noise, True, that is to say cut out.

    The numbers of noise tokens and of spans follow from the length; where the spans lie is drawn,
    all masks with these numbers being equally likely. The text begins with a span that is kept and
    ends in noise. A text of one token is kept, an empty one has an empty mask.

    noise_density: the share of noise tokens; at least one is noise and at least one is not, unless
    the density is 0.
    mean_noise_span_length: in tokens; there is at least one span.
    generator: where the draws come from; if not given, each call draws anew, in every process.

    Returns: bool, (length,).
    Raises: ValueError for a length below 0, a density outside 0 to 1, a mean span that is not
    positive, and where there are fewer tokens to keep, or to cut out, than spans. The published
    code fails there as well.
    """
    if length < 0:
        raise ValueError(f"length must be 0 or more, received {length}")
    _check(noise_density, mean_noise_span_length)
    if noise_density == 0:
        return np.zeros(length, dtype=bool)
    n_tokens = max(length, 2)  # room for one of each kind; what is too much is cut off below
    # subtle: float32 and half to even, as published; 64 bits give other numbers at some lengths
    n_noise = int(np.round(np.float32(n_tokens) * np.float32(noise_density)))
    n_noise = min(max(n_noise, 1), n_tokens - 1)
    n_spans = max(int(np.round(np.float32(n_noise) / np.float32(mean_noise_span_length))), 1)
    n_kept = n_tokens - n_noise
    if n_spans > min(n_noise, n_kept):
        raise ValueError(
            f"{n_spans} spans must have a token each to cut out and a token each to keep; of "
            f"{n_tokens} tokens {n_noise} are noise: take a smaller noise_density than "
            f"{noise_density} or a longer mean_noise_span_length than {mean_noise_span_length}"
        )
    generator = np.random.default_rng() if generator is None else generator
    lengths = np.empty(2 * n_spans, dtype=int)
    lengths[0::2] = _random_lengths(n_kept, n_spans, generator)
    lengths[1::2] = _random_lengths(n_noise, n_spans, generator)
    return np.repeat(np.arange(2 * n_spans) % 2 == 1, lengths)[:length]


def _random_lengths(n_items: int, n_parts: int, generator: np.random.Generator) -> np.ndarray:
    """Cut a row of items into parts that hold one or more; every way to do it is equally likely."""
    cuts = 1 + np.sort(generator.choice(n_items - 1, n_parts - 1, replace=False))
    return np.diff(cuts, prepend=0, append=n_items)


def noise_span_to_unique_sentinel(
    tokens: np.ndarray, noise_mask: np.ndarray, first_sentinel_id: int
) -> np.ndarray:
    """Replace each span of noise by one sentinel: what the encoder reads.

    Neighbouring noise tokens are one span, however they came to be neighbours.

    first_sentinel_id: the highest; the next gap gets the id below it.

    Returns: integers of the tokens' kind, in one row.
    Raises: ValueError where tokens and mask are not rows of one length.
    """
    tokens, is_noise = np.asarray(tokens), np.asarray(noise_mask, dtype=bool)
    if tokens.ndim != 1 or tokens.shape != is_noise.shape:
        raise ValueError(
            f"tokens and noise_mask must be rows of one length, received shapes {tokens.shape} "
            f"and {is_noise.shape}"
        )
    follows_noise = np.concatenate([[False], is_noise[:-1]])[: len(tokens)]
    is_first = is_noise & ~follows_noise
    kept = tokens.copy()
    # the tokens' own kind of integers, so that an id too large for it is an error
    kept[is_first] = int(first_sentinel_id) - np.arange(is_first.sum(), dtype=tokens.dtype)
    return kept[~(is_noise & follows_noise)]


def nonnoise_span_to_unique_sentinel(
    tokens: np.ndarray, noise_mask: np.ndarray, first_sentinel_id: int
) -> np.ndarray:
    """Replace each span that is not noise by one sentinel: what the decoder writes.

    Where the mask begins with a span that is kept, gap and content have the same sentinel.

    Returns and raises: as `noise_span_to_unique_sentinel`.
    """
    return noise_span_to_unique_sentinel(
        tokens, ~np.asarray(noise_mask, dtype=bool), first_sentinel_id
    )


def random_spans_helper(
    inputs_length: int,
    noise_density: float,
    mean_noise_span_length: float,
    extra_tokens_per_span_inputs: int,
    extra_tokens_per_span_targets: int,
) -> tuple[int, int]:
    """Say how many tokens of text fill inputs of a given length, and how long the targets get.

    T5's 512 input places hold what is left of 568 tokens when 15 % are cut out in spans of 3, and
    the targets take 114 places.

    inputs_length: the places of the encoder, the end mark being one of them.
    extra_tokens_per_span_inputs, extra_tokens_per_span_targets: sentinels a span, 1 and 1 in T5.

    Returns: the length of the text to cut, and of its targets with their end mark.
    Raises: ValueError for an inputs_length below 1, a density outside 0 to 1, a mean span that is
    not positive, and where the inputs would never fill, however long the text.
    """
    if inputs_length < 1:
        raise ValueError(f"inputs_length must have room for an end mark, received {inputs_length}")
    _check(noise_density, mean_noise_span_length)
    sentinels_a_token = noise_density / mean_noise_span_length * extra_tokens_per_span_inputs
    if 1 - noise_density + sentinels_a_token <= 0:
        raise ValueError(
            f"a longer text must give longer inputs; noise_density={noise_density} with "
            f"extra_tokens_per_span_inputs={extra_tokens_per_span_inputs} leaves nothing of it"
        )

    def lengths(n_tokens: int) -> tuple[int, int]:
        # subtle: 64 bits here, as published, and no span where the mask would have one
        n_noise = round(n_tokens * noise_density)
        n_spans = round(n_noise / mean_noise_span_length)
        return (
            n_tokens - n_noise + n_spans * extra_tokens_per_span_inputs + 1,
            n_noise + n_spans * extra_tokens_per_span_targets + 1,
        )

    n_tokens = inputs_length - 1
    while lengths(n_tokens + 1)[0] <= inputs_length:
        n_tokens += 1
    filled, targets_length = lengths(n_tokens)
    if noise_density == 0.5 and targets_length > filled:  # published so: both sides equally long
        return n_tokens - 1, targets_length - 1
    return n_tokens, targets_length


def _check(noise_density: float, mean_noise_span_length: float) -> None:
    if not 0 <= noise_density <= 1:
        raise ValueError(f"noise_density must lie between 0 and 1, received {noise_density}")
    if mean_noise_span_length <= 0:
        raise ValueError(
            f"mean_noise_span_length must be positive, received {mean_noise_span_length}"
        )
