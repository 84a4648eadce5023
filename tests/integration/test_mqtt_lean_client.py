"""The shorter way of a message gives what paho's own way gives, however the bytes are cut."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from paho.mqtt.client import Client

from telemetry.mqtt.lean_client import LeanClient
from telemetry.mqtt.settings import BrokerSettings, new_client

LET_IN = b"\x20\x02\x00\x00"
TOPICS = st.text(st.characters(exclude_characters="\0+#", exclude_categories=["Cs"]), min_size=1)
Seen = tuple[str, bytes, bool, int]


@contextmanager
def connected(*, lean: bool) -> Iterator[tuple[Client, socket.socket, list[Seen]]]:
    """Give a client, the broker's end of its connection, and what it receives."""
    seen: list[Seen] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = BrokerSettings(host="127.0.0.1", port=server.getsockname()[1])

        def take(*message: object) -> None:
            seen.append(message)  # type: ignore[arg-type] # as declared

        client = new_client(where, lasting=True, take=take if lean else None)
        assert isinstance(client, LeanClient) is lean
        client.on_message = lambda _client, _data, message: take(
            message.topic, bytes(message.payload), message.retain, message.mid
        )
        client.connect(where.host, where.port)
        broker, _ = server.accept()
        with broker:
            broker.recv(1000)
            broker.sendall(LET_IN)
            while not client.is_connected():
                client.loop_read()
            yield client, broker, seen
            ours = client.socket()
            if ours is not None:
                ours.close()


def packet(topic: bytes, payload: bytes, number: int, qos: int, *, retained: bool) -> bytes:
    """Make a PUBLISH packet of MQTT 3.1.1."""
    rest = len(topic).to_bytes(2, "big") + topic
    rest += number.to_bytes(2, "big") if qos else b""
    rest += payload
    length, size = len(rest), b""
    while length > 127:
        size += bytes([length & 127 | 128])
        length >>= 7
    return bytes([0x30 | qos << 1 | int(retained)]) + size + bytes([length]) + rest


def send_in_pieces(
    client: Client, broker: socket.socket, data: bytes, pieces: int, chance: Random
) -> None:
    """Send bytes cut at random places, and let the client read after each piece."""
    cuts = sorted({0, len(data), *(chance.randrange(len(data) + 1) for _ in range(pieces))})
    for begin, end in pairwise(cuts):
        broker.sendall(data[begin:end])
        for _ in range(30):
            client.loop_read()


def packets(messages: Sequence[tuple[str, bytes, int, bool]]) -> bytes:
    return b"".join(
        packet(topic.encode(), payload, number, qos, retained=retained)
        for number, (topic, payload, qos, retained) in enumerate(messages, start=1)
    )


MESSAGES = st.lists(
    st.tuples(TOPICS, st.binary(max_size=300), st.sampled_from([0, 1]), st.booleans()),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40)
@given(messages=MESSAGES, pieces=st.integers(0, 12), seed=st.integers(0, 99))
def test_both_ways_give_the_same(
    messages: list[tuple[str, bytes, int, bool]], pieces: int, seed: int
) -> None:
    data = packets(messages)
    expected = [
        (topic, payload, retained, number if qos else 0)
        for number, (topic, payload, qos, retained) in enumerate(messages, start=1)
    ]
    for lean in (True, False):
        with connected(lean=lean) as (client, broker, seen):
            send_in_pieces(client, broker, data, pieces, Random(seed))
            for _ in range(1000):
                if len(seen) == len(expected):
                    break
                client.loop_read()
            assert seen == expected


def test_a_large_message_arrives_whole() -> None:
    payload = Random(1).randbytes(300_000)
    with connected(lean=True) as (client, broker, seen):
        broker.setblocking(False)
        data = packet(b"t/1", payload, 7, 1, retained=False)
        while not seen:
            data = data[broker.send(data) :] if data else data
            client.loop_read()
    assert seen == [("t/1", payload, False, 7)]


def test_a_broken_packet_ends_the_connection_and_nothing_else() -> None:
    with connected(lean=True) as (client, broker, seen):
        broker.sendall(b"\x32\x04\x00\x09ab")
        for _ in range(1000):
            if client.socket() is None:
                break
            client.loop_read()
        assert client.socket() is None
        assert seen == []


def test_what_a_broken_connection_left_is_forgotten() -> None:
    with connected(lean=True) as (client, broker, _):
        assert isinstance(client, LeanClient)
        one = packet(b"t/1", b"x", 7, 1, retained=False)
        broker.sendall(one + one[:4])
        while not client.has_unread:
            client.loop_read()
        assert client.on_socket_open is not None
        client.on_socket_open(client, None, broker)
        assert not client.has_unread
