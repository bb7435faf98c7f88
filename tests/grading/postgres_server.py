"""A real PostgreSQL server for tests, in a folder of its own, gone when they are over."""

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

HOW = "no PostgreSQL server here; to run this test: apt-get install postgresql"
USER, PASSWORD = "grader", "sesame"


def programs() -> Path | None:
    """Return the folder of initdb and pg_ctl; Debian keeps it off the PATH."""
    found = shutil.which("initdb")
    if found and Path(found).with_name("pg_ctl").exists():
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One cluster on a loopback port; passwords are asked for."""

    def __init__(self, folder: Path, where: Path, user: str | None) -> None:
        self.folder, self.where, self.port = folder, where, _port()
        self.as_user = {"user": user, "group": user, "extra_groups": []} if user else {}
        secret = folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._run(
            "initdb",
            "-D",
            "data",
            "-E",
            "UTF8",
            "-A",
            "scram-sha-256",
            "-U",
            USER,
            "--pwfile=password",
        )
        self.start()

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses=127.0.0.1 -p {self.port} -c fsync=off"
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")

    def url(self, name: str, password: str = PASSWORD) -> str:
        return f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template1") -> str:
        """Make a database, empty or as a copy of another one, and return its URL."""
        import psycopg

        address = f"host=127.0.0.1 port={self.port} user={USER} password={PASSWORD} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def _run(self, program: str, *args: str) -> None:
        subprocess.run(
            [self.where / program, *args], cwd=self.folder, check=True, timeout=120,
            stdout=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            **self.as_user,
        )  # fmt: skip


@contextmanager
def running():
    """Start a server and stop it; initdb refuses to run as root, so root lends it to postgres."""
    where = programs()
    assert where is not None, HOW
    user = None
    if os.geteuid() == 0:
        user = "postgres"
    folder = Path(tempfile.mkdtemp(prefix="course_pg_"))
    if user:
        shutil.chown(folder, user, user)
    server = Server(folder, where, user)
    try:
        yield server
    finally:
        try:
            server.stop()
        except subprocess.CalledProcessError:
            pass  # a test stopped it
        shutil.rmtree(folder, ignore_errors=True)
