"""Does pre-training run on two processes, and do both end with the same weights?"""

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import json, sys
from pathlib import Path
import torch
from course_lib.data import birds
from course_lib.recipes.pretrain import images as pretraining
from course_lib.training import weights
from course_lib.training.distributed import processes

out = Path(sys.argv[1])
weights.CHECKPOINT_DIR = out
config = pretraining.Pretraining(
    name="tiny", task="t", data="d", command="c", licence="MIT", limits="l", epochs=2, batch_size=8
)
path = pretraining.pretrain_classifier(config, birds.dataset(24, seed=0), birds.dataset(6, seed=1))
if path is not None:
    print(json.dumps({"path": path.name, "steps": weights.load_card("tiny").steps}))
"""


def test_two_gloo_processes_write_one_checkpoint(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
         str(script), str(tmp_path)],
        check=False, capture_output=True, text=True, timeout=300,
        env=os.environ | {"OMP_NUM_THREADS": "1", "COURSE_CACHE": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    # 24 images on two processes are 12 each; batches of 8 on two processes are 4 each: 3 an epoch
    assert said == [{"path": "tiny.safetensors", "steps": 6}]
    card = json.loads((tmp_path / "tiny.json").read_text())
    assert card["machine"]["processes"] == 2
    assert not list(Path(tmp_path / "cache").rglob("*.state"))
