"""A network of streets as arrays: nodes with coordinates, edges with metres and seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
import numpy.typing as npt

from optimizer.domain.errors import Fault
from optimizer.domain.travel_matrix import IntArray

FloatArray = npt.NDArray[np.float64]

LONGEST_SHOWN = 240
LONGEST_EDGE_M = 1e6
LONGEST_EDGE_S = 1e6
MOST_FAULTS = 200
"""A file of the wrong kind has a fault in every row; people read the first ones."""

METRES_PER_MILE = 1609.344


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadNetwork:
    """Streets as read from one file.

    Parameters
    ----------
    digest
        Hash of the file's bytes.
    lat, lon
        Degrees of each node.
    tails, heads
        Node numbers of each directed edge.
    length_m, seconds
        Of each edge; seconds are None where the file has no times.
    shapes
        Line of an edge as well-known text, by edge number; an edge that is absent is straight.
    """

    digest: str
    lat: FloatArray
    lon: FloatArray
    tails: IntArray
    heads: IntArray
    length_m: FloatArray
    seconds: FloatArray | None
    shapes: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadEdge:
    """One street between two nodes as a file has it.

    Parameters
    ----------
    place
        Where it stands in the file, for messages.
    tail, head
        Names of its nodes.
    length_m, seconds, kmh
        What the file says of it, as text; None where it says nothing.
    both_ways
        Whether it may be driven from head to tail as well.
    shape
        Its line as well-known text; None where it is straight.
    """

    place: str
    tail: str
    head: str
    length_m: str | None
    seconds: str | None = None
    kmh: str | None = None
    both_ways: bool = False
    shape: str | None = None


@dataclass(slots=True, kw_only=True)
class NetworkDraft:
    """Gathers nodes and edges of a file, in any order, and all of its faults."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    _places: dict[str, tuple[float, float]] = field(default_factory=dict)
    _edges: list[RoadEdge] = field(default_factory=list)

    def fault(self, code: str, place: str, cause: str, action: str) -> None:
        """Note a fault; beyond some hundred more say nothing new."""
        if len(self.faults) < MOST_FAULTS:
            where = _cut(f"{self.file} {place}".strip())
            self.faults.append(Fault(code=code, place=where, cause=_cut(cause), action=action))

    def node(self, place: str, name: str, lat: str | None, lon: str | None) -> None:
        """Take in a node; one that comes again must lie where it lay."""
        north, east = _number(lat, -90.0, 90.0), _number(lon, -180.0, 180.0)
        if not name or north is None or east is None:
            cause = f"node {name!r} has no coordinates in degrees: lat {lat!r}, lon {lon!r}"
            self.fault("CG-2011", place, cause, "Give latitude and longitude (WGS 84) in degrees")
        elif self._places.setdefault(name, (north, east)) != (north, east):
            cause = f"node {name!r} lies somewhere else in an earlier place of the file"
            self.fault("CG-2011", place, cause, "Give a node the same coordinates everywhere")

    def edge(self, edge: RoadEdge) -> None:
        """Take in an edge; its nodes may follow later."""
        self._edges.append(edge)

    def network(self, digest: str) -> RoadNetwork | None:
        """Build the network, each edge in its directions; None where there are faults."""
        number = {name: at for at, name in enumerate(self._places)}
        rows: list[tuple[int, int, float, float | None, float | None]] = []
        shapes: dict[int, str] = {}
        for edge in self._edges:
            ends = number.get(edge.tail), number.get(edge.head)
            length = self._length(edge)
            if ends[0] is None or ends[1] is None:
                lost = edge.tail if ends[0] is None else edge.head
                cause = f"edge names node {lost!r}, which the file does not have"
                self.fault("CG-2012", edge.place, cause, "Add the node, or leave the edge out")
                continue
            seconds, by_speed = self._times(edge, length)
            for tail, head in [ends, ends[::-1]][: 1 + edge.both_ways]:
                if edge.shape:
                    shapes[len(rows)] = edge.shape
                assert tail is not None
                assert head is not None
                rows.append((tail, head, length, seconds, by_speed))
        if not rows and not self.faults:
            self.fault("CG-2010", "", "the file has no edge", "Give the streets between the nodes")
        times = self._all_times([row[3] for row in rows], [row[4] for row in rows])
        if self.faults:
            return None
        where = np.array(list(self._places.values()), dtype=np.float64)
        return RoadNetwork(
            digest=digest,
            lat=where[:, 0].copy(),
            lon=where[:, 1].copy(),
            tails=np.array([row[0] for row in rows], dtype=np.int64),
            heads=np.array([row[1] for row in rows], dtype=np.int64),
            length_m=np.array([row[2] for row in rows], dtype=np.float64),
            seconds=times,
            shapes=shapes,
        )

    def _length(self, edge: RoadEdge) -> float:
        length = _number(edge.length_m, 0.0, LONGEST_EDGE_M)
        if length is None:
            cause = f"length {edge.length_m!r} of {edge.tail} to {edge.head} is no number of metres"
            self.fault("CG-2012", edge.place, cause, "Give the length of the edge in metres")
        return length or 0.0

    def _times(self, edge: RoadEdge, length_m: float) -> tuple[float | None, float | None]:
        """Give the seconds that the file states, and those that follow from its speed."""
        seconds = _number(edge.seconds, 0.0, LONGEST_EDGE_S)
        if edge.seconds and seconds is None:
            cause = f"time {edge.seconds!r} of {edge.tail} to {edge.head} is no number of seconds"
            self.fault("CG-2012", edge.place, cause, "Give the time of the edge in seconds")
        kmh = _speed(edge.kmh)
        return seconds, None if kmh is None else length_m * 3.6 / kmh

    def _all_times(
        self, stated: list[float | None], by_speed: list[float | None]
    ) -> FloatArray | None:
        """Take the stated seconds, else those by speed limit where every edge has one."""
        without = sum(time is None for time in stated)
        if 0 < without < len(stated):
            cause = f"{without} of {len(stated)} edges have no time"
            self.fault("CG-2013", "", cause, "Give every edge its seconds, or none")
        if without == 0:
            return np.array(stated, dtype=np.float64)
        if None not in by_speed:
            return np.array(by_speed, dtype=np.float64)
        return None


def _cut(text: str) -> str:
    """Keep what a person reads of a text in which words of the file stand."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _number(text: str | None, least: float, most: float) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) and least <= value <= most else None


def _speed(text: str | None) -> float | None:
    """Read a speed limit as maps write it: ``50``, ``50 km/h`` or ``30 mph``."""
    amount, _, unit = (text or "").strip().partition(" ")
    kmh = _number(amount, 0.1, 300.0)
    if kmh is not None and unit.strip() == "mph":
        return kmh * METRES_PER_MILE / 1000.0
    return kmh if unit.strip() in {"", "km/h", "kmh", "kph"} else None
