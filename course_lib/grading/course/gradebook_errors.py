"""What a gradebook's database can refuse, each in three lines that say what to do."""

import errno
from pathlib import Path
from typing import Any

from course_lib.errors import CourseDirectoryError

SQLITE = "sqlite:///"
LOCK_SECONDS = 20  # formgrader and nbgrader hold the gradebook for moments only
CONNECT_SECONDS = 10
AGAIN = "run the same command again: what is graded is kept"

# a piece of the database's message -> (expected, what to do)
KNOWN = (
    (
        ("database is locked", "lock timeout"),
        "a gradebook that nobody else is writing to",
        f"close what holds it (a database browser, another nbgrader), then {AGAIN}",
    ),
    (
        ("disk is full", "no space left", "disk full", "disk i/o error"),
        "room on the disk of the gradebook",
        f"free some space, then {AGAIN}",
    ),
    (
        ("readonly database", "read-only", "unable to open database", "permission denied"),
        "a gradebook that this user may write, in a folder that this user may write",
        f"give this user the right to write there, then {AGAIN}",
    ),
    (
        ("password authentication failed", "no password supplied", "role ", "pg_hba.conf"),
        "a user and a password that the database server accepts",
        "check both in the URL; a password may also stand in PGPASSWORD or in ~/.pgpass",
    ),
    (
        ("unknown database", 'database "'),
        "a database of that name on the server",
        "make it (`createdb NAME`), then run `nbgrader generate_assignment` with the same --db",
    ),
    (
        ("refused", "timeout", "timed out", "resolve", "translate host", "no route to host",
         "server closed", "terminating connection", "connection is closed", "connection is lost",
         "connection failed", "consuming input failed", "is the server running"),
        "a database server that answers",
        f"check host, port and that the server runs, then {AGAIN}",
    ),
)  # fmt: skip


class GradebookError(CourseDirectoryError):
    """A gradebook that cannot be read or written."""


def explain(error: Exception, db_url: str) -> GradebookError:
    """Return the user's error for one of SQLAlchemy's."""
    message = str(getattr(error, "orig", None) or error).strip()
    received = " ".join(message.split())[:200] or type(error).__name__
    where = hidden_password(db_url)
    for pieces, expected, action in KNOWN:
        if any(piece in message.lower() for piece in pieces):
            return GradebookError(f"{expected}: {where}", received, action)
    return GradebookError(
        f"a gradebook of this nbgrader at {where}",
        received,
        "make a copy of it, then run `nbgrader db upgrade` in the course directory",
    )


def explain_os(error: OSError, path: Path) -> CourseDirectoryError | None:
    """Return the user's error for a full disk or a forbidden folder; None for anything else."""
    received = f"{error.strerror} ({error.filename or path})"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CourseDirectoryError(
            f"room on the disk of {path}", received, f"free some space, then {AGAIN}"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CourseDirectoryError(
            f"a folder that this user may write: {path}",
            received,
            f"give this user the right to write there, then {AGAIN}",
        )
    return None


def hidden_password(db_url: str) -> str:
    """Return a URL that can be shown."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(db_url).render_as_string(hide_password=True)
    except ArgumentError:
        return "a URL that cannot be read"


def patient(db_url: str) -> str:
    """Return the URL with limits for waiting: for a lock (SQLite), for a server (PostgreSQL)."""
    from sqlalchemy.engine import make_url

    url = make_url(db_url)
    limits = {
        "sqlite": {"timeout": str(LOCK_SECONDS)},
        "postgresql": {"connect_timeout": str(CONNECT_SECONDS)},
    }
    extra = limits.get(url.get_backend_name(), {})
    wanted = {key: value for key, value in extra.items() if key not in url.query}
    return url.update_query_dict(wanted).render_as_string(hide_password=False)


def require_tables(db_url: str) -> None:
    """Raise GradebookError unless the database answers and holds a gradebook.

    nbgrader would make an empty gradebook instead, and the mistake would show much later.
    """
    from sqlalchemy import create_engine, inspect
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

    try:
        engine: Any = create_engine(patient(db_url))
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise GradebookError(
            "a database URL: sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME",
            f"{hidden_password(db_url)} ({error})",
            "mend --db, or CourseDirectory.db_url in nbgrader_config.py",
        ) from None
    except ImportError as error:
        raise GradebookError(
            f"the driver of {hidden_password(db_url)}",
            str(error),
            "for PostgreSQL: pip install 'course-lib[postgres]'",
        ) from None
    try:
        tables = inspect(engine).get_table_names()
    except SQLAlchemyError as error:
        raise explain(error, db_url) from None
    finally:
        engine.dispose()
    if "assignment" not in tables:
        shown = hidden_password(db_url)
        raise GradebookError(
            f"a gradebook at {shown}",
            "a database without nbgrader's tables",
            f"run `nbgrader generate_assignment NAME --db '{shown}'` in the course directory",
        )
