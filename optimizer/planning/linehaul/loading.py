"""Put order lines on trips: a line may be split, and every gram and millilitre is accounted for.

A linear program says which share of each line rides on which trip. Its solution is a vertex, so
hardly more lines are split than there are full compartments. Where not everything fits, whole
lines are left, the ones that cost least. Shares become whole grams and millilitres in ``rounding``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ortools.linear_solver import pywraplp

from optimizer.domain.errors import EngineFailed
from optimizer.domain.fleet import Layout, Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Delivery
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Cents, thousands
from optimizer.planning.linehaul.demand import GridDemand
from optimizer.planning.linehaul.rounding import Column, whole_numbers
from optimizer.planning.linehaul.tours import Tour

NODES_PER_ITERATION = 1
"""Branch-and-bound nodes for one iteration of a limit."""

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


def load_trips(
    demands: Sequence[GridDemand],
    trips: Sequence[Trip],
    leaving_cents: Mapping[LineKey, Cents],
    *,
    limit: Limit,
) -> Loading:
    """Distribute the lines of all demands over the trips."""
    lines = list(_lines(demands, trips, leaving_cents))
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
    demands: Sequence[GridDemand], trips: Sequence[Trip], leaving_cents: Mapping[LineKey, Cents]
) -> Iterator[_Line]:
    visits: dict[tuple[int, Zone], dict[int, int]] = {}
    for number, trip in enumerate(trips):
        for position, (stop, zones) in enumerate(
            zip(trip.tour.stops, trip.tour.zones, strict=True)
        ):
            for zone in zones:
                visits.setdefault((stop, zone), {})[number] = position
    for index, demand in enumerate(demands):
        for delivery in demand.deliveries:
            yield _Line(
                delivery=delivery,
                stops=visits.get((index, delivery.zone), {}),
                leave_cents=leaving_cents[delivery.key],
            )


def _shares(lines: Sequence[_Line], trips: Sequence[Trip], limit: Limit) -> list[dict[int, float]]:
    """Say which share of each line rides on which trip; a line that is left has none."""
    relaxed = _Program(lines, trips, kept=None, whole=False).solve(limit)
    if all(left <= NOTHING for left in relaxed.left):
        return relaxed.shares
    chosen = _Program(lines, trips, kept=None, whole=True).solve(limit)
    kept = [left < 0.5 for left in chosen.left]  # noqa: PLR2004 - a yes or no as a float
    return _Program(lines, trips, kept=kept, whole=False).solve(limit).shares


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solution:
    shares: list[dict[int, float]]
    left: list[float]


class _Program:
    """The linear program over all lines; kilograms and litres keep its numbers near one."""

    def __init__(
        self,
        lines: Sequence[_Line],
        trips: Sequence[Trip],
        *,
        kept: Sequence[bool] | None,
        whole: bool,
    ) -> None:
        self._whole = whole
        self._solver = pywraplp.Solver.CreateSolver("SCIP" if whole else "GLOP")
        self._masses = [
            self._solver.RowConstraint(0, thousands(trip.vehicle.payload_g), "") for trip in trips
        ]
        self._rooms = [
            {
                zone: self._solver.RowConstraint(0, thousands(trip.rooms.get(zone, 0)), "")
                for zone in ZONES
            }
            for trip in trips
        ]
        self._left: list[pywraplp.Variable] = []
        self._shares: list[dict[int, pywraplp.Variable]] = []
        for number, line in enumerate(lines):
            self._add(line, None if kept is None else kept[number])

    def _add(self, line: _Line, kept: bool | None) -> None:
        solver = self._solver
        left = solver.BoolVar("") if self._whole else solver.NumVar(0, 1, "")
        if kept is not None:
            left.SetBounds(0 if kept else 1, 0 if kept else 1)
        solver.Objective().SetCoefficient(left, line.leave_cents)
        row = solver.RowConstraint(1, 1, "")
        row.SetCoefficient(left, 1)
        shares = {}
        for trip in line.stops:
            share = solver.NumVar(0, 1, "")
            row.SetCoefficient(share, 1)
            self._masses[trip].SetCoefficient(share, thousands(line.delivery.mass_g))
            room = self._rooms[trip][line.delivery.zone]
            room.SetCoefficient(share, thousands(line.delivery.volume_ml))
            shares[trip] = share
        self._left.append(left)
        self._shares.append(shares)

    def solve(self, limit: Limit) -> _Solution:
        """Solve it; leaving everything is always a solution."""
        solver = self._solver
        if self._whole and limit.iterations is not None:
            nodes = 100 + limit.iterations * NODES_PER_ITERATION
            solver.SetSolverSpecificParametersAsString(f"limits/nodes = {nodes}\n")
        elif limit.seconds is not None:
            solver.SetTimeLimit(max(1000, round(limit.seconds * 1000)))
        status = solver.Solve()
        if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            raise EngineFailed("CG-3001", f"loading the trucks ended with solver status {status}")
        shares = [
            {trip: share.solution_value() for trip, share in row.items()} for row in self._shares
        ]
        return _Solution(
            shares=[{t: s for t, s in row.items() if s > NOTHING} for row in shares],
            left=[left.solution_value() for left in self._left],
        )


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
    pieces: list[dict[int, Delivery]] = []
    for line, mass_g, volume_ml in zip(lines, grams, millilitres, strict=True):
        parts: dict[int, Delivery] = {}
        if mass_g is not None and volume_ml is not None:
            for trip in line.stops:
                mass, volume = (
                    mass_g.get((trip, None), 0),
                    volume_ml.get((trip, line.delivery.zone), 0),
                )
                if (mass, volume) != (0, 0):
                    parts[trip] = Delivery(
                        key=line.delivery.key,
                        zone=line.delivery.zone,
                        mass_g=mass,
                        volume_ml=volume,
                    )
        pieces.append(parts)
    return pieces
