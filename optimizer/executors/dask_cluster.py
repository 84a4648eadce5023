"""A Dask cluster as the executor of a plan; the one file that knows ``distributed``.

The cluster keeps the queue, chooses workers and begins the task of a worker that died anew. Added
here is what a plan needs besides: every worker has our release, errors have codes, a scheduler that
is lost ends the plan instead of hanging it, and a halt reaches the workers.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from optimizer.domain.errors import ExecutorUnavailable
from optimizer.domain.limit import Halt
from optimizer.executors.cluster_halt import ClusterHalt, call_off, forget
from optimizer.release import planning_release

if TYPE_CHECKING:
    from distributed import Client

P = ParamSpec("P")
T = TypeVar("T")

NOT_INSTALLED, UNREACHABLE, OTHER_RELEASE = "CG-3002", "CG-3003", "CG-3004"
CONNECT_S = 10.0
"""How long a scheduler may take to answer, and then the first worker to be there."""

LOOK_S = 0.1
"""How often it is asked whether the plan was called off."""

TELL_EVERY_S = 1.0
"""How often workers are told of it: some may have joined since."""

COUNT_EVERY_S = 1.0
"""How often it is looked whether any worker is left."""

DESERTED_S = 30.0
"""How long a plan waits while no worker is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster that is connected.

    Parameters
    ----------
    threads
        Tasks that it does at a time.
    halt
        What the limit of a plan must bear, so that its tasks hear that it was called off.
    """

    executor: Executor
    threads: int
    halt: Halt


@contextmanager
def dask_cluster(address: str, *, asker: Halt | None = None) -> Iterator[Cluster]:
    """Connect to a scheduler for one plan.

    Parameters
    ----------
    address
        Of the scheduler, as Dask writes it: ``tcp://HOST:PORT``.
    asker
        Who may call the plan off. It is called off as well where the context is left by an error.

    Raises
    ------
    ExecutorUnavailable
        ``distributed`` is not installed (CG-3002), the scheduler does not answer, has no worker or
        is lost (CG-3003), or a worker has another release (CG-3004).
    """
    client = _connected(address)
    try:
        threads = _checked(client, address)
        halt = ClusterHalt(uuid4().hex, asker)
        executor = _ClusterExecutor(client, address)
        watcher = _Watcher(client, halt, executor)
        try:
            yield Cluster(executor=executor, threads=threads, halt=halt)
        except BaseException:
            halt.end()
            executor.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            watcher.stop()
    finally:
        client.close(timeout=CONNECT_S)


def _connected(address: str) -> Client:
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        cause = f"{address} is a Dask cluster, and the package 'distributed' is not installed"
        raise ExecutorUnavailable(NOT_INSTALLED, cause) from error
    _knock(address)
    # What it would say to the error stream comes back as errors with codes.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        return Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _unreachable(address, "it does not answer") from error


def _knock(address: str) -> None:
    """Refuse at once where nobody listens: Dask would try again for as long as it may."""
    place = urlsplit(address)
    try:
        if place.scheme not in {"tcp", "tls"} or not place.hostname or not place.port:
            raise _unreachable(address, "that is no address like tcp://HOST:PORT")
        socket.create_connection((place.hostname, place.port), timeout=CONNECT_S).close()
    except ValueError as error:
        raise _unreachable(address, f"that is no address like tcp://HOST:PORT: {error}") from error
    except OSError as error:
        raise _unreachable(address, f"it does not answer: {error.strerror or error}") from error


def _checked(client: Client, address: str) -> int:
    """Make sure that there are workers and that they have our release; count their threads."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
        releases = client.run(planning_release, on_error="return")
        threads: int = sum(client.nthreads().values())
    except TimeoutError as error:
        raise _unreachable(address, "it has no worker") from error
    except OSError as error:
        raise _unreachable(address, "it was lost") from error
    ours = planning_release()
    for worker, theirs in releases.items():
        if theirs != ours:
            raise ExecutorUnavailable(OTHER_RELEASE, _difference(worker, theirs, ours))
    return threads


def _difference(worker: str, theirs: object, ours: dict[str, str]) -> str:
    if not isinstance(theirs, dict):
        return f"worker {worker} cannot say what it has: {theirs}"
    parts = [
        f"{name} {theirs.get(name) or 'unknown'} instead of {release or 'unknown'}"
        for name, release in ours.items()
        if theirs.get(name) != release
    ]
    return f"worker {worker} has {', '.join(parts)}"


