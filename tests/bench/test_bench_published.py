"""Do ours and transformers' models of each pair compute the same?"""

import pytest
import torch
from torch.testing import assert_close

from course_lib.bench import published


@pytest.mark.parametrize("family", sorted(published.READERS))
def test_both_models_of_a_pair_give_the_same_loss(family, monkeypatch):
    monkeypatch.setattr(published, "T", 7)
    ours, theirs = published.both(family, "small")
    given = published.inputs(family, theirs.config.vocab_size)
    with torch.no_grad():
        own, other = ours.eval()(**given), theirs.eval()(**given)
    assert_close(own.loss, other.loss, rtol=1e-5, atol=1e-5)


def test_each_family_gives_forward_and_step(monkeypatch, capsys):
    monkeypatch.setattr(published, "T", 5)
    for pair in published.steps("GPT2", "small"):
        published.print_pair(*pair, 1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[-1].split()[0] for line in lines] == ["forward", "step"]
