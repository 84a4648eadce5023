"""What an operator can set about rerouting, and what is refused."""

from __future__ import annotations

import pytest

from api.services.reroute_calls import sinks
from api.settings import load_settings
from api.wiring import _ways
from optimizer.domain.errors import InputRefused


def refused(**given: object) -> str:
    with pytest.raises(InputRefused) as fault:
        load_settings(**given)
    (line,) = [str(one) for one in fault.value.faults]
    assert line.startswith("CG-7602 ")
    return line


@pytest.mark.parametrize(
    "address",
    [
        "https://points.example/eta?key=1",
        "http://localhost:9000/eta",
        "http://127.0.0.1/eta",
        "http://[::1]:80/eta",
    ],
)
def test_pickup_points_are_told_over_https_or_on_this_machine(address: str) -> None:
    webhook = load_settings(eta_webhook=address).eta_webhook
    assert webhook is not None
    assert webhook.get_secret_value() == address
    assert address not in repr(webhook)


@pytest.mark.parametrize(
    "address",
    [
        "http://points.example/eta?key=s3cret",
        "http://127.0.0.1.example/s3cret",
        "https://li:s3cret@points.example/",
        "ftp://localhost/s3cret",
        "https:///s3cret",
        "s3cret",
    ],
)
def test_what_would_show_or_misdirect_messages_is_refused_unseen(address: str) -> None:
    line = refused(eta_webhook=address)
    assert "s3cret" not in line
    assert "Allowed: https://" in line


@pytest.mark.parametrize("text", ["I:1", "V:1:1", "I:1:1,I:2:2", "I:x:1"])
def test_rules_that_cannot_be_read_are_refused_at_the_start(text: str) -> None:
    assert "SEVERITY:CENTS:MINUTES" in refused(reroute_automatic=text)


def test_device_rights_are_a_word_that_somebody_has_to_say() -> None:
    assert load_settings().device_rights == ""
    assert load_settings(device_rights="per-device").device_rights == "per-device"
    refused(device_rights="yes")


def test_commands_are_sent_only_where_the_broker_has_rights_per_device() -> None:
    broker = {"broker": "mqtt://127.0.0.1:1883"}
    silent = _ways(load_settings(**broker))
    assert (silent.devices, silent.no_devices) == (
        None,
        "not sent: the broker has no per-device rights",
    )
    spoken = _ways(load_settings(**broker, device_rights="per-device"))
    assert spoken.devices is not None
    assert spoken.devices.settings.port == 1883
    assert set(sinks("", "", None, lambda: 0)) == set()
    assert set(sinks("https://points.example", "", spoken.devices, lambda: 0)) == {"eta", "command"}
