#!/usr/bin/env bash
# transformers 5.23.0 (tokenizers 0.23.3): a pair whose second text is empty is a pair in a batch, and none alone.
#
# Guess:    BertTokenizer(a, "") writes [CLS] a [SEP] [SEP], since a pair was asked for.
# Seen:     a single call takes an empty second text for none and writes [CLS] a [SEP]; the same call
#           with lists of one writes the pair, and so does a second text of one space.
# Matters:  a classifier of pairs is trained on batches and then asked about single pairs: where an
#           answer is missing it sees a kind of text that it never met.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check transformers==5.23.0 tokenizers==0.23.3
cd "$folder"
printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' a >vocab.txt
"$folder/venv/bin/python" - <<'PY'
import transformers
from transformers import BertTokenizer

tokenizer = BertTokenizer("vocab.txt")
alone = tokenizer("a", "")
batch = tokenizer(["a"], [""])
space = tokenizer("a", " ")
print("transformers", transformers.__version__)
for name, found in {"alone": alone, "one space": space}.items():
    print(f"{name:10}", tokenizer.convert_ids_to_tokens(found["input_ids"]))
print(f"{'batch':10}", tokenizer.convert_ids_to_tokens(batch["input_ids"][0]))
pair = ["[CLS]", "a", "[SEP]", "[SEP]"]
assert tokenizer.convert_ids_to_tokens(alone["input_ids"]) == pair[:3], "alone: a pair by now"
assert tokenizer.convert_ids_to_tokens(batch["input_ids"][0]) == pair, "batch: no pair any more"
assert tokenizer.convert_ids_to_tokens(space["input_ids"]) == pair, "space: no pair any more"
print("as described")
PY