def _unreachable(address: str, why: str) -> ExecutorUnavailable:
    return ExecutorUnavailable(UNREACHABLE, f"scheduler {address}: {why}")


class _ClusterExecutor(Executor):
    """Dask's own executor, whose futures fail with codes and never wait for ever."""

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self._address = address
        # Not pure: the same task asked twice is two tasks, as with processes.
        self._tasks: Executor = client.get_executor(pure=False)
        self._lock = Lock()
        self._open: dict[Future[Any], Future[Any]] = {}

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Send a task to the cluster."""
        if self._client.status != "running":
            raise self._lost()
        # As one object: Dask would look for tasks in the arguments, and take options of its own.
        theirs: Future[T] = self._tasks.submit(partial(fn, *args, **kwargs))
        ours: Future[T] = Future()
        with self._lock:
            self._open[ours] = theirs
        ours.add_done_callback(self._settled)
        theirs.add_done_callback(partial(self._pass_on, ours))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; see ``concurrent.futures.Executor``."""
        if cancel_futures:
            with self._lock:
                waiting = list(self._open)
            for future in waiting:
                future.cancel()
        if self._client.status == "running":
            self._tasks.shutdown(wait=wait)

    def fail(self, why: str) -> None:
        """Fail every task that is not done."""
        with self._lock:
            waiting = list(self._open)
        for future in waiting:
            _fail(future, _unreachable(self._address, why))

    def _settled(self, ours: Future[Any]) -> None:
        with self._lock:
            theirs = self._open.pop(ours)
        if ours.cancelled():
            theirs.cancel()

    def _pass_on(self, ours: Future[Any], theirs: Future[Any]) -> None:
        """Give our future what theirs has come to; runs in a thread of Dask's."""
        try:
            answer = theirs.result()
        except CancelledError:
            if not ours.cancelled():
                # We did not cancel it: Dask does, where its scheduler is gone.
                _fail(ours, self._lost())
        except BaseException as error:  # noqa: BLE001 - whoever waits for the task raises it
            _fail(ours, self._worded(error))
        else:
            # A plan that was given up before this answer came stays given up.
            with suppress(InvalidStateError):
                if ours.set_running_or_notify_cancel():
                    ours.set_result(answer)

    def _worded(self, error: BaseException) -> BaseException:
        from distributed import KilledWorker  # noqa: PLC0415 - see _connected

        if isinstance(error, KilledWorker):
            why = "workers died again and again under one task; they may have too little memory"
            return _unreachable(self._address, why)
        return error

    def _lost(self) -> ExecutorUnavailable:
        return _unreachable(self._address, "it was lost while it planned")


def _fail(future: Future[Any], error: BaseException) -> None:
    # Dask may settle the future in the same moment; then that stands.
    with suppress(InvalidStateError):
        if future.set_running_or_notify_cancel():
            future.set_exception(error)


class _Watcher:
    """Tells workers that their plan was called off, and looks whether any are left."""

    def __init__(self, client: Client, halt: ClusterHalt, executor: _ClusterExecutor) -> None:
        self._client = client
        self._halt = halt
        self._executor = executor
        self._done = Event()
        self._thread = Thread(target=self._watch, name="cluster watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; workers forget the plan."""
        self._done.set()
        self._thread.join()
        self._tell(call_off if self._halt.asked() else forget)

    def _watch(self) -> None:
        next_look, next_word, peopled = 0.0, 0.0, monotonic()
        while not self._done.wait(LOOK_S):
            now = monotonic()
            if self._client.status != "running":
                self._executor.fail("it was lost while it planned")
                return
            if self._halt.asked() and now >= next_word:
                self._tell(call_off)
                next_word = now + TELL_EVERY_S
            if now >= next_look:
                peopled = now if self._is_peopled() else peopled
                next_look = now + COUNT_EVERY_S
            if now - peopled > DESERTED_S:
                self._executor.fail(f"it has had no worker for {DESERTED_S:g} s")
                return

    def _is_peopled(self) -> bool:
        try:
            return bool(self._client.nthreads())
        except OSError:
            # The scheduler went in this moment: the next look finds out about it.
            return False

    def _tell(self, what: Callable[[str], None]) -> None:
        # A worker or scheduler that is gone needs no word; the next look finds out about it.
        with suppress(OSError):
            if self._client.status == "running":
                self._client.run(what, self._halt.name, on_error="ignore")
