"""Does every module import only from floors below its own?"""

import ast
import re
import subprocess
import sys
from collections.abc import Collection
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import course_lib
from course_lib.house import FLOORS, ROOF, ROOMS, TOWER

PACKAGE = Path(course_lib.__file__).parent
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names}
NO_TORCH = {"errors", "text", "metrics", TOWER}
# loaded only in a grader's process where the course itself has loaded torch
WITH_TORCH = {"networks.py", "gradients.py"}
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem in FLOOR_OF
)
IN_ROOMS = [
    path for path in (PACKAGE / TOWER).rglob("*.py") if path != PACKAGE / TOWER / "__init__.py"
]
OURS = re.compile(r"\bcourse_lib(?:\.\w+)+")


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


def part_of(name: str, level: int = 1) -> str | None:
    """Return the package of a module's full name; at level 2 its room."""
    parts = name.split(".")
    return parts[level] if parts[0] == "course_lib" and len(parts) > level else None


def violations(own: str, tree: ast.AST) -> list[str]:
    """Return what a module of package `own` must not import."""
    bad = []
    first = at_start(tree) if own == TOWER and isinstance(tree, ast.Module) else tree
    if own in NO_TORCH and any(name.split(".")[0] == "torch" for name in imported(first)):
        bad.append(f"{own} must not import torch")
    for name in sorted(imported(tree)):
        other = part_of(name)
        if other is None or other == own or other.startswith("__"):
            continue
        if own == TOWER:
            if other != "errors":
                bad.append(f"{own} imports {name}")
        elif other == TOWER:
            if own not in ROOF:
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


def named(tree: ast.AST) -> set[str]:
    """Return the modules of ours that stand in a source's texts, as for `python -m`."""
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {name for text in texts if isinstance(text, str) for name in OURS.findall(text)}


def wrong_doors(room: str, tree: ast.AST) -> list[str]:
    """Return what a module of a room of the tower takes from a later room."""
    later = set(ROOMS[ROOMS.index(room) + 1 :])
    return sorted(
        name
        for name in imported(tree) | named(tree)
        if part_of(name) == TOWER and part_of(name, 2) in later
    )


@pytest.mark.parametrize("path", IN_ROOMS, ids=lambda p: str(p.relative_to(PACKAGE / TOWER)))
def test_a_room_takes_only_from_those_before_it(path: Path):
    room = path.relative_to(PACKAGE / TOWER).parts[0].removesuffix(".py")
    assert not wrong_doors(room, ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("notebook", "from course_lib.grading.course.files import write_whole"),
        ("remote", "from course_lib.grading import intake"),
        ("sandbox", "def f():\n    import course_lib.grading.engine.checker"),
        ("ledger", "if TYPE_CHECKING:\n    from course_lib.grading.run.runner import Desk"),
        ("sandbox", "COMMAND = ['-m', 'course_lib.grading.engine.zygote']"),
        ("run", "from course_lib.grading import plugin"),
    ],
)
def test_a_wrong_door_is_seen(room: str, source: str):
    assert wrong_doors(room, ast.parse(source))


def full_name(path: Path) -> str:
    inside = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(inside).removesuffix(".__init__")


def takes(tree: ast.AST, modules: Collection[str]) -> set[str]:
    """Return which of these modules a source imports, anywhere in it; of a package the part."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = (f"{node.module}.{alias.name}" for alias in node.names)
            found |= {part if part in modules else node.module or "" for part in parts}
    return found & set(modules)


def circle(sources: dict[str, ast.AST]) -> list[str]:
    """Return modules that import one another in a circle, the first of them twice; or none."""
    try:
        TopologicalSorter({name: takes(tree, sources) for name, tree in sources.items()}).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_modules_import_one_another_in_a_circle():
    paths = PACKAGE.rglob("*.py")
    assert not circle({full_name(p): ast.parse(p.read_text(encoding="utf-8")) for p in paths})


@pytest.mark.parametrize(
    "back",
    [
        "import course_lib.a",
        "from course_lib import a",
        "from course_lib.a import thing",
        "def f():\n    from course_lib.a import thing",
        "if TYPE_CHECKING:\n    from course_lib.a import Thing",
    ],
)
def test_a_circle_is_seen(back: str):
    texts = {"course_lib.a": "from course_lib import b", "course_lib.b": "import course_lib.c"}
    sources = {name: ast.parse(text) for name, text in (texts | {"course_lib.c": back}).items()}
    assert set(circle(sources)) == set(sources)


def test_the_plan_names_every_part_and_no_other():
    def parts(folder: Path) -> set[str]:
        files, rooms = folder.glob("*.py"), folder.glob("*/__init__.py")
        return {one.stem for one in files} - {"__init__"} | {one.parent.name for one in rooms}

    assert parts(PACKAGE) == {*FLOOR_OF, TOWER}
    assert parts(PACKAGE / TOWER) == set(ROOMS)


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
