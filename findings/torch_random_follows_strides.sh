#!/usr/bin/env bash
# torch 2.13.0: random numbers are drawn in memory's order, so equal tensors get other numbers.
#
# Guess:    with one seed, randn_like and dropout give two equal tensors the same numbers: shape and
#           values are all that counts.
# Seen:     randn_like keeps the strides of what it is like, and fills memory from its beginning. A
#           tensor and its equal that lies in memory transposed get the same numbers at other places;
#           dropout drops other places. randn(x.shape) does not depend on the strides.
# Matters:  a test that weighs two equal outputs by randn_like compares two different sums: gradients
#           of torch's MultiheadAttention, whose output is a transposed view, seemed wrong in every
#           place. Two ways of one layer, bit for bit equal, train differently under dropout.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import torch

rows = torch.arange(1.0, 7.0).view(2, 3)
columns = rows.T.contiguous().T  # equal, and column by column in memory
assert torch.equal(rows, columns) and rows.stride() != columns.stride()


def drawn(function, x):
    torch.manual_seed(0)
    return function(x)


def dropped(x):
    return torch.nn.functional.dropout(x, 0.5, training=True)


same = {
    "randn_like": torch.equal(*(drawn(torch.randn_like, x) for x in (rows, columns))),
    "dropout": torch.equal(*(drawn(dropped, x) for x in (rows, columns))),
    "randn of the shape": torch.equal(*(drawn(lambda x: torch.randn(x.shape), x) for x in (rows, columns))),
}
for name, is_same in same.items():
    print(f"{name}: the same numbers for equal tensors: {is_same}")
assert same == {"randn_like": False, "dropout": False, "randn of the shape": True}
PY
