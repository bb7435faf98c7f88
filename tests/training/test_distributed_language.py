"""Do two processes read half of the strips each, and end with one model?"""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import json, sys
from pathlib import Path
import torch
from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.ulmfit import LanguageModel
from course_lib.models.ulmfit_batches import strips
from course_lib.training.distributed import processes
from course_lib.training.speed import Speed
from course_lib.transfer.ulmfit_stages import Tuning, train_language_model

with processes() as process:
    torch.manual_seed(0)
    config = AwdLstmConfig(vocab_size=7, d_model=5, d_hidden=11, n_layers=2).with_drops(0.3)
    model = LanguageModel(config)
    rows = strips(torch.arange(480) % 6 + 1, 4)
    tuning = Tuning(lr=0.02, epochs=2, batch_size=4)
    speed = Speed(sample=int(sys.argv[2]), engine="fast") if len(sys.argv) > 2 else Speed()
    train_language_model(
        model, rows, rows, tuning, bptt=20, parts=2, speed=speed, process=process
    )
    total = sum(p.double().sum().item() for p in model.parameters())
    Path(sys.argv[1], f"rank{process.rank}.json").write_text(json.dumps([total, process.rank]))
"""


@pytest.mark.parametrize("sample", [[], ["3"]])
def test_two_gloo_processes_end_with_the_same_weights(tmp_path, sample):
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
         str(script), str(tmp_path), *sample],
        check=False, capture_output=True, text=True, timeout=300,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    (first, _), (second, rank) = (
        json.loads((tmp_path / f"rank{i}.json").read_text()) for i in (0, 1)
    )
    assert rank == 1
    assert first == second
