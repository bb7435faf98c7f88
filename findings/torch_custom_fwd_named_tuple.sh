#!/usr/bin/env bash
# torch 2.13.0: torch.amp.custom_fwd with cast_inputs cannot take a named tuple.
#
# Guess:    custom_fwd(cast_inputs=torch.float32) casts the tensors among a Function's arguments and
#           leaves the containers what they are; torch's own LSTM states go through as tuples.
# Seen:     inside autocast each sequence is rebuilt as type(value)(generator). A tuple and a list
#           survive that; a named tuple gets one argument for all its fields: TypeError. Outside of
#           autocast the same call works, since nothing is cast there.
# Matters:  a Function that takes the state of a recurrent network by name runs in float32 and fails
#           on the day that mixed precision is switched on.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
from typing import NamedTuple

import torch


class State(NamedTuple):
    hidden: torch.Tensor
    cell: torch.Tensor


class Double(torch.autograd.Function):
    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx, state):
        return 2 * state[0]


named, plain = State(torch.ones(2), torch.zeros(2)), (torch.ones(2), torch.zeros(2))
print("named tuple, no autocast:", Double.apply(named).tolist())
with torch.autocast("cpu", dtype=torch.bfloat16):
    print("plain tuple, autocast:   ", Double.apply(plain).tolist())
    try:
        Double.apply(named)
    except TypeError as error:
        print("named tuple, autocast:    TypeError:", error)
    else:
        raise SystemExit("a named tuple survives now")
PY
