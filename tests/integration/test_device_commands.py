"""Commands to devices over a real mosquitto."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from telemetry.errors import BrokerUnavailable
from telemetry.mqtt.commands import DeviceCommands, command_topic
from telemetry.mqtt.mosquitto import MosquittoOptions
from telemetry.mqtt.settings import BrokerSettings
from tests.brokers import kill, mosquitto, settings_of
from tests.conftest import ROOT
from tests.devices import listening

RIGHTS = ("    user ", "    topic ", "    pattern ")


def test_a_command_reaches_the_device_once_confirmed(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker, listening(broker, "coldgrid/commands/V1") as device:
        commands = DeviceCommands(settings=settings_of(broker, "coldgrid-monitor"))
        commands.send("V1", b'{"command": "route_changed"}')
        commands.send("V2", b"for somebody else")
        commands.send("V1", b"and again")
        assert device.wait_for(2) == [b'{"command": "route_changed"}', b"and again"]
    assert device.topics == ["coldgrid/commands/V1"] * 2


def test_a_device_that_was_away_finds_its_command_and_a_stranger_none(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        with listening(broker, "coldgrid/commands/V1", name="device-v1"):
            pass
        DeviceCommands(settings=settings_of(broker, "monitor")).send("V1", b"come back")
        with listening(broker, "coldgrid/commands/V1", name="device-v1") as device:
            assert device.wait_for(1) == [b"come back"]
        with listening(broker, "coldgrid/commands/V1", name="stranger") as stranger:
            DeviceCommands(settings=settings_of(broker, "monitor")).send("V1", b"new")
            assert stranger.wait_for(1) == [b"new"], "nothing is retained"


def test_the_monitor_keeps_its_own_session(tmp_path: Path) -> None:
    """Under the monitor's client id the broker would throw the monitor out."""
    with (
        mosquitto(tmp_path) as broker,
        listening(broker, "coldgrid/sensors/#", name="coldgrid-monitor") as monitor,
    ):
        DeviceCommands(settings=settings_of(broker, "coldgrid-monitor")).send("V1", b"x")
        assert monitor.is_connected


def test_several_threads_wait_for_each_other(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker, listening(broker, "coldgrid/commands/+") as device:
        commands = DeviceCommands(settings=settings_of(broker, "monitor"))
        senders = [Thread(target=commands.send, args=(f"V{n}", b"go")) for n in range(6)]
        for one in senders:
            one.start()
        for one in senders:
            one.join()
        device.wait_for(6)
    assert sorted(device.topics) == [f"coldgrid/commands/V{n}" for n in range(6)]


def test_with_the_rights_of_the_operators_page_a_device_reads_its_own_commands(
    tmp_path: Path,
) -> None:
    page = (ROOT / "docs" / "reroute_service.md").read_text()
    rights = [line.strip() for line in page.splitlines() if line.startswith(RIGHTS)]
    assert len(rights) == 3
    accounts = {"coldgrid-service": "s", "V1": "1", "V2": "2"}
    options = MosquittoOptions(accounts=accounts, rights=rights)
    topic = "coldgrid/commands/+"
    with (
        mosquitto(tmp_path, options=options) as broker,
        listening(broker, "coldgrid/commands/V1", name="d1", user="V1", password="1") as first,
        listening(broker, topic, name="d2", user="V2", password="2") as second,
    ):
        as_device = settings_of(broker, "d3", user="V2", password="2")
        DeviceCommands(settings=as_device).send("V1", b"forged")
        ours = settings_of(broker, "monitor", user="coldgrid-service", password="s")
        for vehicle in ("V1", "V2"):
            DeviceCommands(settings=ours).send(vehicle, b"go")
        assert second.wait_for(1) == [b"go"]
        assert first.wait_for(1) == [b"go"]
    assert (first.topics, second.topics) == (["coldgrid/commands/V1"], ["coldgrid/commands/V2"])


def test_a_broker_that_is_away_is_said(tmp_path: Path) -> None:
    broker = mosquitto(tmp_path)
    commands = DeviceCommands(settings=settings_of(broker, "monitor"), confirmed_s=0.3)
    kill(broker)
    with pytest.raises(BrokerUnavailable, match="does not let us in"):
        commands.send("V1", b"x")


def test_a_broker_that_refuses_us_is_said(tmp_path: Path) -> None:
    with mosquitto(tmp_path, options=MosquittoOptions(accounts={"monitor": "right"})) as broker:
        wrong = settings_of(broker, "monitor", user="monitor", password="wrong")
        with pytest.raises(BrokerUnavailable, match="Not authorized"):
            DeviceCommands(settings=wrong).send("V1", b"x")


@pytest.mark.parametrize("vehicle", ["", "V/1", "V+", "#", "V\x001", "V\n1"])
def test_an_id_that_makes_another_topic_is_refused(vehicle: str) -> None:
    assert command_topic(vehicle) is None
    with pytest.raises(ValueError, match="topic"):
        DeviceCommands(settings=BrokerSettings(host="127.0.0.1")).send(vehicle, b"x")


@pytest.mark.parametrize("vehicle", ["V1", "湘A·12345", "van 7"])
def test_other_ids_are_topics_as_they_are(vehicle: str) -> None:
    assert command_topic(vehicle) == f"coldgrid/commands/{vehicle}"
