"""A program that listens, as a child that ends with us."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from telemetry.errors import BrokerUnavailable

LONGEST_S = 20.0
POLL_S = 0.02
MOST_QUOTED = 2000

# A shell that reads our pipe: it closes when we are gone, however that happened, and then the
# program is told to end. When the program ends first, so does the shell.
UNTIL_PIPE_CLOSES = (
    'exec 3<&0; "$@" 3<&- </dev/null >&2 & program=$!; echo "$program"; '
    '{ read -r _ <&3; kill -TERM "$program"; } 2>/dev/null & watch=$!; '
    'wait "$program"; code=$?; kill "$watch" 2>/dev/null; exit "$code"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildProcess:
    """A running program and the shell that ends it with us.

    Parameters
    ----------
    pid
        The program's own process.
    log
        What it says.
    """

    shell: subprocess.Popen[bytes]
    pid: int
    log: Path

    @classmethod
    def start(cls, words: Sequence[str], folder: Path, *, log: str) -> ChildProcess:
        """Start a program in a folder, and keep what it says in a file of that name there."""
        says = folder / log
        with says.open("ab") as said:
            shell = subprocess.Popen(
                ["sh", "-c", UNTIL_PIPE_CLOSES, "sh", *words],
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                # Ctrl-C is for us; we then end it in order.
                start_new_session=True,
            )
        assert shell.stdout is not None
        return cls(shell=shell, pid=int(shell.stdout.readline()), log=says)

    def wait_until_listening(self, host: str, port: int) -> None:
        """Wait until it takes connections.

        Raises
        ------
        BrokerUnavailable
            It ended, or takes too long.
        """
        pause = Event()
        for _ in range(round(LONGEST_S / POLL_S)):
            if self.shell.poll() is not None:
                break
            try:
                socket.create_connection((host, port), timeout=1).close()
            except OSError:
                pause.wait(POLL_S)
            else:
                return
        self.stop()
        said = self.log.read_text("utf-8", "replace")[-MOST_QUOTED:].strip()
        raise BrokerUnavailable("CG-8304", f"it does not start on {host}:{port}: {said}")

    def stop(self) -> None:
        """Tell it to end, and wait until it has; does nothing the second time."""
        # A line, besides the end of the pipe: a forked child of ours may hold the other end.
        assert self.shell.stdin is not None
        if not self.shell.stdin.closed:
            self.shell.communicate(b"\n", timeout=LONGEST_S)
