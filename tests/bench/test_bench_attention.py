"""Do both ways of each pair compute the same?"""

import pytest
import torch
from torch.testing import assert_close

from course_lib.bench import attention


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(attention, "SIZES", [(2, 5, 16)])
    monkeypatch.setattr(attention, "LENGTH", 4)


def test_torchs_block_with_weights_is_torchs_block():
    torch.manual_seed(0)
    plain = torch.nn.TransformerEncoderLayer(16, 8, 19, dropout=0.0, batch_first=True)
    other = attention.WithWeights(16, 8, 19, dropout=0.0, batch_first=True)
    other.load_state_dict(plain.state_dict())
    x = torch.randn(2, 5, 16)
    assert_close(other(x), plain(x))


def test_every_pair_runs_and_is_printed(small, capsys):
    attention.bench_attention(1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 10 + 1 + 4
    for word in ("explicit", "fused", "step", "eval", "cached / not"):
        assert any(word in line for line in lines)
