"""A mosquitto of our own for tests: it listens on this machine alone and ends with the test."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from telemetry.mqtt.broker import RunningBroker, find_mosquitto, start_broker
from telemetry.mqtt.settings import BrokerSettings

LONGEST_S = 20


def mosquitto(folder: Path, **how: Any) -> RunningBroker:
    """Start mosquitto in a folder; the test is skipped where it is not installed."""
    if find_mosquitto() is None:
        missing = "mosquitto is not installed: on Debian and Ubuntu, apt install mosquitto"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return start_broker(folder, kind="mosquitto", **how)


def settings_of(broker: RunningBroker, client_id: str, **how: Any) -> BrokerSettings:
    """Say how a client reaches a broker."""
    return BrokerSettings(host=broker.host, port=broker.port, client_id=client_id, **how)


def kill(broker: RunningBroker) -> None:
    """End a broker as a power cut does: what it has not written down is gone."""
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    broker.stop()


def make_certificates(folder: Path) -> None:
    """Write ``ca``, ``broker`` and ``client`` certificates (``.pem``) and their keys (``.key``)."""
    _openssl(
        folder, "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        " -keyout ca.key -out ca.pem -subj /CN=coldgrid-test-ca"
    )  # fmt: skip
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for name in ("broker", "client"):
        _openssl(
            folder, "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
            f" -keyout {name}.key -out {name}.csr -subj /CN={name}"
        )  # fmt: skip
        _openssl(
            folder, f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
            f" -extfile names -out {name}.pem"
        )  # fmt: skip


def _openssl(folder: Path, words: str) -> None:
    done = subprocess.run(
        ["openssl", *words.split()],
        cwd=folder, capture_output=True, text=True, timeout=LONGEST_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
