"""Is jsonschema imported without its grammar, and left able to use it afterwards?"""

import subprocess
import sys

CODE = """
import sys
from course_lib.grading.notebook.jsonschema_quickly import import_jsonschema
import_jsonschema()
import nbformat
assert "rfc3987_syntax" not in sys.modules, "the grammar was built"
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
nbformat.validate(notebook)
notebook.cells[0].cell_type = "odd"
try:
    nbformat.validate(notebook)
except nbformat.ValidationError:
    pass
else:
    raise SystemExit("validation is off")
import_jsonschema()
import rfc3987_syntax
"""


def test_validation_works_and_the_grammar_is_not_built():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
