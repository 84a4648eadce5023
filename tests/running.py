"""``coldgrid serve`` as a process of its own, as an operator runs it."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Timer
from uuid import uuid4

from tests.features.command_line import SCRIPT

LONGEST_S = 60
MOST_QUOTED = 5000
POLL_S = 0.05
MARK = "TESTED_RUN"
"""A variable that every process of a run inherits, so that what is left of it can be found."""

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""What services here are asked with: they speak plain HTTP, and to read all the certificates of the
system for one question costs more than the question."""

ADDRESS = re.compile(r"serves (http://[^\s;]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A service that answers.

    Parameters
    ----------
    address
        Where, as ``http://127.0.0.1:PORT``.
    said
        All that it had printed when it began to answer.
    log
        The file that holds its error stream.
    mark
        What its processes are found by.
    """

    mark: str
    process: subprocess.Popen[str]
    address: str
    said: str
    log: Path

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal to the service alone and give its exit status."""
        self.process.send_signal(number)
        return self.process.wait(LONGEST_S)


def new_mark() -> str:
    """Give a mark for the processes of one run."""
    return f"run-{uuid4().hex}"


def start(*words: object, folder: Path, mark: str, **variables: str) -> Running:
    """Start a command that serves, and wait until it says that it does."""
    log = folder / "serve.log"
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [SCRIPT, *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
            env=_environment() | variables | {MARK: mark},
            start_new_session=True,
        )
    said = _greeting(process, log)
    address = ADDRESS.search(said)
    assert address is not None
    return Running(mark=mark, process=process, address=address[1], said=said, log=log)


@contextmanager
def running(*words: object, folder: Path, **variables: str) -> Iterator[Running]:
    """Run a service for as long as a test needs it, whatever becomes of the test."""
    mark = new_mark()
    service = start(*words, folder=folder, mark=mark, **variables)
    try:
        yield service
    finally:
        kill_all(mark)
        service.process.wait(LONGEST_S)
        assert service.process.stdout is not None
        service.process.stdout.close()


def left_of(mark: str) -> list[int]:
    """Give the processes of a run that are there."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            # It has ended meanwhile, or is somebody else's.
            continue
    return found


def kill_all(mark: str) -> None:
    """End what is left of a run at once."""
    for number in left_of(mark):
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            continue


def all_gone(mark: str) -> bool:
    """Wait, with a bound, until nothing is left of a run."""
    pause = Event()
    for _ in range(round(LONGEST_S / POLL_S)):
        if not left_of(mark):
            return True
        pause.wait(POLL_S)
    return False


def _greeting(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    said = ""
    while not ADDRESS.search(said):
        line = _line_of(process)
        if not line:
            process.wait(LONGEST_S)
            process.stdout.close()
            raise AssertionError(f"no service: {said}\n{log.read_text()[-MOST_QUOTED:]}")
        said += line
    return said


def _line_of(process: subprocess.Popen[str]) -> str:
    """Read a line; who says nothing for too long is killed, which ends the output."""
    # Not by select: a line that came with another is in the reader's buffer already.
    assert process.stdout is not None
    patience = Timer(LONGEST_S, process.kill)
    patience.start()
    try:
        return process.stdout.readline()
    finally:
        patience.cancel()


def _environment() -> dict[str, str]:
    """Take away settings that the caller's shell may have."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COLDGRID_")}
