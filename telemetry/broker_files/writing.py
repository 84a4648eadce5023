"""Safe files of mosquitto for the devices of a registry, with an account for each of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from telemetry.broker_files.rights import DEVICE_RIGHTS, MONITOR, SERVICE
from telemetry.mqtt.mosquitto import hashed, mosquitto_settings
from telemetry.registry import Registry

PASSWORD_BYTES = 18
TLS_PORT = 8883
CONFIGURATION, ACCOUNTS, RIGHTS, PASSWORDS = "mosquitto.conf", "accounts", "rights", "passwords.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerPlace:
    """Where the files will lie and what the broker listens at.

    Parameters
    ----------
    folder
        Where mosquitto will find accounts and rights.
    certificate, key
        Of the broker, as mosquitto will find them.
    state
        Where mosquitto keeps what waits.
    """

    folder: Path
    certificate: Path
    key: Path
    state: Path = Path("/var/lib/mosquitto")
    port: int = TLS_PORT


def devices_of(registry: Registry) -> list[str]:
    """Give the devices that log in: a probe ``V7/front`` is one of the device ``V7``."""
    return sorted({sensor.partition("/")[0] for sensor in registry.sensors})


def broker_files(devices: Iterable[str], place: BrokerPlace) -> dict[str, str]:
    """Give the files by name; passwords are drawn anew and stand in the clear in one of them.

    Parameters
    ----------
    devices
        Who logs in besides the monitor and the service.
    place
        Where the files will lie.
    """
    passwords = {name: token_urlsafe(PASSWORD_BYTES) for name in (MONITOR, SERVICE, *devices)}
    return {
        CONFIGURATION: _lines(_configuration(place)),
        ACCOUNTS: _lines(f"{name}:{hashed(word)}" for name, word in passwords.items()),
        RIGHTS: _lines(DEVICE_RIGHTS),
        PASSWORDS: _table(passwords),
    }


def _configuration(place: BrokerPlace) -> Iterable[str]:
    yield f"listener {place.port}"
    yield f"certfile {place.certificate}"
    yield f"keyfile {place.key}"
    yield "tls_version tlsv1.2"
    yield "allow_anonymous false"
    yield f"password_file {place.folder / ACCOUNTS}"
    yield f"acl_file {place.folder / RIGHTS}"
    yield f"persistence_location {place.state}/"
    yield from mosquitto_settings()


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _table(passwords: Mapping[str, str]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("account", "password"))
    rows.writerows(passwords.items())
    return text.getvalue()
