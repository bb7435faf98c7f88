"""A real Dask scheduler and workers on this machine, each a process that a test may kill."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

HOW = "Dask is not installed; to run these tests: pip install -e '.[cluster]'"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """One scheduler, and the workers that were started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen] = []
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("no scheduler within 30 s")

    def worker(self, preload: str = "") -> subprocess.Popen:
        """Start a worker with one thread; `preload` is Python that it runs before anything else."""
        extra = []
        if preload:
            extra = ["--preload", str(self.folder / f"preload_{len(self.processes)}.py")]
            Path(extra[1]).write_text(preload)
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny", *extra)

    def _start(self, kind: str, *args: str) -> subprocess.Popen:
        log = self.folder / f"{kind}_{len(self.processes)}.log"
        with log.open("wb") as out:
            made = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + kind, *args, "--no-dashboard"],
                cwd=self.folder, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                env=dict(os.environ, OMP_NUM_THREADS="1"),
            )  # fmt: skip
        self.processes.append(made)
        return made


@contextmanager
def dask_cluster(folder: Path):
    """Start a scheduler; end it and whatever was started for it."""
    cluster = Cluster(folder)
    try:
        yield cluster
    finally:
        for process in reversed(cluster.processes):
            process.kill()
            process.wait()
