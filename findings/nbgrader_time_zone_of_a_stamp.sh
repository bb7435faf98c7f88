#!/usr/bin/env bash
# nbgrader 0.9.6: the zone in timestamp.txt counts only in one spelling.
#
# Guess:    nbgrader turns what timestamp.txt says into UTC, whichever common way names the zone.
# Seen:     "T10:00:00+09:00" becomes 01:00 UTC. "10:00:00 +0900" becomes 09:45: the 900 is taken
#           for seconds. "10:00:00 KST" and "10:00 PM" become 10:00, the zone and the half of the
#           day dropped. Nothing is said.
# Matters:  a late penalty is reckoned from that time: in Seoul a punctual student is nine hours
#           late by one spelling, and a late one punctual by another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from nbgrader.utils import parse_utc

seen = {
    "2026-11-30T10:00:00+09:00": "01:00:00",
    "2026-11-30 10:00:00 +0900": "09:45:00",
    "2026-11-30 10:00:00 KST": "10:00:00",
    "2026-11-30 10:00 PM": "10:00:00",
}
for text, expected in seen.items():
    got = parse_utc(text)
    print(f"{text:28}-> {got}")
    assert f"{got:%H:%M:%S}" == expected, f"{text} is read in another way now"
PY
