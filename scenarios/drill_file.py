"""An event file of a drill, read with every fault at its line and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from optimizer.domain.errors import InputRefused
from optimizer.domain.file_text import text_of
from optimizer.domain.temperature import ZONES
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds
from scenarios.language.kinds import DayTime, Number, Text, Words
from scenarios.language.nodes import FaultLog, Node, parsed
from scenarios.language.shapes import Record, told
from scenarios.spec import DEFAULT_ITERATIONS

SCHEMA = "coldgrid/drill/1"
KEYS = ("schema", "base", "iterations", "seed", "decide_min", "people", "events")
MINUTES = Number(least=0, most=1440)
WHOLE = Number(least=1, most=2**31 - 1, whole=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolingFails:
    """The cooling of one compartment stops."""

    at: str = told("When.", DayTime())
    vehicle: str = told("Its id.", Text())
    zone: str = told("Which compartment.", Words(tuple(zone.value for zone in ZONES)))


@dataclass(frozen=True, slots=True, kw_only=True)
class VanStands:
    """A van does not drive on; its driver says so at once."""

    at: str = told("When.", DayTime())
    vehicle: str = told("Its id.", Text())


Trouble: TypeAlias = CoolingFails | VanStands
TROUBLES = {"cooling_fails": Record(CoolingFails), "breakdown": Record(VanStands)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What happens, and how fast people answer.

    Parameters
    ----------
    base
        The day; None where the file names none.
    people
        By name, seconds from a call to the answer; who is not named never answers.
    decide_s
        From the answer until a way out is accepted.
    seed, iterations
        Of the planner, where the day has no plan yet; the seed of sensor noise besides.
    """

    base: Path | None
    troubles: tuple[Trouble, ...]
    people: Mapping[str, Seconds]
    decide_s: Seconds
    seed: int = 1
    iterations: int = DEFAULT_ITERATIONS


def read_drill(path: Path) -> Drill:
    """Read an event file.

    Parameters
    ----------
    path
        The file; its ``base`` is relative to it.

    Raises
    ------
    InputRefused
        Every fault, with line and column.
    """
    log = FaultLog()
    try:
        text = text_of(path.read_bytes())
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        log.add("CG-1620", path.name, f"it cannot be read: {cause}")
        raise InputRefused(log.faults) from error
    root = parsed(text, path.name, log)
    if not log.faults and not root.is_mapping:
        log.add("CG-1604", root.place, "the file is no mapping of keys to values")
    drill = None if log.faults else _drill(root, path.parent)
    if drill is None or log.faults:
        raise InputRefused(log.faults)
    return drill


def _drill(root: Node, folder: Path) -> Drill:
    child = root.fields(KEYS)
    schema = child("schema")
    if schema.is_absent or schema.text() != SCHEMA:
        schema.fault("CG-1606", f"it is not {SCHEMA}")
    base = child("base").text()
    people = {name: _minutes(node) for name, node in child("people").entries()}
    if child("events").is_absent:
        child("events").fault("CG-1603", "a drill has at least one event")
    return Drill(
        base=None if base is None else (folder / base).resolve(),
        troubles=tuple(_troubles(child("events"))),
        people=people,
        decide_s=_minutes(child("decide_min"), 2.0),
        seed=_whole(child("seed"), 1),
        iterations=_whole(child("iterations"), DEFAULT_ITERATIONS),
    )


def _minutes(node: Node, default: float = 0.0) -> Seconds:
    value = default if node.is_absent else MINUTES.read(node)
    return round((value or 0.0) * SECONDS_PER_MINUTE)


def _whole(node: Node, default: int) -> int:
    value = None if node.is_absent else WHOLE.read(node)
    return default if value is None else int(value)


def _troubles(node: Node) -> list[Trouble]:
    found = []
    for item in node.items():
        entries = list(item.entries())
        if len(entries) != 1 or entries[0][0] not in TROUBLES:
            item.fault("CG-1602", f"write one of {', '.join(TROUBLES)} with its values")
            continue
        name, values = entries[0]
        trouble = TROUBLES[name].read(values)
        if trouble is not None:
            found.append(trouble)
    return found
