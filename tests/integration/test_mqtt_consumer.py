"""The consumer against a real mosquitto: nothing is lost, nothing piles up."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from telemetry.errors import BrokerUnavailable, StoreUnavailable
from telemetry.mqtt.broker import RunningBroker, free_port, start_broker
from telemetry.mqtt.consumer import Batching, Consumer
from telemetry.mqtt.lean_client import TOGETHER
from telemetry.mqtt.mosquitto import MosquittoOptions
from telemetry.mqtt.publisher import Publisher
from telemetry.mqtt.settings import BrokerSettings, TlsFiles, Version
from telemetry.readings import Message
from tests.brokers import make_certificates, mosquitto, settings_of

LONGEST_S = 20.0
QUICK = Batching(first_pause_s=0.02, longest_pause_s=0.1)


class Basket:
    """Keeps what it is given, when it is willing; waits are for conditions, not for times."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.batches: list[int] = []
        self.ticks = 0
        self.refusals_left = 0
        self.tries = 0
        self._offered: list[Message] = []
        self._changed = Event()

    def take(self, messages: Sequence[Message]) -> None:
        self._offered = list(messages)
        self.settle()

    def settle(self) -> None:
        self.tries += 1
        self._changed.set()
        if self.refusals_left > 0:
            self.refusals_left -= 1
            raise StoreUnavailable("CG-8201", "away")
        self.taken += self._offered
        self.batches.append(len(self._offered))
        self._offered = []

    def tick(self) -> float:
        self.ticks += 1
        return 0.05

    def wait_for(self, condition: Callable[[], bool]) -> None:
        pause = Event()
        for _ in range(round(LONGEST_S / 0.01)):
            if condition():
                return
            pause.wait(0.01)
        raise AssertionError(f"{len(self.taken)} taken, {self.tries} tries")

    def wait_for_count(self, count: int) -> None:
        self.wait_for(lambda: len(self.taken) >= count)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    with mosquitto(tmp_path) as broker:
        yield broker


@contextmanager
def consuming(
    settings: BrokerSettings,
    basket: Basket,
    *,
    batching: Batching = QUICK,
    filters: Sequence[str] = ("t/#",),
    seed: int = 1,
) -> Iterator[Consumer]:
    consumer = Consumer(settings, filters, basket, batching=batching, seed=seed)
    thread = Thread(target=consumer.run, daemon=True)
    thread.start()
    try:
        yield consumer
    finally:
        consumer.stop()
        thread.join(LONGEST_S)
        assert not thread.is_alive()


def publish(broker: RunningBroker, numbers: range, **how: bool) -> None:
    with Publisher(settings_of(broker, "fleet"), seed=1) as publisher:
        for number in numbers:
            publisher.publish(f"t/{number % 7}", str(number).encode(), **how)
        assert publisher.wait_confirmed(LONGEST_S)


def numbers_in(messages: Sequence[Message]) -> list[int]:
    return [int(message.payload) for message in messages]


def wait_connected(consumer: Consumer, basket: Basket) -> None:
    basket.wait_for(lambda: consumer.is_connected)


@pytest.mark.parametrize("version", list(Version))
def test_every_message_is_taken_once_and_in_order(broker: RunningBroker, version: Version) -> None:
    basket = Basket()
    with consuming(settings_of(broker, "in", version=version), basket) as consumer:
        wait_connected(consumer, basket)
        publish(broker, range(1200))
        basket.wait_for_count(1200)
    assert numbers_in(basket.taken) == list(range(1200))
    assert basket.taken[8].topic == "t/1"
    assert max(basket.batches) <= QUICK.most
    assert consumer.stored == 1200


@pytest.mark.parametrize("version", list(Version))
def test_what_came_while_we_were_away_is_taken_afterwards(
    broker: RunningBroker, version: Version
) -> None:
    settings = settings_of(broker, "in", version=version)
    first, second = Basket(), Basket()
    with consuming(settings, first) as consumer:
        wait_connected(consumer, first)
    publish(broker, range(300))
    with consuming(settings, second):
        second.wait_for_count(300)
    assert numbers_in(second.taken) == list(range(300))


