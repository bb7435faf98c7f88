"""`course doctor`: what is installed, what is missing, what to do."""

import hashlib
import json
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from course_lib.cli import bootstrap

ROOT = Path(__file__).resolve().parents[2]
Finding = tuple[str, bool, str, str]  # what, whether it is fine, what was found, what to do
TODO = "grade nothing here: update bubblewrap and the kernel, or grade on another machine"


def python() -> Finding:
    """Is this a Python for which everything that the book needs has wheels?"""
    known = bootstrap.PYTHONS[bootstrap.BOOK]
    names = " to ".join(".".join(map(str, one)) for one in (known[0], known[-1]))
    fine = sys.version_info[:2] in known
    return f"Python {names}", fine, platform.python_version(), "make it anew with one of these"


def packages(part: str) -> Finding:
    """Are the packages those of one part of the lock?"""
    what = f"packages of the lock: {part}"
    if not Path(bootstrap.LOCK).exists():
        return what, False, "no requirements.lock here", "work in a clone"
    differing = []
    for name, _, pinned in (pin.partition("==") for pin in bootstrap.pins(part)):
        try:
            found = version(name).partition("+")[0]
        except PackageNotFoundError:
            found = "missing"
        if found != pinned:
            differing.append(f"{name} {found} (lock: {pinned})")
    said = "as pinned" if not differing else "; ".join(differing[:3])
    if len(differing) > 3:
        said += f"; and {len(differing) - 3} more"
    todo = "run make book: it repairs .venv"
    if part == bootstrap.TESTS:
        todo = "only tests and checks need these; make test adds them"
    return what, not differing, said, todo


def program(name: str, what_for: str, package: str) -> Finding:
    """Is a program of the system there?"""
    found = shutil.which(name)
    todo = f"only {what_for} needs it; on Debian: apt-get install {package}"
    return name, found is not None, found or "not found", todo


def checkpoints() -> Finding:
    """Do the shipped weights have the checksums of their cards?"""
    folder = ROOT / "course_lib" / "checkpoints"
    damaged = []
    cards = sorted(folder.glob("*.json"))
    for card in cards:
        weights = card.with_suffix(".safetensors")
        wanted = json.loads(card.read_text(encoding="utf-8"))["sha256"]
        try:
            found = hashlib.sha256(weights.read_bytes()).hexdigest()
        except OSError:
            found = "not readable"
        if found != wanted:
            damaged.append(card.stem)
    said = f"damaged: {', '.join(damaged)}" if damaged else f"{len(cards)} with the right checksum"
    return "checkpoints", not damaged, said, "git checkout course_lib/checkpoints"


def models() -> list[Finding]:
    """Were the published networks fetched, and are their bytes the right ones?"""
    from course_lib.training.published import PUBLISHED, first_fault, place_of

    found = []
    for name, model in PUBLISHED.items():
        folder = place_of(name)
        fault = first_fault(folder, name) if folder.exists() else "not fetched"
        todo = f"only cells and tests on real networks need it: course model get {name}"
        found.append((f"model {name}", fault is None, fault or model.title, todo))
    return found


def cache() -> Finding:
    """Where does the course keep what it computed, and how much is it?"""
    from course_lib.data.cache import cache_dir

    folder = cache_dir()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return "cache", True, f"{folder}, {size / 1e6:.0f} MB", "delete it to free the space"


def sandbox(backend: str, course_dir: Path) -> tuple[list[Finding], bool]:
    """Run the self-test of denials: (findings, whether nothing that was tried went through)."""
    from course_lib.errors import CourseError
    from course_lib.grading.selftest.selftest import run

    found: list[Finding] = []
    sound = True
    try:
        for one in run(backend, course_dir):
            said = one.seen if one.denied is not None else f"no answer: {one.seen}"
            found.append((f"{one.probe.group}: {one.probe.tries}", bool(one.denied), said, TODO))
            sound = sound and bool(one.denied)
    except CourseError as error:
        said = f"{error.expected} expected; {error.received}"
        found.append(("sandbox", False, said, error.action))
        sound = not found[:-1]  # none that starts lets nothing through
    return found, sound


def _print(findings: list[Finding], words: tuple[str, str]) -> None:
    width = max(len(finding[0]) for finding in findings)
    column = max(map(len, words))
    for what, fine, found, todo in findings:
        click.echo(f"{words[0 if fine else 1]:{column}}  {what:{width}}  {found}")
        if not fine:
            click.echo(f"{'':{column}}  {'':{width}}  -> {todo}")


@click.command()
@click.option(
    "--sandbox",
    "backend",
    type=click.Choice(["bubblewrap", "container", "skip"]),
    default="bubblewrap",
    show_default=True,
    help="What is to keep submissions apart; it is tried out.",
)
@click.option(
    "--course-dir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=".",
    help="A course: submissions must not read it.",
)
def command(backend: str, course_dir: Path) -> None:
    """Print what is installed, then what a submission that is graded here could do.

    Exit code 1 where something that every user needs is missing, or where the sandbox lets through
    what it must deny.
    """
    needed = [python(), packages(bootstrap.BOOK), checkpoints(), cache()]
    browser = next(filter(shutil.which, ("chromium", "google-chrome", "chrome")), "chromium")
    optional = [
        packages(bootstrap.TESTS),
        program(browser, "testing the book in a browser", "chromium"),
        program("bwrap", "sandboxed grading", "bubblewrap"),
        *models(),
    ]
    _print(needed + optional, ("ok", "MISSING"))
    sound = True
    if backend != "skip" and (backend != "bubblewrap" or shutil.which("bwrap")):
        click.echo(f"\nWhat a submission tried in the sandbox ({backend}):")
        tried, sound = sandbox(backend, course_dir.resolve())
        _print(tried, ("denied", "NOT DENIED" if not sound else "MISSING"))
    if not sound or not all(fine for _, fine, _, _ in needed):
        sys.exit(1)
