"""Wires a virtual fleet to a broker: who we are to it, how fast time passes, what we send by."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from telemetry.mqtt.publisher import Publisher
    from telemetry.mqtt.settings import BrokerSettings
    from telemetry.virtual_fleet.clocks import FleetClock

DEFAULT_BROKER = "mqtt://127.0.0.1:1883"
PORTS = {"mqtt": 1883, "mqtts": 8883}
ANSWERS_WITHIN_S = 3.0
MOST_IN_FLIGHT = 200
"""Enough for any broker near by; with every answer paho looks through all that wait."""


def broker_settings(address: str | None) -> BrokerSettings:
    """Take the broker from the command line, and the rest from the settings.

    Raises
    ------
    InputRefused
        The address is none.
    """
    import os
    from urllib.parse import urlsplit

    from api.settings import load_settings
    from telemetry.mqtt.settings import BrokerSettings, TlsFiles

    known = load_settings(broker=address)
    parts = urlsplit(known.broker or DEFAULT_BROKER)
    files = TlsFiles(ca=known.broker_ca, certificate=known.broker_certificate, key=known.broker_key)
    secret = known.broker_password
    return BrokerSettings(
        host=parts.hostname or "",
        port=parts.port or PORTS[parts.scheme],
        # Two fleets may publish side by side, and neither takes the monitor's session.
        client_id=f"coldgrid-fleet-{os.getpid()}",
        user=known.broker_user or None,
        password=None if secret is None else secret.get_secret_value(),
        tls=files if parts.scheme == "mqtts" else None,
    )


def open_publisher(settings: BrokerSettings) -> Publisher:
    """Connect to a broker.

    Raises
    ------
    BrokerUnavailable
        It does not answer, or refuses us.
    """
    from telemetry.errors import BrokerUnavailable
    from telemetry.mqtt.publisher import Publisher

    publisher = Publisher(settings, most_in_flight=MOST_IN_FLIGHT)
    if not publisher.wait_confirmed(ANSWERS_WITHIN_S):
        publisher.close()
        raise BrokerUnavailable("CG-8301", f"broker {settings.address} does not answer")
    return publisher


def clock_of(
    publisher: Publisher,
    factor: float,
    *,
    seconds: float | None = None,
    begins: datetime | None = None,
    history_s: float = 0.0,
) -> FleetClock:
    """Make the clock of a fleet.

    Parameters
    ----------
    publisher
        Looked after while the fleet waits.
    factor
        Seconds of the fleet in one; 0 is as fast as possible.
    seconds
        How long the fleet lives where it is as fast as possible: its last message is of now.
    begins
        What the devices' clocks show first; None lets them show the wall's time.
    history_s
        The fleet begins so long ago, in the time of its devices, and catches up at once.
    """
    import time

    from telemetry.virtual_fleet.clocks import OwnTime, WallTime

    now_ms = time.time_ns() // 1_000_000
    if begins is not None:
        now_ms = round(begins.timestamp() * 1000.0)
    elif factor == 0:
        now_ms -= round(1000.0 * (seconds or 0.0))

    def pause(longest_s: float) -> bool:
        """Look after the connection meanwhile."""
        ends_at = time.monotonic() + longest_s
        publisher.serve(0.0)
        while (left := ends_at - time.monotonic()) > 0:
            publisher.serve(left)
        return False

    if factor == 0:
        return OwnTime(now_ms, lambda: pause(0.0))
    return WallTime(
        time.monotonic,
        pause,
        began_ms=now_ms - round(1000.0 * history_s),
        factor=factor,
        own_stamps=begins is not None or history_s > 0,
        behind_s=history_s,
    )
