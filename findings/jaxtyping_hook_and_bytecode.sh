#!/usr/bin/env bash
# jaxtyping 0.3.11: what a checked module imports does not find its own bytecode.
#
# Guess:    jaxtyping's import hook recompiles the modules that it is to check and no others.
# Seen:     while a checked module runs, cache_from_source names another file for every import, so
#           that a third module, which nobody checks, is compiled anew although its bytecode lies
#           there, and gets a second file under the hook's name.
# Matters:  where bytecode may not be written, as in many containers, a test suite with the hook
#           compiles numpy and torch from source in each run.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jaxtyping==0.3.11 beartype==0.23.1 numpy==2.4.6
cd "$folder"
echo "import other" > checked.py
echo "VALUE = 1" > other.py
cat > run.py <<'PY'
import sys

if sys.argv[1] == "hook":
    from jaxtyping import install_import_hook

    install_import_hook("checked", "beartype.beartype")
import checked

print(f"{sys.argv[1]:>6}: other's bytecode at", checked.other.__cached__.rpartition("/")[2])
PY
unset PYTHONDONTWRITEBYTECODE
"$folder/venv/bin/python" run.py plain
ls __pycache__ | grep '^other' > before
"$folder/venv/bin/python" run.py hook
ls __pycache__ | grep '^other' > after
echo "files for other.py:" $(cat after)
test "$(wc -l < before)" = 1
test "$(wc -l < after)" = 2 || { echo "other.py keeps its one bytecode file now"; exit 1; }
grep -q jaxtyping after
