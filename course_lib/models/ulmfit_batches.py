"""Texts as streams of ids for a language model, and as padded batches for a classifier.

Axes: B texts or strips in a batch, T positions. A sentence ends with the token `</s>`, in a stream
and in a single text, so that the classifier reads what the language model has learnt to read.
"""

import random
from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor

from course_lib.text.sentences import sentences
from course_lib.text.vocabulary import PAD, UNKNOWN, Vocabulary

END = "</s>"
SPECIAL = (PAD, UNKNOWN, END)

Batch = tuple[Tensor, Tensor]


def text_tokens(text: str) -> list[str]:
    """Return the tokens of one text, `</s>` behind each sentence."""
    return [token for sentence in sentences(text) for token in (*sentence, END)]


def text_ids(
    texts: Iterable[str], vocabulary: Vocabulary, *, max_tokens: int | None = None
) -> list[list[int]]:
    """Encode texts; of a long one the last `max_tokens` stay, a text without a word is `</s>`."""
    encoded = (vocabulary.encode(text_tokens(text) or [END]) for text in texts)
    return [ids if max_tokens is None else ids[-max_tokens:] for ids in encoded]


def stream(texts: Iterable[Sequence[str]], vocabulary: Vocabulary) -> Tensor:
    """Lay sentences one behind the other, `</s>` after each. Shape: (tokens,), 64-bit integers."""
    ids: list[int] = []
    end = vocabulary.id_of(END)
    for tokens in texts:
        ids += vocabulary.encode(tokens)
        ids.append(end)
    return torch.tensor(ids, dtype=torch.long)


def strips(ids: Tensor, batch_size: int) -> Tensor:
    """Cut a stream into strips of equal length, one under the other: (B, tokens // B).

    Raises: ValueError when a strip would have fewer than two tokens.
    """
    length = len(ids) // batch_size if batch_size > 0 else 0
    if length < 2:
        raise ValueError(f"{len(ids)} tokens are too few for {batch_size} strips of 2 or more")
    return ids[: length * batch_size].view(batch_size, length)


def windows(rows: Tensor, bptt: int = 70, *, seed: int | None = None) -> Iterator[Batch]:
    """Walk over strips from left to right; yield inputs and next tokens, (B, T) each.

    seed: vary the length from window to window, so that the cuts do not fall at the same places in
    each epoch: bptt with probability 0.95, else half of it, and normal noise of deviation 5 on top.
    Paper: Merity et al. 2017, arXiv:1708.02182, section 4.1.
    Differs from the paper: a window has at least 5 tokens, and its rate is not scaled with its
    length, since Adam's step does not grow with the gradient.
    Raises: ValueError when bptt is below 1, or the strips have fewer than two tokens.
    """
    if bptt < 1:
        raise ValueError(f"bptt must be 1 or more, received {bptt}")
    if rows.ndim != 2 or rows.shape[1] < 2:
        raise ValueError(f"strips are (B, 2 or more), received {tuple(rows.shape)}")
    draw = random.Random(seed)
    start = 0
    while start < rows.shape[1] - 1:
        length = bptt
        if seed is not None:
            base = bptt if draw.random() < 0.95 else bptt / 2
            length = max(5, round(draw.gauss(base, 5)))
        stop = min(start + length, rows.shape[1] - 1)
        yield rows[:, start:stop], rows[:, start + 1 : stop + 1]
        start = stop


def padded(texts: Sequence[Sequence[int]], pad_id: int = 0) -> Tensor:
    """Return one rectangle (B, longest); short texts are filled at the end."""
    rows = [torch.tensor(ids, dtype=torch.long) for ids in texts]
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=pad_id)


def text_batches(
    texts: Sequence[Sequence[int]],
    labels: Sequence[int],
    batch_size: int,
    *,
    seed: int | None = None,
    pad_id: int = 0,
) -> Iterator[Batch]:
    """Yield padded texts and labels; texts of about the same length share a batch.

    seed: shuffle the texts, sort them by length within pools of 20 batches, and shuffle the
    batches; None: longest first, each text once, in `length_order`.
    A single text that would be left over joins the batch before it: batch normalisation needs two.
    Raises: ValueError when batch_size is below 1, labels and texts differ in number, or a text is
    empty.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be 1 or more, received {batch_size}")
    if len(texts) != len(labels):
        raise ValueError(f"a label for each text: {len(texts)} texts, {len(labels)} labels")
    if not all(map(len, texts)):
        raise ValueError("a text needs a token, such as its final </s>; received an empty one")
    if seed is None:
        order = length_order(texts)
    else:
        draw = random.Random(seed)
        order = list(range(len(texts)))
        draw.shuffle(order)
        pool = 20 * batch_size
        pools = [order[i : i + pool] for i in range(0, len(order), pool)]
        order = [i for part in pools for i in sorted(part, key=lambda i: -len(texts[i]))]
    groups = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    if seed is not None:
        draw.shuffle(groups)
    for group in groups:
        yield padded([texts[i] for i in group], pad_id), torch.tensor([labels[i] for i in group])


def length_order(texts: Sequence[Sequence[int]]) -> list[int]:
    """Return the places of the texts, longest first; equally long ones as they stand."""
    return sorted(range(len(texts)), key=lambda i: -len(texts[i]))
