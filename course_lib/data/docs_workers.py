"""The processes that read docstrings for docs.py, so that nothing foreign runs in the reader's."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

OUR_ROOT = str(Path(__file__).resolve().parents[2])
MAX_WORKERS = 4

# -I: no PYTHONPATH, no user site, no script folder in front; our own package is found by its place
LAUNCH = "import sys; sys.path.append({root!r}); from course_lib.data.{module} import main; main()"


def _start(module: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-I", "-X", "utf8", "-c"]
    return subprocess.Popen(
        [*command, LAUNCH.format(root=OUR_ROOT, module=module)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"},
    )


def read_sources(
    jobs: list[tuple[str, str, str]], *, progress: bool = True
) -> list[tuple[str, str, str, list[str]]]:
    """Read the docstrings of source files in a few processes.

    jobs: (package, its root folder, source file).

    Returns: (package, object, kind, paragraphs), in no order that could be relied on.

    Raises: RuntimeError when a process dies.
    """
    from tqdm import tqdm

    n_workers = max(1, min(MAX_WORKERS, os.cpu_count() or 1, len(jobs)))
    # the largest files first, dealt out in turn: the processes end at about the same time
    by_size = sorted(enumerate(jobs), key=lambda job: (-Path(job[1][2]).stat().st_size, job[0]))
    rows: list[tuple[str, str, str, list[str]]] = []
    workers = [_start("docs_extract") for _ in range(n_workers)]
    with tqdm(total=len(jobs), desc="docs corpus", unit="file", disable=not progress) as bar:

        def gather(worker: "subprocess.Popen[str]", share: list) -> None:
            assert worker.stdin is not None
            assert worker.stdout is not None
            json.dump(share, worker.stdin)
            worker.stdin.close()
            for line in worker.stdout:
                _, package, documented = json.loads(line)
                rows.extend((package, *found) for found in documented)
                bar.update()

        threads = [
            threading.Thread(target=gather, args=(worker, by_size[rank::n_workers]), daemon=True)
            for rank, worker in enumerate(workers)
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            codes = [worker.wait() for worker in workers]
        finally:
            for worker in workers:
                worker.kill()
    if any(codes):
        raise RuntimeError(f"reading docstrings failed, exit codes {codes}; start it again")
    return rows


def read_compiled() -> list[tuple[str, str, str, list[str]]]:
    """Read the docstrings of compiled modules in one process; name those that do not import."""
    worker = _start("docs_compiled")
    output, _ = worker.communicate()
    rows = []
    for line in output.splitlines():
        package, documented, trouble = json.loads(line)
        if trouble:
            print(f"docs corpus: left out, it does not import: {trouble}", file=sys.stderr)
        rows.extend((package, *found) for found in documented)
    return rows
