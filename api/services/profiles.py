"""The rules that points are watched by: the shipped packs, and those of the registry's folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from telemetry.alarm.packs import load_packs
from telemetry.alarm.rules import Profile
from telemetry.alarm.rules_file import read_rules

OWN = "profiles.yaml"


def profiles_of(registry: Path | None) -> Mapping[str, Profile]:
    """Give every rule pack by its name; a pack of one's own stands before a shipped one.

    Parameters
    ----------
    registry
        The registry's folder; None where nothing is watched.

    Raises
    ------
    InputRefused
        The folder's own packs have faults.
    """
    own = None if registry is None else registry / OWN
    if own is None or not own.is_file():
        return load_packs()
    return {**load_packs(), **read_rules(own.read_text(encoding="utf-8"), OWN)}
