"""``coldgrid broker``: what is written is safe, and mosquitto keeps devices apart by it."""

from __future__ import annotations

import csv
import json
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.publish import multiple
from paho.mqtt.subscribe import simple

from api.cli import main
from telemetry.mqtt.broker import find_mosquitto
from telemetry.registry_files import write_registry
from tests.brokers import make_certificates
from tests.telemetry_cases import a_room, a_sensor

LONGEST_S = 20.0


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """Write a registry of two devices, one of which has two probes."""
    folder = tmp_path / "registry"
    points = [a_room(), a_room(id="other"), a_room(id="third")]
    sensors = [
        a_sensor(sensor="V1/front"),
        a_sensor(sensor="V1/rear", point="other"),
        a_sensor(sensor="V2", point="third"),
    ]
    write_registry(folder, points, sensors)
    return folder


def write(registry: Path, out: Path, *more: str) -> int:
    """Have the files written."""
    words = ["broker", "config", "--registry", str(registry), "--out", str(out)]
    return main([*words, "--folder", str(out), *more])


def test_what_is_written_is_safe_and_its_owners_alone(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "broker"
    assert write(registry, out) == 0
    assert "for 2 devices" in capsys.readouterr().out
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}
    with (out / "passwords.csv").open() as file:
        passwords = {row["account"]: row["password"] for row in csv.DictReader(file)}
    assert list(passwords) == ["coldgrid-monitor", "coldgrid-service", "V1", "V2"]
    assert len(set(passwords.values())) == 4
    assert not any(word in (out / "accounts").read_text() for word in passwords.values())
    (out / "broker.key").touch(mode=0o600)
    assert main(["broker", "check", str(out / "mosquitto.conf")]) == 0
    assert "nothing unsafe was found" in capsys.readouterr().out


def test_what_is_there_is_never_written_over(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "broker"
    out.mkdir()
    (out / "rights").write_text("mine")
    assert write(registry, out) == 2
    assert capsys.readouterr().err.startswith("CG-8531")
    assert [path.name for path in out.iterdir()] == ["rights"]
    assert (out / "rights").read_text() == "mine"


def test_a_device_that_no_account_can_name_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "registry"
    write_registry(folder, [a_room()], [a_sensor(sensor="00:11:22")])
    assert write(folder, tmp_path / "broker") == 2
    assert "CG-8532 device '00:11:22'" in capsys.readouterr().err
    assert not (tmp_path / "broker").exists()


def test_weaknesses_are_told_with_line_and_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mosquitto.conf"
    file.write_text("listener 1883\nallow_anonymous true\n")
    assert main(["broker", "check", str(file)]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "mosquitto.conf:2 whoever reaches the broker gets in without an account" in shown
    assert "Mend: allow_anonymous false" in shown
    assert main(["broker", "check", str(file), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["safe"] is False
    assert {"place", "cause", "mend"} == document["weaknesses"][0].keys()


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    file = tmp_path / "mosquitto.conf"
    if content is not None:
        file.write_bytes(content)
    assert main(["broker", "check", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"CG-8530 {file}")


def test_mosquitto_keeps_devices_apart_by_what_is_written(registry: Path, tmp_path: Path) -> None:
    if find_mosquitto() is None or shutil.which("openssl") is None:
        pytest.skip("mosquitto or openssl is not installed")
    make_certificates(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    out = tmp_path / "broker"
    pem = ("--certificate", str(tmp_path / "broker.pem"))
    key = ("--certificate-key", str(tmp_path / "broker.key"))
    assert write(registry, out, *pem, *key, "--port", str(port)) == 0
    with (out / "passwords.csv").open() as file:
        passwords = {row["account"]: row["password"] for row in csv.DictReader(file)}

    def at(user: str) -> dict[str, Any]:
        auth = {"username": user, "password": passwords[user]}
        tls = {"ca_certs": str(tmp_path / "ca.pem")}
        return {"hostname": "127.0.0.1", "port": port, "auth": auth, "tls": tls}

    first, second = "coldgrid/sensors/V1/front", "coldgrid/sensors/V2"
    kept = {"payload": b"V2 says", "qos": 1, "retain": True}
    messages: list[Any] = [{"topic": first, **kept}, {"topic": second, **kept}]
    with running(out / "mosquitto.conf", tmp_path, port):
        multiple(messages, **at("V2"))
        # What a broker has kept comes in the order in which it is asked for.
        heard: Any = simple([first, second], qos=1, **at("coldgrid-monitor"))  # type: ignore[no-untyped-call]
    assert heard.topic == second


@contextmanager
def running(settings: Path, state: Path, port: int) -> Iterator[None]:
    """Run mosquitto as who we are, with its state in a folder of ours."""
    text = settings.read_text().replace("/var/lib/mosquitto/", f"{state}/")
    settings.write_text(f"{text}user {pwd.getpwuid(os.getuid()).pw_name}\n")
    program = find_mosquitto()
    assert program is not None
    process = subprocess.Popen([program, "-c", settings], stderr=subprocess.PIPE)
    try:
        wait_for(port)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=LONGEST_S)


def wait_for(port: int) -> None:
    """Wait until the broker listens."""
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(0.02)
    pytest.fail("mosquitto does not listen")
