"""Starts a broker for the demonstration and for tests: mosquitto, or the embedded one.

It listens on this machine alone and ends with the process that started it, however that ends.
A broker in production is a service of its own; ``mosquitto_settings`` says which settings it needs
so that nothing is lost, for its defaults drop what exceeds a short queue.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from telemetry.errors import BrokerUnavailable
from telemetry.mqtt.child_process import ChildProcess
from telemetry.mqtt.embedded import start_embedded
from telemetry.mqtt.mosquitto import MosquittoOptions, mosquitto_words, write_files

HOST = "127.0.0.1"
SBIN = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
"""Where mosquitto is installed, and where the path of a plain user does not lead."""

MOSQUITTO = "mosquitto"
EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBroker:
    """A broker that takes connections; ``stop`` it, or use it in a ``with`` statement.

    Parameters
    ----------
    kind
        ``mosquitto`` or ``embedded``.
    remark
        What people must know about this kind; empty where there is nothing.
    pid
        Its process; None where another library keeps it.
    """

    host: str
    port: int
    kind: str
    end: Callable[[], None]
    remark: str = ""
    pid: int | None = None

    @property
    def address(self) -> str:
        """Name host and port."""
        return f"{self.host}:{self.port}"

    def __enter__(self) -> RunningBroker:
        """Use it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def stop(self) -> None:
        """End it in order: mosquitto writes down what it holds."""
        self.end()


def find_mosquitto() -> Path | None:
    """Give the program; None where it is not installed."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path=SBIN)
    return None if found is None else Path(found)


def start_broker(
    folder: Path, *, port: int = 0, kind: str = "", options: MosquittoOptions | None = None
) -> RunningBroker:
    """Start a broker on this machine and wait until it takes connections.

    Parameters
    ----------
    folder
        Where it keeps what it holds; the same folder goes on where the last one ended.
    port
        0 takes a free one.
    kind
        ``mosquitto`` or ``embedded``; empty takes mosquitto where it is installed.
    options
        Who may enter, and how; only mosquitto has them.

    Raises
    ------
    BrokerUnavailable
        There is none to start, or it does not come up.
    """
    program = find_mosquitto()
    if kind == EMBEDDED or (program is None and not kind):
        if options is not None:
            raise BrokerUnavailable("CG-8304", "accounts and TLS need mosquitto, which is missing")
        remark, end = start_embedded(HOST, port := port or free_port())
        return RunningBroker(host=HOST, port=port, kind=EMBEDDED, remark=remark, end=end)
    if program is None:
        raise BrokerUnavailable("CG-8304", "mosquitto is not installed")
    port = _checked(port) or free_port()
    settings = write_files(folder, HOST, port, options or MosquittoOptions())
    process = ChildProcess.start(mosquitto_words(program, settings), folder, log="broker.log")
    process.wait_until_listening(HOST, port)
    return RunningBroker(host=HOST, port=port, kind=MOSQUITTO, pid=process.pid, end=process.stop)


def _checked(port: int) -> int:
    """Refuse a port that another process listens on: it would answer in the broker's place."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            cause = f"the broker does not start on {HOST}:{port}: {error.strerror}"
            raise BrokerUnavailable("CG-8304", cause) from error
    return port


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
