"""Put order lines on trips: a line may be split, and every gram and millilitre is accounted for.

A linear program says which share of each line rides on which trip. Its solution is a vertex, so
hardly more lines are split than there are full compartments. Where not everything fits, whole
lines are left, the ones that cost least. Shares become whole grams and millilitres in ``rounding``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.domain.fleet import Layout, Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Delivery
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Cents, thousands
from optimizer.planning.linehaul.demand import GridDemand
from optimizer.planning.linehaul.linear import FloatArray, LinearProgram
from optimizer.planning.linehaul.rounding import Column, whole_numbers
from optimizer.planning.linehaul.tours import Tour

NOTHING = 1e-7
"""A smaller share of a line than this is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One truck's trip before it has a time.

    Parameters
    ----------
    rooms
        Compartments while loading.
    loads
        Per stop of the tour what is unloaded there.
    """

    tour: Tour
    vehicle: Vehicle
    rooms: Layout
    loads: tuple[tuple[Delivery, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """The loaded trips, and the lines that are on none of them."""

    trips: tuple[Trip, ...]
    left: frozenset[LineKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line, and the trips that could bring it with the stop on each."""

    delivery: Delivery
    stops: Mapping[int, int]
    leave_cents: Cents
    haste: int


def load_trips(
    demands: Sequence[GridDemand],
    trips: Sequence[Trip],
    leaving_cents: Mapping[LineKey, Cents],
    *,
    haste: Mapping[LineKey, int],
    limit: Limit,
) -> Loading:
    """Distribute the lines of all demands over the trips.

    Parameters
    ----------
    demands, trips
        The goods, and the trips that may bring them.
    leaving_cents
        What it costs to leave a line.
    haste
        The larger the number of a line, the rather it comes with one of the first trips.
    limit
        For the solver.
    """
    lines = list(_lines(demands, trips, leaving_cents, haste))
    shares = _shares(lines, trips, limit)
    pieces = _pieces(lines, trips, shares)
    loads: list[list[list[Delivery]]] = [[[] for _ in trip.tour.stops] for trip in trips]
    left: set[LineKey] = set()
    for line, parts in zip(lines, pieces, strict=True):
        if not parts:
            left.add(line.delivery.key)
        for trip, part in parts.items():
            loads[trip][line.stops[trip]].append(part)
    return Loading(
        trips=tuple(
            Trip(
                tour=trip.tour,
                vehicle=trip.vehicle,
                rooms=trip.rooms,
                loads=tuple(tuple(stop) for stop in load),
            )
            for trip, load in zip(trips, loads, strict=True)
        ),
        left=frozenset(left),
    )


def _lines(
    demands: Sequence[GridDemand],
    trips: Sequence[Trip],
    leaving_cents: Mapping[LineKey, Cents],
    haste: Mapping[LineKey, int],
) -> Iterator[_Line]:
    visits: dict[tuple[int, Zone], dict[int, int]] = {}
    for number, trip in enumerate(trips):
        for position, wanted, zones in trip.tour.brings:
            for zone in zones:
                visits.setdefault((wanted, zone), {})[number] = position
    for index, demand in enumerate(demands):
        for delivery in demand.deliveries:
            yield _Line(
                delivery=delivery,
                stops=visits.get((index, delivery.zone), {}),
                leave_cents=leaving_cents[delivery.key],
                haste=haste[delivery.key],
            )


def _shares(lines: Sequence[_Line], trips: Sequence[Trip], limit: Limit) -> list[dict[int, float]]:
    """Say which share of each line rides on which trip; a line that is left has none."""
    shares: list[dict[int, float]] = [{} for _ in lines]
    tight = []
    for number, trip in enumerate(_spacious(lines, trips)):
        if trip is None:
            tight.append(number)
        else:
            shares[number] = {trip: 1.0}
    for number, row in zip(tight, _solved([lines[n] for n in tight], trips, limit), strict=True):
        shares[number] = row
    return shares


def _spacious(lines: Sequence[_Line], trips: Sequence[Trip]) -> list[int | None]:
    """Give each line a trip that holds all that could be put on it; None where there is none.

    Lines that have found such a trip are no longer in the way on others, which may make those
    spacious in turn.
    """
    loads = np.array(
        [[x.delivery.mass_g, ZONES.index(x.delivery.zone), x.delivery.volume_ml] for x in lines],
        dtype=np.int64,
    ).reshape(-1, 3)
    could = np.zeros((len(lines), len(trips)), dtype=np.bool_)
    for number, line in enumerate(lines):
        could[number, list(line.stops)] = True
    rooms = np.array([[t.vehicle.payload_g, *_sizes(t)] for t in trips]).reshape(-1, 1 + len(ZONES))
    weights = np.zeros((len(lines), 1 + len(ZONES)), dtype=np.int64)
    weights[:, 0] = loads[:, 0]
    weights[np.arange(len(lines)), 1 + loads[:, 1]] = loads[:, 2]
    found: list[int | None] = [None] * len(lines)
    checked: set[int] = set()
    while True:
        held = could.T.astype(np.int64) @ weights
        fitting = [t for t in np.flatnonzero((held <= rooms).all(axis=1)) if t not in checked]
        if not fitting:
            return found
        trip = int(fitting[0])
        checked.add(trip)
        for number in np.flatnonzero(could[:, trip]).tolist():
            found[number] = trip
            could[number] = False
            could[number, trip] = True


