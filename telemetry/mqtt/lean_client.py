"""paho with a shorter way for the one packet that comes thousands of times a second.

paho reads a packet in three calls to the system and makes three objects of each message; that is
more than all the rest of the ingester's work on it. Here the socket is read in large pieces, and a
message of MQTT 3.1.1 at QoS 1 goes straight to who wants it. Anything else takes paho's own way.

This leans on names of paho that it does not document: mypy and the tests that compare both ways
say so when a later version changes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode

PIECE_BYTES = 65_536
QOS_BITS = 0x06
QOS_1 = 0x02
PUBLISH_QOS_1 = frozenset({0x32, 0x33, 0x3A, 0x3B})
"""First bytes of such a message: fresh or sent again, retained or not."""

PUBACK = 0x40
SHORTEST = 3
MORE = 0x80
"""Set in a byte of a length that another one follows."""

TOGETHER = 50
"""So many messages are taken at most before somebody looks how many wait."""

RETAINED = 0x01
NUMBER_BYTES = 2
"""Length of a length, and of a packet's number."""

Taker = Callable[[str, bytes, bool, int], None]
"""Is given topic, payload, whether it was retained, and the packet's number."""


class LeanClient(Client):
    """A client of MQTT 3.1.1 that receives much.

    Parameters
    ----------
    take
        Is given every message at QoS 1; ``on_message`` gets all others.
    **how
        As paho's client.
    """

    def __init__(self, *, take: Taker, **how: Any) -> None:  # noqa: ANN401
        self._take = take
        self._piece = b""
        self._at = 0
        super().__init__(**how)
        self.on_socket_open = self._begin

    @property
    def has_unread(self) -> bool:
        """Say whether something was read from the socket and not looked at yet."""
        return self._at < len(self._piece)

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Take whole messages that were read, else read a packet as paho does."""
        if self._in_packet["command"] == 0 and self._take_whole():
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        return super().loop_read(max_packets)

    def acknowledge(self, numbers: Iterable[int]) -> None:
        """Queue the acknowledgements of messages as one piece."""
        rows = [bytes((PUBACK, 2, number >> 8, number & 255)) for number in numbers]
        self._packet_queue(PUBACK, b"".join(rows), 0, 1)

    def _take_whole(self) -> bool:
        """Take the messages that lie whole in what was read; say whether there was one."""
        piece, at = self._piece, self._at
        begun = at
        for _ in range(TOGETHER):
            if at + SHORTEST > len(piece) or piece[at] not in PUBLISH_QOS_1:
                break
            size, start = piece[at + 1], at + 2
            if size & MORE:
                if piece[start] & MORE:
                    # Longer than 16 kB: rare, and paho's own way.
                    break
                size, start = size & (MORE - 1) | piece[start] << 7, start + 1
            end = start + size
            if end > len(piece) or not self._take_one(piece[at], piece[start:end]):
                break
            at = end
        self._at = at
        return at > begun

    def _begin(self, *_: object) -> None:
        """Forget what the last connection left."""
        self._piece, self._at = b"", 0

    def _sock_recv(self, bufsize: int) -> bytes:
        at, piece = self._at, self._piece
        if at >= len(piece):
            piece = self._piece = super()._sock_recv(PIECE_BYTES)
            at = 0
        self._at = at + bufsize
        return piece[at : at + bufsize]

    def _handle_publish(self) -> MQTTErrorCode:
        head = self._in_packet["command"]
        if head & QOS_BITS == QOS_1 and self._take_one(head, bytes(self._in_packet["packet"])):
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        return super()._handle_publish()

    def _take_one(self, head: int, packet: bytes) -> bool:
        """Hand a message over; say whether it is as it should be."""
        end = NUMBER_BYTES + int.from_bytes(packet[:NUMBER_BYTES], "big")
        if not NUMBER_BYTES < end <= len(packet) - NUMBER_BYTES:
            return False
        try:
            topic = packet[NUMBER_BYTES:end].decode()
        except UnicodeDecodeError:
            return False
        number = packet[end] << 8 | packet[end + 1]
        self._take(topic, packet[end + NUMBER_BYTES :], bool(head & RETAINED), number)
        return True
