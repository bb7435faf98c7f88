"""Finding recipes by name and running one. Nothing is imported to list them: sources are parsed."""

import ast
import hashlib
import importlib
import time
from pathlib import Path
from types import ModuleType

from course_lib.data.cache import cache_dir
from course_lib.errors import UnknownNameError
from course_lib.recipes.context import Context, Journal, Measured
from course_lib.training.results import (
    Result,
    describe_machine,
    describe_versions,
    save_result,
)

PACKAGE_DIR = Path(__file__).resolve().parents[1]
DEFAULT_SEEDS = [0, 1, 2]


def known_recipes() -> dict[str, str]:
    """Return every recipe's NAME with the first line of its docstring."""
    return {name: summary_of(path) for name, path in recipe_files().items()}


def recipe_files() -> dict[str, Path]:
    """Return every recipe's NAME with its file, in the order of names."""
    found = {}
    for path in (PACKAGE_DIR / "recipes").glob("*/*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        name = _constant(tree, "NAME")
        functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        if name is not None and "run" in functions:
            found[name] = path
    return dict(sorted(found.items()))


def pretraining_files() -> dict[str, Path]:
    """Return the name of every checkpoint that can be retrained, with its recipe's file."""
    found = {}
    for path in (PACKAGE_DIR / "recipes" / "pretrain").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "pretrain" for node in tree.body):
            found[path.stem] = path
    return dict(sorted(found.items()))


def summary_of(path: Path) -> str:
    """Return the first line of a source's docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def load(path: Path) -> ModuleType:
    """Import a recipe by its file."""
    parts = path.relative_to(PACKAGE_DIR).with_suffix("").parts
    return importlib.import_module(".".join(["course_lib", *parts]))


def _constant(tree: ast.Module, name: str) -> str | None:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            value = getattr(node, "value", None)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                return value.value
    return None


def source_key(name: str) -> str:
    """Hash the recipe's source and that of the modules of ours which it imports by name.

    A journal is only resumed under the code that wrote it; a change two imports away is not seen.
    """
    path = recipe_files()[name]
    digest = hashlib.sha256(path.read_bytes())
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course_lib."):
            base = PACKAGE_DIR.joinpath(*(node.module or "").split(".")[1:])
            for file in [base.with_suffix(".py"), *(base / f"{a.name}.py" for a in node.names)]:
                if file.is_file():
                    digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def record(
    name: str,
    *,
    seeds: list[int] | None = None,
    data_dir: Path | None = None,
    fresh: bool = False,
    show_progress: bool = True,
) -> Result:
    """Run a recipe, save its record and return it; its journal is then done with.

    fresh: forget what an interrupted recording left behind.

    Raises: UnknownNameError where there is no such recipe.
    """
    files = recipe_files()
    if name not in files:
        raise UnknownNameError("recorded run", name, list(files))
    recipe = load(files[name])
    default_seeds = list(getattr(recipe, "SEEDS", DEFAULT_SEEDS))
    seeds = default_seeds if seeds is None else seeds
    journal_name = f"{name}-{source_key(name)}-{'.'.join(map(str, seeds))}.jsonl"
    journal = Journal(cache_dir() / "journals" / journal_name)
    if fresh:
        journal.clear()
    context = Context(seeds=seeds, data_dir=data_dir, journal=journal, show_progress=show_progress)
    start = time.perf_counter()
    measured: Measured = recipe.run(context)
    seconds = time.perf_counter() - start + journal.reused_seconds
    # no path of this machine may enter a record: the data folder stands as DIR
    command = f"course record {name}"
    if seeds != default_seeds:
        command += f" --seeds {','.join(map(str, seeds))}"
    if data_dir is not None and getattr(recipe, "NEEDS_DATA", False):
        command += " --data DIR"
    result = Result(
        name=name,
        command=command,
        seeds=seeds,
        versions=describe_versions(),
        machine=describe_machine(),
        data=measured.data,
        wall_seconds=seconds,
        metrics=measured.metrics,
    )
    save_result(result)
    journal.clear()
    return result
