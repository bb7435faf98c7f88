"""Does every token reach the model once, in order, and every text once an epoch?"""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_lib.models.ulmfit_batches import (
    END,
    SPECIAL,
    padded,
    stream,
    strips,
    text_batches,
    text_ids,
    text_tokens,
    windows,
)
from course_lib.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary([*SPECIAL, "it", "works", ".", "fast"])


def test_sentences_end_with_a_token_of_their_own():
    assert text_tokens("It works. Fast") == ["it", "works", ".", END, "fast", END]
    assert text_tokens("***") == []


def test_long_texts_keep_their_end_and_empty_ones_get_one_token():
    ids = text_ids(["it works fast", "***"], VOCABULARY, max_tokens=2)
    assert ids == [VOCABULARY.encode(["fast", END]), [VOCABULARY.id_of(END)]]


def test_stream_and_strips_by_hand():
    ids = stream([["it", "works"], ["fast", "zebra"]], VOCABULARY)
    assert ids.tolist() == [3, 4, 2, 6, 1, 2]
    assert strips(ids, 2).tolist() == [[3, 4, 2], [6, 1, 2]]
    assert strips(torch.arange(11), 3).tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


@given(
    n_columns=st.integers(2, 400),
    bptt=st.integers(1, 90),
    seed=st.one_of(st.none(), st.integers(0, 99)),
)
def test_windows_cover_each_token_once_and_targets_are_the_next(n_columns, bptt, seed):
    rows = torch.arange(2 * n_columns).view(2, n_columns)
    pairs = list(windows(rows, bptt, seed=seed))
    assert torch.equal(torch.cat([x for x, _ in pairs], dim=1), rows[:, :-1])
    assert torch.equal(torch.cat([y for _, y in pairs], dim=1), rows[:, 1:])
    assert all(len(x) == len(y) == 2 for x, y in pairs)


def test_lengths_vary_with_a_seed_and_not_without():
    rows = torch.zeros(1, 70_000)
    fixed = {x.shape[1] for x, _ in windows(rows, 70)}
    varied = [x.shape[1] for x, _ in windows(rows, 70, seed=1)]
    assert fixed <= {70, 69_999 % 70}
    assert 65 < sum(varied) / len(varied) < 72  # 0.95 · 70 + 0.05 · 35 = 68.25
    half = sum(length < 52 for length in varied) / len(varied)
    assert 0.02 < half < 0.08
    assert varied == [x.shape[1] for x, _ in windows(rows, 70, seed=1)]


@given(
    lengths=st.lists(st.integers(1, 30), min_size=2, max_size=60),
    size=st.integers(2, 7),
    seed=st.one_of(st.none(), st.integers(0, 9)),
)
def test_every_text_comes_once_with_its_label(lengths, size, seed):
    texts = [[number + 1] * length for number, length in enumerate(lengths)]
    seen = []
    for ids, labels in text_batches(texts, range(len(texts)), size, seed=seed):
        assert 2 <= len(ids) <= size + 1
        for row, label in zip(ids.tolist(), labels.tolist(), strict=True):
            assert [i for i in row if i] == texts[label]
            seen.append(label)
    assert sorted(seen) == list(range(len(texts)))


def test_texts_of_one_batch_are_about_equally_long():
    texts = [[1] * length for length in torch.randint(1, 500, (640,)).tolist()]
    batches = text_batches(texts, [0] * 640, 32, seed=3)
    filled = [(ids > 0).float().mean().item() for ids, _ in batches]
    assert sum(filled) / len(filled) > 0.85


def test_padding_stands_at_the_end():
    assert padded([[5], [7, 8, 9]]).tolist() == [[5, 0, 0], [7, 8, 9]]


def test_too_few_tokens_and_windows_of_nothing_are_refused():
    with pytest.raises(ValueError, match="too few for 7 strips"):
        strips(torch.arange(13), 7)
    with pytest.raises(ValueError, match="too few for 0 strips"):
        strips(torch.arange(13), 0)
    with pytest.raises(ValueError, match="bptt must be 1 or more"):
        next(windows(torch.zeros(1, 9), 0))
