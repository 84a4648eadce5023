"""The shipped rule packs, read once from the YAML files that lie beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from optimizer.domain.temperature import Zone
from telemetry.alarm.rules import Profile
from telemetry.alarm.rules_file import read_rules

GATEWAY = "gateway"
"""The pack of points that have no temperature."""


@cache
def load_packs() -> Mapping[str, Profile]:
    """Give every shipped rule pack by its name."""
    packs: dict[str, Profile] = {}
    folder = files("telemetry.alarm.packs")
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".yaml"):
            packs |= read_rules(entry.read_text(encoding="utf-8"), entry.name)
    return MappingProxyType(packs)


def default_profile(zone: Zone | None) -> Profile:
    """Give the default rules of a zone; those of a gateway where there is none."""
    return load_packs()[GATEWAY if zone is None else zone.value]