def _sizes(trip: Trip) -> list[int]:
    return [trip.rooms.get(zone, 0) for zone in ZONES]


def _solved(lines: Sequence[_Line], trips: Sequence[Trip], limit: Limit) -> list[dict[int, float]]:
    """Distribute lines by linear programming, and leave those that cost least to leave."""
    program = _Program(lines, trips)
    shares, left = program.solve(limit)
    kept = [True] * len(lines)
    if (left > NOTHING).any():
        _, left = _Program(lines, trips, whole=True).solve(limit)
        # A yes or no comes back as a number near 1 or 0.
        kept = [bool(share < 0.5) for share in left]  # noqa: PLR2004
        program.settle(kept)
        shares = program.solve(limit)[0]
    if not any(line.haste for line in lines):
        return shares
    program.settle(kept)
    program.hurry()
    return program.attempt(limit) or shares


class _Program:
    """The linear program over all lines; kilograms and litres keep its numbers near one.

    Once it is settled what is left, a hurried one puts goods for early waves on the first trips.
    """

    def __init__(
        self,
        lines: Sequence[_Line],
        trips: Sequence[Trip],
        *,
        whole: bool = False,
    ) -> None:
        self._program = LinearProgram(mixed=whole)
        self._whole = whole
        self._lines = lines
        self._masses = [self._program.row(0, thousands(trip.vehicle.payload_g)) for trip in trips]
        self._rooms = [
            {zone: self._program.row(0, thousands(trip.rooms.get(zone, 0))) for zone in ZONES}
            for trip in trips
        ]
        # Trips that call at many grids go first: goods wanted soon then crowd on few trips.
        order = sorted(range(len(trips)), key=lambda trip: (-len(trips[trip].tour.stops), trip))
        self._place = {trip: place for place, trip in enumerate(order)}
        self._left: list[int] = []
        self._shares: list[dict[int, int]] = []
        for line in lines:
            self._add(line)

    def _add(self, line: _Line) -> None:
        program, part = self._program, line.delivery
        left = program.variable(cost=line.leave_cents, upper=1.0, yes_or_no=self._whole)
        row = program.row(1, 1)
        program.put(row, left, 1)
        shares = {trip: program.variable(cost=0.0) for trip in line.stops}
        mass, volume, zone = thousands(part.mass_g), thousands(part.volume_ml), part.zone
        for trip, share in shares.items():
            program.put(row, share, 1)
            program.put(self._masses[trip], share, mass)
            program.put(self._rooms[trip][zone], share, volume)
        self._left.append(left)
        self._shares.append(shares)

    def settle(self, kept: Sequence[bool]) -> None:
        """Say which lines ride and which are left."""
        for variable, rides in zip(self._left, kept, strict=True):
            self._program.bind(variable, 0.0 if rides else 1.0, 0.0 if rides else 1.0)

    def hurry(self) -> None:
        """Charge goods for early waves for every trip that goes before theirs."""
        for line, shares in zip(self._lines, self._shares, strict=True):
            for trip, share in shares.items():
                self._program.charge(share, line.haste * self._place[trip])

    def solve(self, limit: Limit) -> tuple[list[dict[int, float]], FloatArray]:
        """Give the share of each line per trip, and the share that is left of each."""
        values = self._program.solve(limit)
        return self._rows_of(values), values[self._left]

    def attempt(self, limit: Limit) -> list[dict[int, float]] | None:
        """Give the share of each line per trip; None where the solver finds none."""
        values = self._program.attempt(limit)
        return None if values is None else self._rows_of(values)

    def _rows_of(self, values: FloatArray) -> list[dict[int, float]]:
        return [
            {trip: float(values[v]) for trip, v in row.items() if values[v] > NOTHING}
            for row in self._shares
        ]


def _pieces(
    lines: Sequence[_Line], trips: Sequence[Trip], shares: Sequence[Mapping[int, float]]
) -> list[dict[int, Delivery]]:
    """Turn shares into deliveries; a line that cannot be made up exactly is left."""
    grams = whole_numbers(
        [line.delivery.mass_g for line in lines],
        [{(trip, None): share for trip, share in row.items()} for row in shares],
        {(number, None): trip.vehicle.payload_g for number, trip in enumerate(trips)},
    )
    rooms: dict[Column, int] = {
        (number, zone): trip.rooms.get(zone, 0)
        for number, trip in enumerate(trips)
        for zone in ZONES
    }
    millilitres = whole_numbers(
        [line.delivery.volume_ml for line in lines],
        [
            {(trip, line.delivery.zone): share for trip, share in row.items()}
            for line, row in zip(lines, shares, strict=True)
        ],
        rooms,
    )
    return [
        _parts(line, mass_g, volume_ml)
        for line, mass_g, volume_ml in zip(lines, grams, millilitres, strict=True)
    ]


def _parts(
    line: _Line, mass_g: Mapping[Column, int] | None, volume_ml: Mapping[Column, int] | None
) -> dict[int, Delivery]:
    if mass_g is None or volume_ml is None:
        return {}
    zone = line.delivery.zone
    whole = {t: (mass_g.get((t, None), 0), volume_ml.get((t, zone), 0)) for t in line.stops}
    return {
        trip: Delivery(key=line.delivery.key, zone=zone, mass_g=mass, volume_ml=volume)
        for trip, (mass, volume) in whole.items()
        if (mass, volume) != (0, 0)
    }
