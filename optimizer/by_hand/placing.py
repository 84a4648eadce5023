"""Where a visit costs least on a trip: first what has no room, then other rules, then cents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimizer.by_hand.clock import Times, Ways, timed
from optimizer.by_hand.draft import Trip, Visit
from optimizer.by_hand.edits import EditRefused
from optimizer.by_hand.loads import overload
from optimizer.domain.fleet import Echelon
from optimizer.domain.network import SiteKind
from optimizer.domain.objective import lateness_cost, route_cost, shelf_life_cost
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents, Seconds
from optimizer.planning.waves import binding_window
from optimizer.travel.provider import TravelProvider


def placed(
    problem: Problem,
    travel: TravelProvider,
    trip: Trip,
    visit: Visit,
    position: int | None,
) -> list[Visit]:
    """Give the visits of a trip with one more among them.

    Without a position the visit may also join one at the same site.

    Raises
    ------
    EditRefused
        The trip has no such position.
    """
    if position is not None:
        if not 0 <= position <= len(trip.visits):
            raise EditRefused(
                "CG-4013",
                f"route {trip.route.id}: position {position} lies outside 0 to {len(trip.visits)}",
            )
        return [*trip.visits[:position], visit, *trip.visits[position:]]
    ways = Ways.between(problem, travel, trip, [visit.site])
    earliest = _earliest(problem, trip)

    def price(visits: Sequence[Visit]) -> tuple[int, Seconds, Cents]:
        times = timed(problem, ways, trip.vehicle, visits, earliest)
        broken_s = _broken_s(problem, trip, visits, times)
        cents = _cents(problem, trip, visits, times)
        return overload(trip.vehicle, visits), broken_s, cents

    return min(_candidates(trip, visit), key=price)


def _candidates(trip: Trip, visit: Visit) -> Iterator[list[Visit]]:
    for number, known in enumerate(trip.visits):
        if known.site == visit.site:
            shared = replace(
                known,
                delivers=[*known.delivers, *visit.delivers],
                collects=(*known.collects, *visit.collects),
            )
            yield [*trip.visits[:number], shared, *trip.visits[number + 1 :]]
    for number in range(len(trip.visits) + 1):
        yield [*trip.visits[:number], visit, *trip.visits[number:]]


def _earliest(problem: Problem, trip: Trip) -> Seconds:
    """Give the departure from which places are compared; a truck keeps its own."""
    if trip.route.echelon is Echelon.LINEHAUL:
        return trip.route.departs
    return max(problem.wave(trip.route.wave).departs, trip.vehicle.shift.opens)


def _broken_s(problem: Problem, trip: Trip, visits: Sequence[Visit], times: Times) -> Seconds:
    """Add up the seconds by which windows, hours, the shift and times on board are missed.

    A metre beyond the range of the vehicle counts as a second.
    """
    broken = max(0, times.returns - trip.vehicle.shift.closes)
    if trip.vehicle.range_m is not None:
        broken += max(0, times.distance_m - trip.vehicle.range_m)
    for visit, (_, starts, _) in zip(visits, times.rows, strict=True):
        site = problem.sites[visit.site]
        if not site.is_open(starts):
            broken += max(0, starts - max((w.closes for w in site.hours), default=0))
        for item in visit.delivers:
            window = binding_window(problem, problem.lines[item.key])
            if window is not None and site.kind is SiteKind.PICKUP:
                broken += max(0, starts - window.closes, window.opens - starts)
            limit = problem.time_on_board_s.get(item.zone)
            if limit is not None:
                broken += max(0, starts - times.departs - limit)
    return broken


def _cents(problem: Problem, trip: Trip, visits: Sequence[Visit], times: Times) -> Cents:
    driven = route_cost(
        trip.vehicle,
        distance_m=times.distance_m,
        duration_s=times.returns - times.departs,
        first_trip=False,
    ).total
    if trip.route.echelon is Echelon.LINEHAUL:
        return driven
    served = [
        (problem.lines[item.key], row[1])
        for visit, row in zip(visits, times.rows, strict=True)
        for item in visit.delivers
    ]
    late = sum(lateness_cost(problem.promises[line.promise], line, at) for line, at in served)
    aged = sum(shelf_life_cost(problem.objective, line, at) for line, at in served)
    return driven + late + aged
