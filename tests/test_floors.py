"""Does every module import only from floors below its own?"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import course_lib

PACKAGE = Path(course_lib.__file__).parent
FLOORS = [
    ["errors", "seeding"],
    ["text", "metrics"],
    ["layers", "data"],
    ["embeddings", "vision"],
    ["models"],
    ["training"],
    ["transfer"],
    ["viz", "recipes"],
    ["bench"],
    ["cli"],
]
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names}
SIDE_TOWER = "grading"  # sees errors only
SEE_THE_TOWER = {"bench", "cli"}  # the roof
NO_TORCH = {"errors", "text", "metrics", SIDE_TOWER}
# loaded only in a grader's process where the course itself has loaded torch
WITH_TORCH = {"networks.py", "gradients.py"}
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem in FLOOR_OF
)


def imported(tree: ast.AST) -> set[str]:
    """Return the full names of the modules that a source imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the floor"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def at_start(tree: ast.Module) -> ast.Module:
    """Return what runs when a module is imported: no functions, nothing for types only."""
    kept = [
        node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If)
    ]
    return ast.Module(kept, [])


def package_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "course_lib" and len(parts) > 1 else None


def violations(own: str, tree: ast.AST) -> list[str]:
    """Return what a module of package `own` must not import."""
    bad = []
    first = at_start(tree) if own == SIDE_TOWER and isinstance(tree, ast.Module) else tree
    if own in NO_TORCH and any(name.split(".")[0] == "torch" for name in imported(first)):
        bad.append(f"{own} must not import torch")
    for name in sorted(imported(tree)):
        other = package_of(name)
        if other is None or other == own or other.startswith("__"):
            continue
        if own == SIDE_TOWER:
            if other != "errors":
                bad.append(f"{own} imports {name}")
        elif other == SIDE_TOWER:
            if own not in SEE_THE_TOWER:
                bad.append(f"{own} imports {name}")
        elif FLOOR_OF[other] >= FLOOR_OF[own]:
            bad.append(f"{own} (floor {FLOOR_OF[own]}) imports {name} (floor {FLOOR_OF[other]})")
    return bad


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_module_imports_only_from_below(path: Path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    bad = violations(own, ast.parse(path.read_text(encoding="utf-8")))
    if path.name in WITH_TORCH and path.parent.name == "remote":
        bad = [fault for fault in bad if "torch" not in fault]
    assert not bad


@pytest.mark.parametrize(
    ("own", "source"),
    [
        ("data", "from course_lib.vision import backbones"),
        ("text", "import torch.nn"),
        ("grading", "import course_lib.text.vocabulary"),
        ("grading", "import torch"),
        ("training", "from course_lib.grading import release"),
        ("transfer", "def f():\n    from course_lib.viz import show"),
    ],
)
def test_a_wrong_import_is_seen(own: str, source: str):
    assert violations(own, ast.parse(source))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_file_has_at_most_300_lines(path: Path):
    assert path.read_text(encoding="utf-8").count("\n") <= 300


def test_importing_the_package_does_not_import_torch():
    code = "import course_lib, sys; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_command_line_imports_nothing_heavy_for_its_help():
    code = (
        "import sys; from course_lib.cli.main import course\n"
        "try:\n    course(['--help'])\nexcept SystemExit:\n    pass\n"
        "sys.exit(any(m in sys.modules for m in ('torch', 'numpy', 'nbgrader', 'datasets')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