def test_nothing_is_acknowledged_before_it_is_stored(broker: RunningBroker) -> None:
    settings = settings_of(broker, "in")
    first, second = Basket(), Basket()
    first.refusals_left = 10**9
    with consuming(settings, first) as consumer:
        wait_connected(consumer, first)
        publish(broker, range(100))
        first.wait_for(lambda: first.tries >= 3)
        assert not consumer.is_storing
    assert first.taken == []
    with consuming(settings, second):
        second.wait_for_count(100)
    assert numbers_in(second.taken) == list(range(100))


def test_a_store_that_comes_back_gets_everything_once(broker: RunningBroker) -> None:
    basket = Basket()
    basket.refusals_left = 5
    with consuming(settings_of(broker, "in"), basket) as consumer:
        wait_connected(consumer, basket)
        publish(broker, range(3000))
        basket.wait_for_count(3000)
        assert consumer.is_storing
    assert numbers_in(basket.taken) == list(range(3000))


@pytest.mark.parametrize("version", list(Version))
def test_memory_is_bounded_and_the_connection_lives_while_the_store_is_away(
    broker: RunningBroker, version: Version
) -> None:
    basket = Basket()
    basket.refusals_left = 10**9
    batching = Batching(most=50, most_waiting=200, first_pause_s=0.01, longest_pause_s=0.02)
    settings = settings_of(broker, "in", keep_alive_s=1, version=version)
    with consuming(settings, basket, batching=batching) as consumer:
        wait_connected(consumer, basket)
        publish(broker, range(5000))
        # Longer than the broker would wait for a sign of life.
        before = basket.tries
        basket.wait_for(lambda: basket.tries > before + 120)
        assert 0 < consumer.waiting < batching.most + batching.most_waiting + TOGETHER
        if version is Version.V5:
            assert consumer.is_connected
        basket.refusals_left = 0
        basket.wait_for(lambda: set(numbers_in(basket.taken)) == set(range(5000)))


def test_a_broker_that_restarts_is_found_again(tmp_path: Path) -> None:
    port = free_port()
    basket = Basket()
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(tmp_path, port=port))
        consumer = stack.enter_context(consuming(settings_of(broker, "in"), basket))
        wait_connected(consumer, basket)
        publish(broker, range(10))
        basket.wait_for_count(10)
        broker.stop()
        basket.wait_for(lambda: not consumer.is_connected)
        ticks = basket.ticks
        basket.wait_for(lambda: basket.ticks > ticks + 2)
        broker = stack.enter_context(mosquitto(tmp_path, port=port))
        publish(broker, range(10, 20))
        basket.wait_for(lambda: 19 in numbers_in(basket.taken))
    # What it had not heard of as acknowledged it sends again.
    assert list(dict.fromkeys(numbers_in(basket.taken))) == list(range(20))


def test_a_publisher_outlives_its_broker(tmp_path: Path) -> None:
    port = free_port()
    basket = Basket()
    with ExitStack() as stack:
        broker = stack.enter_context(mosquitto(tmp_path, port=port))
        consumer = stack.enter_context(consuming(settings_of(broker, "in"), basket))
        publisher = stack.enter_context(Publisher(settings_of(broker, "fleet"), seed=1))
        wait_connected(consumer, basket)
        for number in range(200):
            publisher.publish("t/1", str(number).encode())
        broker.stop()
        stack.enter_context(mosquitto(tmp_path, port=port))
        for number in range(200, 400):
            publisher.publish("t/1", str(number).encode())
        assert publisher.wait_confirmed(LONGEST_S)
        assert publisher.confirmed == publisher.published == 400
        basket.wait_for(lambda: set(range(200, 400)) <= set(numbers_in(basket.taken)))


def test_a_retained_message_is_marked(broker: RunningBroker) -> None:
    publish(broker, range(1), retain=True)
    basket = Basket()
    with consuming(settings_of(broker, "in"), basket) as consumer:
        wait_connected(consumer, basket)
        publish(broker, range(1, 2), retain=True)
        basket.wait_for_count(2)
    assert [message.retained for message in basket.taken] == [True, False]


def test_a_wrong_password_is_refused_for_good(tmp_path: Path) -> None:
    options = MosquittoOptions(accounts={"ingester": "right"})
    with mosquitto(tmp_path, options=options) as broker:
        wrong = settings_of(broker, "in", user="ingester", password="wrong")
        with pytest.raises(BrokerUnavailable) as refused:
            Consumer(wrong, ["t/#"], Basket()).run()
        assert refused.value.code == "CG-8301"
        assert "wrong" not in str(refused.value) + repr(wrong)
        basket = Basket()
        right = settings_of(broker, "in", user="ingester", password="right")
        with consuming(right, basket) as consumer:
            wait_connected(consumer, basket)


