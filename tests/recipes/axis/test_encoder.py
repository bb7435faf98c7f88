"""Is the encoder blind to padding, told the order, and chosen on validation?"""

import pytest
import torch
from torch.testing import assert_close

from course_lib.data.library_task import LibraryTask, Passages
from course_lib.recipes.axis import encoder
from course_lib.recipes.axis.encoder import EncoderClassifier, answers


def passages(n):
    texts = [("array shape axis " if i % 2 else "table row query ") + f"w{i}" for i in range(n)]
    labels = [i % 2 for i in range(n)]
    return Passages(texts=texts, labels=labels, objects=texts, modules=texts)


def model_of(**options):
    torch.manual_seed(0)
    return EncoderClassifier(23, 3, **options).eval()


def test_padding_changes_nothing():
    model, ids = model_of(), torch.tensor([[4, 9, 2]])
    assert_close(model(torch.cat([ids, torch.zeros(1, 5, dtype=torch.long)], dim=1)), model(ids))


def test_a_passage_without_known_words_is_no_nan():
    assert model_of()(torch.zeros(1, 4, dtype=torch.long)).isfinite().all()


@pytest.mark.parametrize("positions", [True, False])
def test_the_order_counts_with_positions_alone(positions):
    model, ids = model_of(positions=positions), torch.tensor([[4, 9, 2, 7]])
    assert torch.allclose(model(ids), model(ids.flip(1)), atol=1e-6) != positions


def test_answers_are_those_of_each_row_alone():
    model = model_of()
    ids = torch.randint(1, 23, (9, 6), generator=torch.Generator().manual_seed(1))
    ids[::2, 3:] = 0
    assert answers(model, ids) == [int(model(row[None]).argmax()) for row in ids]


def test_a_rule_that_words_show_is_learned_and_all_rates_are_tried(monkeypatch):
    monkeypatch.setattr(encoder, "EPOCHS", 12)
    task = LibraryTask(
        classes=["a", "b"],
        train=passages(16),
        valid=passages(6),
        test=passages(10),
        fingerprint="x",
    )
    trials = encoder.method(task, passages(16), 0)
    assert [trial.choice.split()[0] for trial in trials] == [f"lr={r}" for r in encoder.RATES]
    assert max(trial.valid_accuracy for trial in trials) == 1
