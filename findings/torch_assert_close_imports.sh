#!/usr/bin/env bash
# torch 2.13.0: the first torch.testing.assert_close loads some 500 modules, sympy among them.
#
# Guess:    assert_close of two small tensors compares them and imports nothing.
# Seen:     it asks first whether one of them is distributed, and for that imports
#           torch.distributed.tensor, which imports sympy. This is so wherever torch was built with
#           torch.distributed, as it is by default, though no process group exists. A second call
#           takes less than a thousandth of the first.
# Matters:  whoever grades each submission in a process of its own pays it for each submission; a
#           short time limit on the first test cell is a limit on an import.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import sys
import time

import torch

one = torch.ones(2)
before = set(sys.modules)
seconds = []
for _ in range(2):
    start = time.perf_counter()
    torch.testing.assert_close(one, one)
    seconds.append(time.perf_counter() - start)
new = set(sys.modules) - before
print(f"modules that came: {len(new)}, of sympy {sum(n.startswith('sympy') for n in new)}")
print(f"first call {seconds[0]:.3f} s, second {seconds[1]:.6f} s")
assert torch.distributed.is_available() and not torch.distributed.is_initialized()
assert not before & {"sympy", "torch.distributed.tensor"}
assert {"sympy", "torch.distributed.tensor"} <= new, "assert_close imports them no more"
assert seconds[0] > 100 * seconds[1]
PY