def test_two_processes_with_one_client_id_are_told(
    broker: RunningBroker, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Basket(), Basket()
    settings = settings_of(broker, "in")
    # With pauses of its own each: in step they would throw each other out before either is in.
    with consuming(settings, first), consuming(settings, second, seed=2):
        first.wait_for(lambda: "another process connects as 'in'" in caplog.text)


def test_a_process_that_is_told_of_another_with_its_client_id_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings = BrokerSettings(host="127.0.0.1", port=port, version=Version.V5)
        answering = Thread(target=enter_and_take_over, args=(server,), daemon=True)
        answering.start()
        with pytest.raises(BrokerUnavailable) as ended:
            Consumer(settings, ["t/#"], Basket(), batching=QUICK).run()
        answering.join(LONGEST_S)
    assert ended.value.code == "CG-8303"


def enter_and_take_over(server: socket.socket) -> None:
    """Play a broker: let a client in, take its subscription and tell it that it is not the only."""
    connection, _ = server.accept()
    with connection:
        connection.recv(1000)
        connection.sendall(bytes([0x20, 3, 0, 0, 0]))
        subscription = connection.recv(1000)
        connection.sendall(bytes([0x90, 4, *subscription[2:4], 0, 1]))
        connection.sendall(bytes([0xE0, 2, 142, 0]))
        connection.recv(1000)


def test_certificates_of_both_sides_are_asked_for(tmp_path: Path) -> None:
    make_certificates(tmp_path)
    options = MosquittoOptions(
        certificate=tmp_path / "broker.pem",
        key=tmp_path / "broker.key",
        client_ca=tmp_path / "ca.pem",
    )
    ours = TlsFiles(
        ca=tmp_path / "ca.pem", certificate=tmp_path / "client.pem", key=tmp_path / "client.key"
    )
    with mosquitto(tmp_path, options=options) as broker:
        basket = Basket()
        with consuming(settings_of(broker, "in", tls=ours), basket) as consumer:
            wait_connected(consumer, basket)
            with Publisher(settings_of(broker, "fleet", tls=ours)) as publisher:
                for number in range(700):
                    publisher.publish("t/1", str(number).encode())
                assert publisher.wait_confirmed(LONGEST_S)
            basket.wait_for_count(700)
        assert numbers_in(basket.taken) == list(range(700))
        stranger = Basket()
        with consuming(settings_of(broker, "other", tls=TlsFiles(ca=ours.ca)), stranger) as other:
            stranger.wait_for(lambda: stranger.ticks > 5)
            assert not other.is_connected


def test_tls_files_that_are_missing_are_named() -> None:
    settings = BrokerSettings(host="127.0.0.1", tls=TlsFiles(ca=Path("/nowhere/ca.pem")))
    with pytest.raises(BrokerUnavailable, match=r"/nowhere/ca\.pem") as refused:
        Consumer(settings, ["t/#"], Basket())
    assert refused.value.code == "CG-8305"


def test_a_broker_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    mosquitto(tmp_path).stop()
    code = (
        "import sys; from pathlib import Path; from telemetry.mqtt.broker import start_broker\n"
        f"broker = start_broker(Path({str(tmp_path)!r}), kind='mosquitto')\n"
        "print(broker.pid, broker.port, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid, _ = map(int, parent.stdout.readline().split())
        parent.send_signal(signal.SIGKILL)
    Basket().wait_for(lambda: not is_running(pid))


def test_a_broker_that_cannot_start_says_why(broker: RunningBroker, tmp_path: Path) -> None:
    with pytest.raises(BrokerUnavailable, match="does not start") as refused:
        mosquitto(tmp_path / "other", port=broker.port).stop()
    assert refused.value.code == "CG-8304"


def test_the_embedded_broker_says_what_it_is(tmp_path: Path) -> None:
    pytest.importorskip("iotcore")
    basket = Basket()
    with start_broker(tmp_path, kind="embedded") as broker:
        assert "demonstration" in broker.remark
        with consuming(settings_of(broker, "in"), basket) as consumer:
            wait_connected(consumer, basket)
            publish(broker, range(50))
            basket.wait_for_count(50)
    assert numbers_in(basket.taken) == list(range(50))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie has ended; whoever adopted it has only not looked yet.
    return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
