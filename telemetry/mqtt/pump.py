"""Drives paho on the caller's own thread: one wait on the socket, then reading and writing.

paho's own thread costs a switch and a lock per message. Here whoever reads also stores and
acknowledges, so nothing waits for anybody.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable

from paho.mqtt.client import Client

from telemetry.mqtt.lean_client import LeanClient

MISC_S = 1.0
"""How often paho looks whether the other side is still there."""

LONGEST_S = 1.0
SHORT_S = 0.05


class Pump:
    """Reads and writes for one client; all but ``wake`` belongs to one thread.

    Parameters
    ----------
    clock
        Seconds that never go back.
    """

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._misc_at = clock()
        self._bell, self._button = socket.socketpair()
        self._bell.setblocking(False)
        self._button.setblocking(False)
        # With this set, paho queues what it has to send, and a batch of acknowledgements goes out
        # together.
        client.on_socket_register_write = _nothing_yet

    def wake(self) -> None:
        """End the wait of the other thread at once; may be called from anywhere, signals too."""
        try:
            self._button.send(b"\0")
        except OSError:
            # Its buffer is full, so it has been pressed; or the pump is closed.
            return

    def wait(self, timeout_s: float, *, reading: bool = True) -> bool:
        """Wait until there is something to read, somebody wakes us, or time is up.

        Parameters
        ----------
        timeout_s
            The longest wait; never more than a second.
        reading
            Whether what comes in ends the wait.

        Returns
        -------
        Whether the socket has something: bytes, room for ours, or its end.
        """
        self._write()
        connection = self._client.socket()
        poll = select.poll()
        poll.register(self._bell, select.POLLIN)
        if connection is not None:
            wanted = select.POLLIN if reading else 0
            wanted |= select.POLLOUT if self._client.want_write() else 0
            poll.register(connection, wanted)
        buffered = reading and self._has_buffered(connection)
        longest_s = 0.0 if buffered else min(max(timeout_s, 0.0), LONGEST_S)
        # A connection that breaks is reported whatever was asked for.
        ready = {number for number, _ in poll.poll(1000 * longest_s)}
        if self._bell.fileno() in ready:
            self._bell.recv(4096)
        self._look_after()
        return buffered or (connection is not None and connection.fileno() in ready)

    def read(self) -> None:
        """Take one packet, if one is there."""
        self._client.loop_read()

    def flush(self) -> None:
        """Send what can be sent at once."""
        self._write()

    def hang_up(self) -> None:
        """Say farewell where somebody listens, and close the connection."""
        if self._client.is_connected():
            self._client.disconnect()
            self._write()
            ends_at = self._clock() + LONGEST_S
            while self._client.socket() is not None and self._clock() < ends_at:
                self.wait(SHORT_S, reading=False)
        connection = self._client.socket()
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Let go of everything."""
        self.hang_up()
        self._bell.close()
        self._button.close()

    def _has_buffered(self, connection: object) -> bool:
        """Say whether bytes wait that the system does not know of."""
        if isinstance(self._client, LeanClient) and self._client.has_unread:
            return True
        return isinstance(connection, ssl.SSLSocket) and connection.pending() > 0

    def _write(self) -> None:
        if self._client.want_write():
            self._client.loop_write()

    def _look_after(self) -> None:
        now = self._clock()
        if now >= self._misc_at:
            self._misc_at = now + MISC_S
            self._client.loop_misc()


def _nothing_yet(*_: object) -> None:
    """Leave it to the next wait."""
