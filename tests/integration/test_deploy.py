"""The files of ``deploy/`` are what systemd, mosquitto and coldgrid take."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from paho.mqtt.publish import multiple

from api.settings import Settings, setting_rows
from telemetry.mqtt.broker import find_mosquitto
from telemetry.mqtt.commands import DeviceCommands
from telemetry.mqtt.mosquitto import MosquittoOptions, mosquitto_settings
from tests.brokers import make_certificates, mosquitto, settings_of
from tests.conftest import ROOT
from tests.devices import listening

DEPLOY = ROOT / "deploy"
UNITS = ("coldgrid.service", "coldgrid-monitor.service")
ASSIGNED = re.compile(r"\b(COLDGRID_[A-Z_]+)(?:=|: )(\S+)")
LONGEST_S = 20


def compose() -> dict[str, Any]:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


@pytest.mark.parametrize("name", [*UNITS, "Containerfile", "compose.yaml"])
def test_every_setting_there_exists_and_takes_its_value(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = dict(ASSIGNED.findall((DEPLOY / name).read_text(encoding="utf-8")))
    assert found
    assert set(found) <= {row[0] for row in setting_rows()}
    for variable, value in found.items():
        if not value.startswith(("$", "*")):
            monkeypatch.setenv(variable, value)
    Settings()


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_no_fault_in_the_units(name: str, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed")
    text = (DEPLOY / name).read_text(encoding="utf-8")
    assert "ExecStart=/opt/coldgrid/.venv/bin/coldgrid " in text
    # The program has to be there; its words stay as they are.
    unit = tmp_path / name
    unit.write_text(text.replace("/opt/coldgrid/.venv/bin/coldgrid", sys.executable))
    done = subprocess.run(
        [program, "verify", "--man=no", str(unit)],
        capture_output=True, text=True, timeout=LONGEST_S, check=False,
    )  # fmt: skip
    assert (done.returncode, [line for line in done.stderr.splitlines() if name in line]) == (0, [])


def test_a_unit_stops_later_than_requests_are_waited_for() -> None:
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", (DEPLOY / UNITS[0]).read_text(), re.M)
    assert float(seconds) > Settings().shutdown_seconds


def test_the_container_copies_what_is_there_and_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = [line.split() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    copied = [name for word, *names in lines if word == "COPY" for name in names[:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"optimizer", "telemetry", "scenarios", "api"} <= set(copied)
    assert [words for word, *words in lines if word == "USER"] == [["coldgrid"]]


def test_the_composition_names_only_what_it_has() -> None:
    document = compose()
    services = document["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        sources = [volume.split(":")[0] for volume in service["volumes"]]
        named = [source for source in sources if not source.startswith(".")]
        assert set(named) <= set(document["volumes"])
        if "build" in service:
            assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
            assert (ROOT / service["build"]["dockerfile"]).is_file()
    assert services["serve"]["ports"] == ["127.0.0.1:8000:8000"]
    assert "ports" not in services["database"]


def rights() -> list[str]:
    return (DEPLOY / "broker" / "rights").read_text(encoding="utf-8").splitlines()


def test_a_device_writes_its_own_readings_and_nobody_elses(tmp_path: Path) -> None:
    accounts = {"coldgrid-monitor": "m", "coldgrid-service": "s", "V1": "1", "V2": "2"}
    options = MosquittoOptions(accounts=accounts, rights=rights())
    every = "coldgrid/sensors/#"
    with (
        mosquitto(tmp_path, options=options) as broker,
        listening(broker, every, name="m", user="coldgrid-monitor", password="m") as monitor,
        listening(broker, "coldgrid/commands/+", name="d", user="V2", password="2") as device,
        listening(broker, every, name="spy", user="V1", password="1") as spy,
    ):
        publish(broker, "V2", "2", "coldgrid/sensors/V1", "coldgrid/commands/V2", "other")
        publish(broker, "V2", "2", "coldgrid/sensors/V2", "coldgrid/sensors/V2/front")
        publish(broker, "coldgrid-monitor", "m", "coldgrid/sensors/V1")
        ours = settings_of(broker, "s", user="coldgrid-service", password="s")
        DeviceCommands(settings=ours).send("V1", b"not yours")
        DeviceCommands(settings=ours).send("V2", b"yours")
        assert device.wait_for(1) == [b"yours"]
        monitor.wait_for(2)
    assert monitor.topics == ["coldgrid/sensors/V2", "coldgrid/sensors/V2/front"]
    assert (device.topics, spy.topics) == (["coldgrid/commands/V2"], [])


def publish(broker: Any, user: str, password: str, *topics: str) -> None:
    messages: list[Any] = [{"topic": topic, "payload": b"x", "qos": 1} for topic in topics]
    auth: Any = {"username": user, "password": password}
    multiple(messages, hostname=broker.host, port=broker.port, auth=auth)


def test_mosquitto_takes_its_settings_and_speaks_tls_alone(tmp_path: Path) -> None:
    program = find_mosquitto()
    if program is None or shutil.which("openssl") is None:
        pytest.skip("mosquitto or openssl is not installed")
    text = (DEPLOY / "broker" / "mosquitto.conf").read_text(encoding="utf-8")
    assert set(mosquitto_settings()) <= set(text.splitlines())
    assert "allow_anonymous false" in text
    make_certificates(tmp_path)
    (tmp_path / "accounts").touch(mode=0o600)
    (tmp_path / "rights").write_text("\n".join(rights()))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ours = text.replace("listener 8883", f"listener {port} 127.0.0.1")
    for folder in ("/etc/coldgrid/broker/", "/var/lib/mosquitto/"):
        ours = ours.replace(folder, f"{tmp_path}/")
    conf = tmp_path / "mosquitto.conf"
    conf.write_text(f"{ours}user {pwd.getpwuid(os.getuid()).pw_name}\n")
    running = subprocess.Popen([program, "-c", conf], stderr=subprocess.PIPE)
    try:
        trusted = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        with (
            connected(port) as plain,
            trusted.wrap_socket(plain, server_hostname="127.0.0.1") as tls,
        ):
            assert tls.version() in {"TLSv1.2", "TLSv1.3"}
        assert running.poll() is None
    finally:
        running.terminate()
        running.communicate(timeout=LONGEST_S)


def connected(port: int) -> socket.socket:
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        with suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port), LONGEST_S)
        time.sleep(0.02)
    pytest.fail("mosquitto does not listen")
