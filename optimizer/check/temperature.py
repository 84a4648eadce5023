"""Product temperatures in cooled bodies, from departure to hand-over."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.check.cabins import Floats, cabins
from optimizer.check.facts import Facts, JudgedRoute, at
from optimizer.check.integration import worst_excess_c
from optimizer.check.journey import journey, legs_of
from optimizer.domain.fleet import Cooling
from optimizer.domain.plan import Violation
from optimizer.domain.temperature import ZONES

ROUTES_AT_ONCE = 256
"""Bounds the memory of an integration; routes of like duration stand side by side."""

TOLERANCE_C = 1e-6
"""Rounding of the integration; the edges themselves belong to the band."""


def temperature(facts: Facts) -> Iterator[Violation]:
    """Integrate all routes with a cooled body; a finding per route and zone, at its worst stop."""
    cooled = [
        one
        for one in facts.judged
        if one.vehicle.cooling is Cooling.REFRIGERATED
        and any(item for stop in one.route.stops for item in stop.delivers)
        and any(one.route.compartments.values())
    ]
    by_length = sorted(cooled, key=lambda one: one.route.stops[-1].departs - one.route.departs)
    for start in range(0, len(by_length), ROUTES_AT_ONCE):
        yield from _judge(facts, by_length[start : start + ROUTES_AT_ONCE])


def _judge(facts: Facts, routes: list[JudgedRoute]) -> Iterator[Violation]:
    bodies = cabins(facts.problem, routes)
    trips = journey([legs_of(facts.problem, one) for one in routes], bodies)
    worst = worst_excess_c(facts.problem, bodies, trips)
    for one, first in zip(routes, trips.first_leg, strict=True):
        yield from _findings(one, worst[:, first : first + len(one.route.stops)])


def _findings(one: JudgedRoute, worst: Floats) -> Iterator[Violation]:
    for zone, excess in zip(ZONES, worst, strict=True):
        leg = int(excess.argmax())
        if excess[leg] > TOLERANCE_C:
            where = at(one.route, one.route.stops[leg], zone)
            yield Violation(code="temperature", where=where, amount=float(excess[leg]))
