"""Publishes readings at a steady rate, as a process of its own.

It speaks MQTT 3.1.1 by itself, a few bytes of it, and sends what is due in one piece: the
processors are for those who are measured. At the end a line of JSON says how it went.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import struct
import sys
from collections.abc import Sequence
from random import Random
from time import monotonic, process_time

from tests.benchmarks.ingest_child import now_ms, topic_of

STEP_S = 0.005
LONGEST_S = 60.0
MOST_IN_FLIGHT = 4000
CONNECT = b"\x00\x04MQTT\x04\x02\x00\x00"
"""Name and level of the protocol, a fresh session, no keep-alive."""

PUBLISH_QOS_1 = 0x32
ACKNOWLEDGEMENT = 4
"""Bytes of one."""

VALUES = 997
LARGEST_ID = 65_535


class RawPublisher:
    """One connection that publishes at QoS 1 and counts acknowledgements."""

    def __init__(self, port: int, client_id: str = "fleet") -> None:
        self.sent = 0
        self._bytes_back = 0
        self._socket = socket.create_connection(("127.0.0.1", port))
        name = client_id.encode()
        body = CONNECT + struct.pack("!H", len(name)) + name
        self._socket.sendall(bytes([0x10, len(body)]) + body)
        answer = self._socket.recv(4)
        assert answer == b"\x20\x02\x00\x00", answer

    @property
    def confirmed(self) -> int:
        """Say how many messages the broker has."""
        return self._bytes_back // ACKNOWLEDGEMENT

    def publish(self, messages: Sequence[tuple[bytes, bytes]]) -> None:
        """Send messages, topic and payload, in one piece."""
        out = bytearray()
        for topic, payload in messages:
            number = self.sent % LARGEST_ID + 1
            self.sent += 1
            rest = struct.pack("!H", len(topic)) + topic + struct.pack("!H", number) + payload
            length = len(rest)
            size = b""
            # Seven bits a byte, the lowest first.
            while length >= 128:
                size, length = size + bytes([length & 127 | 128]), length >> 7
            size += bytes([length])
            out += bytes([PUBLISH_QOS_1]) + size + rest
        self._socket.sendall(out)
        while self.sent - self.confirmed > MOST_IN_FLIGHT:
            self.listen(LONGEST_S)

    def listen(self, timeout_s: float) -> None:
        """Take acknowledgements, for some time at most."""
        ready, _, _ = select.select([self._socket], [], [], timeout_s)
        if ready:
            back = self._socket.recv(65_536)
            assert back, "the broker has gone"
            self._bytes_back += len(back)

    def finish(self) -> None:
        """Wait for all acknowledgements, and leave."""
        ends_at = monotonic() + LONGEST_S
        while self.confirmed < self.sent and monotonic() < ends_at:
            self.listen(1.0)
        self._socket.sendall(b"\xe0\x00")
        self._socket.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Publish for some time."""
    parser = argparse.ArgumentParser(prog="ingest_publisher", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--sensors", type=int, required=True)
    asked = parser.parse_args(arguments)
    chance = Random(1)
    values = [f'{{"temperature": {chance.gauss(2.5, 0.3):.2f}, "ts": ' for _ in range(VALUES)]
    topics = [topic_of(number).encode() for number in range(asked.sensors)]
    publisher = RawPublisher(asked.port)
    begun, most = monotonic(), round(asked.seconds * asked.rate)
    while publisher.sent < most:
        at = f"{now_ms()}}}"
        due = min(round((monotonic() - begun) * asked.rate), most)
        publisher.publish(
            [
                (topics[number % asked.sensors], (values[number % VALUES] + at).encode())
                for number in range(publisher.sent, due)
            ]
        )
        publisher.listen(STEP_S)
    took_s = monotonic() - begun
    publisher.finish()
    figures = {
        "sent": publisher.sent,
        "confirmed": publisher.confirmed,
        "rate": round(publisher.sent / took_s),
        "cpu_us_per_message": round(1e6 * process_time() / publisher.sent, 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
