#!/usr/bin/env bash
# gensim 4.4.0: the cosine of a replaced vector is divided by the length of the vector that it replaced.
#
# Guess:    add_vectors(..., replace=True) changes a vector, so later cosines are those of the new one.
# Seen:     lengths that were computed before stay: a "cosine" of 14.1, until fill_norms(force=True).
# Matters:  neighbours of words are ranked by it after vectors were fine-tuned or put right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gensim==4.4.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
import numpy as np
from gensim.models import KeyedVectors

vectors = KeyedVectors(2)
vectors.add_vectors(["a", "b", "c"], np.array([[1, 0], [0, 1], [1, 1]], dtype=np.float32))
vectors.fill_norms()
vectors.add_vectors(["a"], np.array([[10, 10]], dtype=np.float32), replace=True)
stale = dict(vectors.most_similar("c"))
vectors.fill_norms(force=True)
fresh = dict(vectors.most_similar("c"))
print("neighbour a of c, after a was replaced:", stale["a"])
print("after fill_norms(force=True):          ", fresh["a"])
assert stale["a"] > 14, "gensim takes the new length now"
assert abs(fresh["a"] - 1) < 1e-6
PY
