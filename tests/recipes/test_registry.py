"""Does a recording find its recipe, resume after a kill, and stay free of machine paths?"""

import json
import sys

import pytest
from click.testing import CliRunner

from course_lib.cli.record import command
from course_lib.errors import CourseError, UnknownNameError
from course_lib.recipes import registry
from course_lib.recipes.context import Context, Journal
from course_lib.training import results

TOY = '''"""Squares of the seeds."""
import os
from course_lib.recipes.context import Context, Measured
NAME = "toy_squares"
NEEDS_DATA = True
SEEDS = [2, 3, 5]
calls = []
def piece(seed):
    calls.append(seed)
    if seed == 5 and os.environ.get("TOY_KILL"):
        raise KeyboardInterrupt
    return {"square": seed * seed}
def run(context: Context) -> Measured:
    out = [
        context.once(f"seed {s}", lambda s=s: piece(s))["square"]
        for s in context.progress(context.seeds, "toy")
    ]
    return Measured(metrics={"square": out}, data={"numbers": "the first primes"})
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Stand a package with one recipe in for ours."""
    recipes = tmp_path / "package" / "recipes"
    (recipes / "toy").mkdir(parents=True)
    (recipes / "toy" / "squares.py").write_text(TOY)
    (recipes / "toy" / "helper.py").write_text('"""No recipe."""\nNAME_LIKE = "x"\n')
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setattr(registry, "PACKAGE_DIR", tmp_path / "package")
    monkeypatch.setattr(results, "RESULTS_DIR", tmp_path / "results")
    import course_lib.recipes as package

    monkeypatch.setattr(package, "__path__", [str(recipes), *package.__path__])
    yield tmp_path
    for name in ("toy", "toy.squares"):
        sys.modules.pop(f"course_lib.recipes.{name}", None)


def test_list_shows_recipes_only(toy):
    assert registry.known_recipes() == {"toy_squares": "Squares of the seeds."}


def test_record_writes_json_without_machine_paths(toy):
    data = toy / "some_data"
    data.mkdir()
    outcome = CliRunner().invoke(command, ["toy_squares", "--data", str(data)])
    assert outcome.exit_code == 0, outcome.output
    text = (toy / "results" / "toy_squares.json").read_text()
    assert str(toy) not in text
    saved = json.loads(text)
    assert saved["command"] == "course record toy_squares --data DIR"
    assert saved["metrics"] == {"square": [4, 9, 25]}
    assert saved["seeds"] == [2, 3, 5]
    assert results.load_result("toy_squares").value("square", "max") == 25


def test_interrupted_recording_continues(toy, monkeypatch):
    monkeypatch.setenv("TOY_KILL", "1")
    with pytest.raises(KeyboardInterrupt):
        registry.record("toy_squares", show_progress=False)
    assert not (toy / "results").exists()
    monkeypatch.delenv("TOY_KILL")
    calls = sys.modules["course_lib.recipes.toy.squares"].calls
    calls.clear()
    result = registry.record("toy_squares", show_progress=False)
    assert calls == [5]
    assert result.metrics == {"square": [4, 9, 25]}
    calls.clear()
    registry.record("toy_squares", show_progress=False)
    assert calls == [2, 3, 5], "a finished recording must be redone, not replayed"


def test_changed_recipe_forgets_its_journal(toy):
    before = registry.source_key("toy_squares")
    path = toy / "package" / "recipes" / "toy" / "squares.py"
    path.write_text(TOY.replace("seed * seed", "seed ** 2"))
    assert registry.source_key("toy_squares") != before


def test_seeds_are_part_of_the_command(toy):
    CliRunner().invoke(command, ["toy_squares", "--seeds", "7"], catch_exceptions=False)
    assert results.load_result("toy_squares").command == "course record toy_squares --seeds 7"


def test_unknown_name_says_what_is_near(toy):
    with pytest.raises(UnknownNameError) as caught:
        registry.record("toy_square")
    assert "did you mean 'toy_squares'?" in caught.value.report()


def test_bad_seeds_are_one_clear_error(toy):
    outcome = CliRunner().invoke(command, ["toy_squares", "--seeds", "1;2"])
    assert isinstance(outcome.exception, CourseError)


def test_journal_ignores_a_line_that_was_cut_off(tmp_path):
    path = tmp_path / "j.jsonl"
    journal = Journal(path)
    journal.once("a", lambda: [1, 2.5])
    journal.once("b", lambda: "x")
    path.write_text(path.read_text()[:-3])
    again = Journal(path)
    assert "a" in again
    assert "b" not in again
    assert again.once("b", lambda: "y") == "y"
    assert Journal(path).once("b", lambda: "never") == "y"


def test_missing_data_folder_is_explained(tmp_path):
    context = Context(seeds=[0], data_dir=None, journal=Journal(tmp_path / "j"))
    with pytest.raises(CourseError, match="--data DIR"):
        context.need_data("tiny_imagenet_birds")
    context.data_dir = tmp_path
    with pytest.raises(CourseError, match="no such folder"):
        context.need_data("tiny_imagenet_birds")
    (tmp_path / "tiny_imagenet_birds").mkdir()
    assert context.need_data("tiny_imagenet_birds").is_dir()


def test_every_recipe_has_the_name_of_its_room_and_file():
    for name, path in registry.recipe_files().items():
        assert name == f"{path.parent.name}_{path.stem}"
