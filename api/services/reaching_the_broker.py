"""Where the broker is and who we are to it, by the operator's settings."""

from __future__ import annotations

from urllib.parse import urlsplit

from api.settings import Settings, revealed
from telemetry.mqtt.settings import BrokerSettings, TlsFiles

MQTT_PORTS = {"mqtt": 1883, "mqtts": 8883}


def broker_of(settings: Settings) -> BrokerSettings | None:
    """Say where the broker is and who we are to it; None where none is set."""
    if not settings.broker:
        return None
    parts = urlsplit(settings.broker)
    assert parts.hostname is not None
    files = TlsFiles(
        ca=settings.broker_ca,
        certificate=settings.broker_certificate,
        key=settings.broker_key,
    )
    return BrokerSettings(
        host=parts.hostname,
        port=parts.port or MQTT_PORTS[parts.scheme],
        client_id=settings.broker_client,
        user=settings.broker_user or None,
        password=revealed(settings.broker_password) or None,
        tls=files if parts.scheme == "mqtts" else None,
    )
