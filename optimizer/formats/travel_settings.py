"""Settings of travel: provider, circuity, speeds, traffic factors, files, profile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath, PureWindowsPath

from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.network import TimeWindow
from optimizer.domain.problem import TrafficSlot, TravelSettings
from optimizer.formats import cells
from optimizer.formats.clock import Clock
from optimizer.formats.faults import CellError, listed, shown
from optimizer.formats.settings_nodes import Node
from optimizer.formats.type_settings import TypeSettings, speed

PROVIDERS = ("great_circle", "matrix", "road_graph", "osrm")
WITH_FILE = {
    "matrix": "Name the matrix file as travel.file",
    "road_graph": "Name the road graph as travel.file",
}
PROFILE = re.compile(r"[A-Za-z0-9_]{1,60}")
DEFAULT_SPEED_KMH = {Echelon.LINEHAUL: 45.0, Echelon.LAST_MILE: 25.0}


def read_travel(node: Node, clock: Clock, types: TypeSettings) -> TravelSettings:
    """Read ``travel``, with the speeds that ``vehicle_types`` gives."""
    node.only(("provider", "circuity", "speed_kmh", "factors", "file", "closures", "profile"))
    default = TravelSettings()
    provider = node.child("provider").read(
        lambda cell: cells.one_of(cell, PROVIDERS), default.provider
    )
    file = node.child("file").read(_file_name)
    if provider in WITH_FILE and file is None:
        node.fault("CG-1028", f"provider {provider} needs a file", WITH_FILE[provider])
    closures = node.child("closures").read(_file_name)
    if closures is not None and provider != "road_graph":
        cause = f"closures are given, and provider {provider} knows no streets to close"
        node.fault("CG-1028", cause, "Take the provider road_graph, or take the closures out")
    profile = node.child("profile").read(_profile)
    if profile is not None and provider != "osrm":
        cause = f"a profile is given, and provider {provider} has none"
        node.fault("CG-1028", cause, "Take the provider osrm, or take the profile out")
    speeds = dict(types.speed_kmh)
    for name, entry in node.child("speed_kmh").entries():
        kmh = entry.required(speed)
        if kmh is not None and speeds.setdefault(name, kmh) != kmh:
            entry.fault("CG-1028", f"vehicle_types.{name}.speed_kmh gives another speed")
    return TravelSettings(
        provider=provider,
        circuity=node.child("circuity").read(cells.real(1, 10), default.circuity),
        speed_kmh=speeds,
        slots=_slots(node.child("factors"), clock),
        file=file,
        closures=closures,
        profile=default.profile if profile is None else profile,
    )


def _profile(cell: str) -> str:
    """Read the name of a profile, which becomes a part of an address."""
    if not PROFILE.fullmatch(cell):
        cause = f"{shown(cell)} is no name of a profile"
        raise CellError("CG-1012", cause, "Write letters, digits and low lines, such as driving")
    return cell


def _file_name(cell: str) -> str:
    """Read a name below the problem's folder; an upload must not reach other files."""
    parts = {*PurePosixPath(cell).parts, *PureWindowsPath(cell).parts}
    absolute = PurePosixPath(cell).is_absolute() or PureWindowsPath(cell).anchor
    if absolute or ".." in parts or "\0" in cell:
        cause = f"{shown(cell)} does not lie in the folder of the problem"
        raise CellError("CG-1008", cause, "Write a file name relative to the problem's folder")
    return cell


def _slots(node: Node, clock: Clock) -> tuple[TrafficSlot, ...]:
    """Read traffic factors; times of day recur daily, as opening hours do."""
    slots: list[TrafficSlot] = []
    for item in node.items():
        item.only(("from", "to", "factor"))
        start = item.child("from").required(clock.moment)
        end = item.child("to").required(clock.moment)
        factor = item.child("factor").required(cells.real(most=100, above=0))
        if start is None or end is None or factor is None:
            continue
        try:
            windows = clock.hours(start, end)
        except CellError as error:
            item.fault(error.code, error.cause, error.action)
            continue
        if any(_overlap(slot.window, window) for slot in slots for window in windows):
            item.fault("CG-1028", "the slot overlaps an earlier one")
        slots += [TrafficSlot(window=window, factor=factor) for window in windows]
    return tuple(sorted(slots, key=lambda slot: slot.window))


def _overlap(one: TimeWindow, other: TimeWindow) -> bool:
    """Say whether two windows share more than an edge."""
    return one.opens < other.closes and other.opens < one.closes


def with_every_speed(travel: TravelSettings, vehicles: Iterable[Vehicle]) -> TravelSettings:
    """Add the default speed of every type that has none; a type of both echelons is the slower."""
    speeds: dict[str, float] = {}
    for vehicle in vehicles:
        default = DEFAULT_SPEED_KMH[vehicle.echelon]
        speeds[vehicle.type] = min(speeds.get(vehicle.type, default), default)
    return replace(travel, speed_kmh=speeds | dict(travel.speed_kmh))


def refuse_idle_types(driven: Iterable[str], described: Mapping[str, Node]) -> None:
    """Note a description of a type that no vehicle has while a type of the fleet has none.

    One of the two is a slip of the pen then. Where every type of the fleet is described, more
    descriptions than needed do no harm: a fleet changes from day to day.
    """
    fleet = set(driven)
    lacking = sorted(fleet - set(described))
    for name, entry in described.items():
        if lacking and name not in fleet:
            cause = f"no vehicle is of the type {shown(name)}, while nothing describes "
            entry.fault("CG-1015", cause + listed(lacking))
