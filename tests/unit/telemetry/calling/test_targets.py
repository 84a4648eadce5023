"""Where webhooks may lead."""

from __future__ import annotations

import pytest

from telemetry.calling.targets import may_be_called, networks_of


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_may_be_called(address: str) -> None:
    assert may_be_called(address, ())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)
def test_addresses_inside_are_refused_however_they_are_wrapped(address: str) -> None:
    assert not may_be_called(address, ())
    assert not may_be_called(address, networks_of("11.0.0.0/8, fd01::/16"))


def test_a_network_that_is_named_may_be_called() -> None:
    allowed = networks_of("127.0.0.0/8, fd00::/8")
    assert may_be_called("127.0.0.1", allowed)
    assert may_be_called("::ffff:127.0.0.1", allowed)
    assert may_be_called("fd00::1", allowed)
    assert not may_be_called("10.0.0.1", allowed)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "intranet", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text.partition("/")[0]):
        networks_of(text)
