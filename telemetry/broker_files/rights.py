"""Who may write what by mosquitto's file of rights, and whom that lets speak for others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SENSORS, COMMANDS = "coldgrid/sensors", "coldgrid/commands"
MONITOR, SERVICE = "coldgrid-monitor", "coldgrid-service"

OWN_NAME = "%u"
"""Stands for the name of the account; ``%c`` for an id that a client gives itself."""

DEVICE_RIGHTS = (
    f"pattern write {SENSORS}/{OWN_NAME}",
    f"pattern write {SENSORS}/{OWN_NAME}/+",
    f"pattern read {COMMANDS}/{OWN_NAME}",
    f"user {MONITOR}",
    f"topic read {SENSORS}/#",
    f"user {SERVICE}",
    f"topic write {COMMANDS}/#",
)
"""A device that logs in under its id writes its own readings and reads its own commands; the
monitor reads all readings, and the service alone writes commands."""


@dataclass(frozen=True, slots=True)
class Right:
    """One line.

    Parameters
    ----------
    user
        Whose it is; None before the first user: of those without an account, or of all (pattern).
    is_pattern
        Whether it holds for every account.
    """

    line: int
    user: str | None
    is_pattern: bool
    writes: bool
    topic: str


def rights_of(text: str) -> list[Right]:
    """Read a file of rights."""
    rights: list[Right] = []
    user: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        kind, _, rest = words.partition(" ")
        rest = rest.strip()
        if kind == "user":
            user = rest
        elif kind in {"topic", "pattern"} and rest:
            access, _, topic = rest.partition(" ")
            if access not in {"read", "write", "readwrite", "deny"}:
                # What names no access allows both.
                access, topic = "readwrite", rest
            owner = None if kind == "pattern" else user
            writes = access in {"write", "readwrite"}
            rights.append(Right(number, owner, kind == "pattern", writes, topic.strip()))
    return rights


def unsafe_rights(rights: Sequence[Right]) -> Iterator[tuple[Right, str]]:
    """Give rights by which somebody can speak for somebody else, each with the reason."""
    for right in rights:
        if not right.writes:
            continue
        whose = "every account" if right.is_pattern else right.user or "whoever has no account"
        if not right.is_pattern and right.user is None:
            yield right, "whoever has no account may write there"
        elif _reaches(right, SENSORS):
            yield right, f"{whose} may write the readings of every sensor"
        elif right.is_pattern and _reaches(right, COMMANDS):
            yield right, "every account may send commands to every device"
        elif right.is_pattern and "%c" in right.topic and OWN_NAME not in right.topic:
            yield right, "it goes by client ids, which clients choose themselves"


def _reaches(right: Right, branch: str) -> bool:
    """Say whether a filter covers several devices of a branch, or for all accounts any."""
    levels, wanted = right.topic.split("/"), branch.split("/")
    for place, level in enumerate(levels):
        if level == "#":
            return True
        if place == len(wanted):
            return level == "+" or (right.is_pattern and "%" not in level)
        if level not in {"+", wanted[place]}:
            return False
    return False
