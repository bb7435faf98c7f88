"""The first code cell of an exercise: find course_lib, install it, or say how to get it."""

from pathlib import Path

import yaml

from course_lib.errors import CourseError

MARKER = "# COURSE-SETUP"

WITH_ADDRESS = """\
# Run this cell first: it finds the course's library, and installs it where it is missing.
try:
    import course_lib
except ModuleNotFoundError:
    %pip install --quiet "course-lib @ git+{url}"
    import course_lib"""

WITHOUT_ADDRESS = """\
# Run this cell first: it finds the course's library.
try:
    import course_lib
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This notebook needs the course's library, course_lib, and this kernel has none. "
        "Run `make book` once in your copy of the course and choose the kernel of its .venv "
        "folder; or run `%pip install PATH` in a new cell, where PATH is the folder of your "
        "copy, and restart the kernel."
    ) from None"""


def repository_url(config_file: Path) -> str:
    """Return the address in `_config.yml` (repository: url:), or an empty string.

    Raises: CourseError when the file is no YAML mapping.
    """
    if not config_file.is_file():
        return ""
    try:
        config = yaml.safe_load(config_file.read_text(encoding="utf-8")) or {}
        url = (config.get("repository") or {}).get("url") or ""
    except (yaml.YAMLError, AttributeError) as error:
        raise CourseError(
            f"a YAML mapping in {config_file}", str(error).splitlines()[0], "mend the file"
        ) from None
    return str(url).strip().rstrip("/")


def setup_code(url: str) -> str:
    """Return the body of the set-up cell for a repository address, which may be empty."""
    return WITH_ADDRESS.format(url=url) if url else WITHOUT_ADDRESS
