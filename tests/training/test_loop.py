"""Does the loop learn, stop, keep the best, and go on after a kill as if nothing had happened?"""

import signal
import subprocess
import sys

import pytest
import torch
from torch import nn

from course_lib.errors import CorruptFileError
from course_lib.training import loop
from course_lib.training.state import load_state, save_state


def batches(epoch: int):
    generator = torch.Generator().manual_seed(epoch)
    for _ in range(3):
        x = torch.randn(7, 5, generator=generator)
        yield x, (x.sum(dim=1) > 0).long()


def make():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 11), nn.Dropout(0.3), nn.Linear(11, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 4, gamma=0.5)
    return model, optimizer, scheduler


def train(path=None, epoch_batches=batches, epochs=5, precision="float32"):
    model, optimizer, scheduler = make()
    history = loop.fit(
        model,
        epoch_batches,
        optimizer=optimizer,
        scheduler=scheduler,
        epochs=epochs,
        resume_from=path,
        precision=precision,
    )
    return model, history


def test_loss_falls_on_a_task_that_can_be_learnt():
    _, history = train(epochs=30)
    assert history.losses[-1] < 0.7 * history.losses[0]


def test_an_interrupted_run_ends_with_the_weights_of_an_undisturbed_one(tmp_path):
    path = tmp_path / "run.state"

    def interrupted(epoch):
        if epoch == 3:
            raise KeyboardInterrupt
        yield from batches(epoch)

    with pytest.raises(KeyboardInterrupt):
        train(path, interrupted)
    assert path.exists()
    seen = []
    resumed, history = train(path, lambda epoch: seen.append(epoch) or batches(epoch))
    expected, expected_history = train()
    assert seen == [3, 4]
    assert history.losses == expected_history.losses
    for name, value in expected.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], value), name
    assert not path.exists()


def test_a_run_goes_on_in_the_precision_that_it_began_with(tmp_path):
    path = tmp_path / "run.state"

    def interrupted(epoch):
        if epoch == 3:
            raise KeyboardInterrupt
        yield from batches(epoch)

    with pytest.raises(KeyboardInterrupt):
        train(path, interrupted, precision="bfloat16")
    resumed, _ = train(path, precision="float32")
    rough, exact = train(precision="bfloat16")[0], train()[0]
    for ours, theirs, other in zip(*(m.parameters() for m in (resumed, rough, exact)), strict=True):
        assert torch.equal(ours, theirs)
        assert not torch.equal(ours, other)
        # Adam's step has the size of its rate: 15 steps of 0.01, most of them in the same direction
        torch.testing.assert_close(ours, other, rtol=0, atol=0.05)


def test_a_killed_process_resumes(tmp_path):
    code = f"""
import os, signal
from pathlib import Path
from tests.training.test_loop import batches, train
def deadly(epoch):
    if epoch == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    yield from batches(epoch)
train(Path({str(tmp_path / "run.state")!r}), deadly)
"""
    killed = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    resumed, _ = train(tmp_path / "run.state")
    expected, _ = train()
    for name, value in expected.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], value), name


def watched(scores):
    """Train while a fixed series of scores is watched; return the epoch counter, history, model."""
    model, optimizer, _ = make()
    series, weights = iter(scores), []

    def evaluate(current):
        weights.append(current[0].weight.detach().clone())
        return next(series)

    history = loop.fit(
        model, batches, optimizer=optimizer, epochs=len(scores), evaluate=evaluate, patience=2
    )
    return model, history, weights


def test_training_stops_after_so_many_epochs_without_a_better_score():
    _, history, _ = watched([0.1, 0.5, 0.4, 0.5, 0.9, 0.9])
    assert history.scores == [0.1, 0.5, 0.4, 0.5]
    assert history.best_epoch == 1


def test_the_weights_of_the_best_epoch_are_kept():
    model, history, weights = watched([0.1, 0.5, 0.4, 0.3])
    assert torch.equal(model[0].weight, weights[history.best_epoch])
    assert not torch.equal(model[0].weight, weights[-1])


def test_a_loss_that_is_not_finite_stops_the_run():
    model, optimizer, _ = make()
    with pytest.raises(FloatingPointError, match="epoch 0"):
        loop.fit(
            model,
            batches,
            optimizer=optimizer,
            epochs=1,
            loss_fn=lambda logits, _: logits.sum() * float("nan"),
        )


def test_patience_without_a_score_is_refused():
    model, optimizer, _ = make()
    with pytest.raises(ValueError, match="give evaluate"):
        loop.fit(model, batches, optimizer=optimizer, epochs=1, patience=2)


def test_a_damaged_state_says_what_to_do(tmp_path):
    path = tmp_path / "run.state"
    save_state(path, {"x": torch.ones(3)})
    assert torch.equal(load_state(path)["x"], torch.ones(3))
    raw = bytearray(path.read_bytes())
    raw[-10] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(CorruptFileError, match=r"delete run\.state"):
        load_state(path)


def test_accuracy_counts_over_all_batches():
    """Seven rows, the identity as a model: rows 0 to 4 are right, 5 and 6 wrong, so 5 / 7."""
    logits = torch.eye(7)
    labels = torch.tensor([0, 1, 2, 3, 4, 0, 0])
    assert loop.accuracy(nn.Identity(), logits, labels, batch_size=3) == pytest.approx(5 / 7)
