#!/usr/bin/env bash
# myst-nb 1.4.0: nb_merge_streams breaks a line that a kernel sent in two pieces.
#
# Guess:    merging the pieces of a cell's printed text gives the text that was printed.
# Seen:     each piece gets a line end: "loss 1" and "23.4\n" show as two lines. Without merging they
#           show as two blocks.
# Matters:  where a kernel cuts its stream is a matter of time, so a number in a book is cut by chance.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check myst-nb==1.4.0 sphinx==7.4.7 docutils==0.21.2
mkdir "$folder/source"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from pathlib import Path

import nbformat
from nbformat import v4

pieces = [v4.new_output("stream", name="stdout", text=text) for text in ("loss 1", "23.4\n")]
cell = v4.new_code_cell("print('loss 123.4')", outputs=pieces)
cells = [v4.new_markdown_cell("# Page"), cell]
notebook = v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
nbformat.write(notebook, "source/index.ipynb")
Path("source/conf.py").write_text(
    'extensions = ["myst_nb"]\nnb_execution_mode = "off"\nnb_merge_streams = True\n'
)
PY
"$folder/venv/bin/sphinx-build" -q -b html source html
"$folder/venv/bin/python" - <<'PY'
import re
from pathlib import Path

page = Path("html/index.html").read_text()
output = page[page.index("cell_output") :]
shown = re.sub(r"<[^>]+>", "", re.search(r"<pre>.*?</pre>", output, re.DOTALL)[0])
print("printed:", repr("loss 123.4\n"))
print("shown:  ", repr(shown))
assert shown == "loss 1\n23.4\n", "myst-nb joins the pieces another way now"
PY
