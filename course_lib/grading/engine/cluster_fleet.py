"""The workers of a Dask cluster: which are there, and which can grade this class."""

import asyncio
import logging
import re
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.grading.engine import cluster_worker
from course_lib.grading.intake.work import Bundle

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0  # a scheduler that takes longer to name its workers counts as gone
JOIN_SECONDS = 60.0  # how long to wait for the first worker
GOES_ON = "what is graded is kept; when the cluster is back the same command goes on"

TO_INSTALL = "install there what is installed here (course-lib[grading,cluster]) and bubblewrap"


class ClusterError(CourseError):
    """A Dask cluster that cannot be reached, or has no worker that can grade."""


def connect(address: str) -> "Client":
    """Return a client of the scheduler at `address`; TLS is as Dask's own configuration says.

    Raises: ClusterError, within seconds.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "Dask, which --cluster speaks to",
            "it is not installed",
            "pip install dask[distributed]",
        ) from None
    try:
        # in a thread: a notebook's own loop may be running here
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(_probe(address))).result()
        # what it would print is said by our own errors
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        logging.getLogger("asyncio").addFilter(_not_a_lost_result)
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except Exception as error:  # what answers may speak anything
        cause = error.__cause__ or error
        what = (str(cause).strip().splitlines() or ["no answer as a scheduler gives one"])[0]
        raise ClusterError(
            "a Dask scheduler, as tcp://HOST:PORT",
            f"{address}: {what}"[:300],
            "check the address and that the scheduler runs; for tls:// set Dask's certificates",
        ) from None


def _not_a_lost_result(record: logging.LogRecord) -> bool:
    """Leave out a trace that Dask's client leaves where a worker died with a result."""
    error = record.exc_info[1] if record.exc_info else None
    return type(error).__name__ != "AllExit"


async def _probe(address: str) -> None:
    """Shake hands with a scheduler; a client of Dask's would wait for ever for a silent one."""
    from distributed.comm.core import connect as open_comm
    from distributed.security import Security

    arguments = Security().get_connection_args("client")
    comm = await asyncio.wait_for(
        open_comm(address, timeout=CONNECT_SECONDS, **arguments), 1.2 * CONNECT_SECONDS
    )
    comm.abort()


class Fleet:
    """The workers that were set up; `threads` has those that can grade, by address."""

    def __init__(self, client: "Client", address: str, modules: list[str], sandbox: str) -> None:
        self.client, self.address = client, address
        self.kind: cluster_worker.Kind = (tuple(modules), sandbox)
        self.threads: dict[str, int] = {}
        self.unfit: dict[str, str] = {}  # the others, and why
        self.key, self._bundle = "", b""
        self._welcomed: set[str] = set()
        self._lock = threading.Lock()

    def hand_out(self, bundle: Bundle) -> None:
        """Send the bundle to every worker, once; later ones get it when they join.

        Raises: ClusterError where no worker can grade.
        """
        old, self.key, self._bundle = self.key, f"course-{uuid.uuid4().hex}", bundle.to_bytes()
        self.threads.clear()
        self._welcomed.clear()
        self._check_scheduler()
        present = self._first()
        self._welcomed |= present.keys()
        self.welcome(present)
        self._forget(old)
        if not self.threads:
            why = "; ".join(f"{where}: {what}" for where, what in self.unfit.items())
            raise ClusterError(
                "a Dask worker that can grade",
                f"none of {len(self.unfit)} can: {why}"[:2_000],
                TO_INSTALL,
            )

    def present(self) -> dict[str, int]:
        """Return the addresses of all workers, with their threads.

        Raises: ClusterError.
        """
        try:
            client: Any = self.client
            found = client.sync(client.scheduler.ncores, callback_timeout=ANSWER_SECONDS)
        except Exception as error:
            raise self.lost(f"{type(error).__name__}: {error}") from None
        return dict(found)

    def look(self) -> tuple[dict[str, int], set[str]]:
        """Return the workers that came since the last look, and the addresses of all.

        Raises: ClusterError.
        """
        present = self.present()
        with self._lock:
            came = {where: n for where, n in present.items() if where not in self._welcomed}
            self._welcomed = set(present)
        return came, set(present)

    def meet_again(self, where: str) -> None:
        """Take a worker for a new one at the next look: it does not have the bundle any more."""
        self.threads.pop(where, None)
        with self._lock:
            self._welcomed.discard(where)

    def dismiss(self, where: str, why: str) -> None:
        """Give a worker nothing more."""
        self.threads.pop(where, None)
        self.unfit[where] = why

    def welcome(self, workers: dict[str, int]) -> dict[str, int]:
        """Check workers and give them the bundle; return those that can grade."""
        here = cluster_worker.environment()
        found = self._ask(list(workers), cluster_worker.environment)
        same = []
        for where, there in found.items():
            if isinstance(there, BaseException):
                self.unfit[where] = _lacking(there)
            elif there != here:
                self.unfit[where] = ", ".join(
                    f"{name} is {there.get(name)}, here it is {value}"
                    for name, value in here.items()
                    if there.get(name) != value
                )
            else:
                same.append(where)
        fit = {}
        for threads in {workers[where] for where in same}:
            some = [where for where in same if workers[where] == threads]
            said = self._ask(
                some, cluster_worker.set_up, self.key, self.kind, self._bundle, threads
            )
            for where, what in said.items():
                if what:
                    self.unfit[where] = str(what)
                else:
                    fit[where] = threads
                    self.unfit.pop(where, None)
        self.threads |= fit
        return fit

    def lost(self, what: str) -> ClusterError:
        """Return the error for a cluster that went away."""
        return ClusterError(f"the cluster at {self.address} to go on", what[:300], GOES_ON)

    def close(self) -> None:
        """Have the workers drop the bundle; a cluster that is gone has dropped it."""
        self._forget(self.key)
        self.client.close(timeout=CONNECT_SECONDS)

    def _check_scheduler(self) -> None:
        """Raise ClusterError where the scheduler cannot read tasks: it unpickles them too."""
        try:
            self.client.run_on_scheduler(cluster_worker.environment)
        except Exception as error:
            raise ClusterError(
                "a scheduler with the packages of its workers",
                f"{self.address}: {_lacking(error)}",
                TO_INSTALL,
            ) from None

    def _forget(self, key: str) -> None:
        if key and self.client.status == "running":
            self._ask(list(self.threads), cluster_worker.forget, key)

    def _first(self) -> dict[str, int]:
        end = time.monotonic() + JOIN_SECONDS
        while not (present := self.present()):
            if time.monotonic() > end:
                raise ClusterError(
                    "a Dask cluster with workers",
                    f"{self.address} had none for {JOIN_SECONDS:g} s",
                    "start workers (with adapt(), a minimum of 1), then the same command again",
                )
            time.sleep(0.2)
        return present

    def _ask(self, workers: list[str], function: Any, *args: Any) -> dict[str, Any]:
        """Run a function on workers, beside their tasks; an exception stands for its answer."""
        if not workers:
            return {}
        try:
            said: Any = self.client.run(function, *args, workers=workers, on_error="return")
        except Exception as error:
            return dict.fromkeys(workers, error)
        return said or {}


def _lacking(error: BaseException) -> str:
    if missing := re.search(r"No module named '(\w+)", str(error)):
        return f"the package {missing[1]} is not installed there"
    return f"{type(error).__name__}: {error}"[:300]
