#!/usr/bin/env bash
# datasets 5.2.0 (pyarrow 26.0.1): features that name a column of JSON lines as text do not keep its text.
#
# Guess:    load_dataset("json", features=...) reads a column as the type that its features name, so
#           the text "2018-06-01" under Value("string") stays that text.
# Seen:     the column is read as a date first and turned into text afterwards: "2018-06-01 00:00:00".
#           Dataset.from_list with the same features keeps the text.
# Matters:  an answer of a question set in SQuAD's columns is no piece of its paragraph any more.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check datasets==5.2.0 pyarrow==26.0.1
cd "$folder"
HF_HUB_OFFLINE=1 "$folder/venv/bin/python" - <<'PY'
import json

from datasets import Dataset, Features, Value, load_dataset

rows = [{"answer": "2018-06-01"}, {"answer": "2019-10-24"}]
with open("rows.jsonl", "w") as file:
    file.writelines(json.dumps(row) + "\n" for row in rows)
text = Features({"answer": Value("string")})
read = load_dataset("json", data_files="rows.jsonl", features=text, cache_dir="cache", split="train")
kept = Dataset.from_list(rows, features=text)
print("written:         ", rows[0]["answer"])
print("read as text:    ", read[0]["answer"], read.features)
print("made from a list:", kept[0]["answer"])
assert read[0]["answer"] == "2018-06-01 00:00:00", "datasets keeps the text now"
assert kept[0]["answer"] == "2018-06-01"
PY
