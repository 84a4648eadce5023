"""Names of sensors, so that a decoder finds the one that the registry knows.

Each dialect puts a name where its decoder looks for it: a Ruuvi tag is its address, a device of
ChirpStack its EUI, a Sparkplug device stands under its group and node. ``sensor_name`` makes up
such names, ``name_fault`` says why a name cannot be one.
"""

from __future__ import annotations

import hashlib
import re

SPARKPLUG_GROUP = "coldgrid"
_PLAIN = re.compile(r"[0-9A-Za-z_.-]+")
_UNUSUAL = re.compile(r"[^0-9A-Za-z-]+")
_ADDRESS = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")
_EUI = re.compile(r"[0-9a-f]{16}")


def address_of(name: str) -> str:
    """Make up the address of a tag or gateway from a name: local, not multicast, always the same.

    Parameters
    ----------
    name
        Any text.
    """
    digest = hashlib.sha256(name.encode()).digest()
    return bytes([0xC2, *digest[:5]]).hex(":").upper()


def is_plain(name: str) -> bool:
    """Say whether a name may stand in a topic and in any message as it is."""
    return _PLAIN.fullmatch(name) is not None


def plain(name: str) -> str:
    """Make a name that may stand in a topic; one that had to be changed stays apart from others."""
    folded = _UNUSUAL.sub("-", name).strip("-")
    if folded == name:
        return name
    return f"{folded}-{hashlib.sha256(name.encode()).hexdigest()[:6]}".strip("-")


def sensor_name(dialect: str, gateway: str, device: str) -> str:
    """Make up a sensor's name.

    Parameters
    ----------
    dialect, gateway
        Through which it speaks, and how.
    device
        What it is called where it hangs.
    """
    if dialect == "ruuvi":
        return address_of(device)
    if dialect == "chirpstack":
        return hashlib.sha256(device.encode()).hexdigest()[:16]
    if dialect == "sparkplug_b":
        return f"{SPARKPLUG_GROUP}/{gateway}/{device}"
    return device


def device_of(sensor: str) -> str:
    """Give the part of a name that the device itself bears."""
    return sensor.rpartition("/")[2]


def name_fault(dialect: str, gateway: str, sensor: str) -> str | None:
    """Say what is wrong with a sensor's name; None where it can be used.

    Parameters
    ----------
    dialect, gateway
        Through which it speaks, and how.
    sensor
        Its name.
    """
    if dialect == "ruuvi":
        good, wanted = _ADDRESS.fullmatch(sensor), "an address such as C2:25:2D:8E:9C:2C"
    elif dialect == "chirpstack":
        good, wanted = _EUI.fullmatch(sensor), "an EUI of 16 small hexadecimal digits"
    elif dialect == "sparkplug_b":
        head = f"{SPARKPLUG_GROUP}/{gateway}/"
        good, wanted = _PLAIN.fullmatch(sensor.removeprefix(head)), f"{head}DEVICE"
        if not sensor.startswith(head):
            good = None
    else:
        good, wanted = _PLAIN.fullmatch(sensor), "letters, digits, '.', '_' and '-' alone"
    return None if good else f"{dialect} needs {wanted}"
