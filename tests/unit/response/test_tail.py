"""The rest of a route timed anew: what is behind stays, turns are counted, hours are kept."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from optimizer.domain.driving import BreakRule
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import TravelMatrix
from optimizer.reroute import Disruption, respond
from optimizer.response.roads import Roads
from optimizer.response.situation import on_trip
from optimizer.response.tail import Visit, visits_without, with_tail
from tests import broken_days, builders
from tests.broken_days import ROADS, station
from tests.cases import StraightLines

POINTS = [builders.point(f"P{n}", 4.0 * n, hours=(builders.hours(9, 16),)) for n in (1, 2, 3)]
LINES = [
    builders.line(f"O{n}{zone.value}", f"P{n}", zone, article=f"A{n}{zone.value}")
    for n in (1, 2, 3)
    for zone in ((Zone.FROZEN, Zone.CHILLED) if n < 3 else (Zone.CHILLED,))
]
PROBLEM, PLAN = broken_days.day([POINTS], LINES, stations=[station("S1", 6.0, 2.0)])
ROUTE = PLAN.routes[0]
FIRST, SECOND, LAST = ROUTE.stops
MIDWAY = (FIRST.departs + SECOND.arrives) // 2


def _roads(problem: Problem = PROBLEM) -> Roads:
    return Roads.survey(problem, ROADS, problem.sites)


def test_a_route_that_changes_nothing_is_the_same_route() -> None:
    for moment in (ROUTE.departs, FIRST.service_starts, MIDWAY, LAST.departs + 60):
        where = on_trip(PROBLEM, ROUTE, moment)
        timed = with_tail(_roads(), where, [Visit.of(stop) for stop in where.ahead])
        assert timed is not None
        predicted = [stop.predicted for stop in ROUTE.stops]
        again = tuple(
            replace(stop, predicted=known)
            for stop, known in zip(timed.route.stops, predicted, strict=True)
        )
        assert replace(timed.route, stops=again) == ROUTE
        assert (timed.turn_s, timed.turn_m) == (0, 0)


def test_a_turn_on_the_road_is_counted_in_seconds_and_metres() -> None:
    where = on_trip(PROBLEM, ROUTE, MIDWAY)
    back = Visit(site="P1", kind=SiteKind.PICKUP, extra_s=60)
    timed = with_tail(_roads(), where, [back, *(Visit.of(stop) for stop in where.ahead)])
    assert timed is not None
    # Half the way out and half the way back, though P1 is no way from P1.
    assert timed.turn_m == pytest.approx(4000, rel=0.01)
    assert timed.turn_s == pytest.approx(SECOND.arrives - FIRST.departs, abs=2)
    assert timed.route.stops[1].arrives == pytest.approx(MIDWAY + (MIDWAY - FIRST.departs), abs=2)
    assert timed.route.stops[0] == FIRST


def test_a_stop_that_has_closed_ends_the_attempt() -> None:
    where = on_trip(PROBLEM, ROUTE, MIDWAY)
    late = Visit(site="S1", kind=SiteKind.STATION, not_before=16 * builders.HOUR)
    assert with_tail(_roads(), where, [late, *(Visit.of(s) for s in where.ahead)]) is None


def test_stops_with_nothing_left_are_dropped_and_put_in_ones_stay() -> None:
    where = on_trip(PROBLEM, ROUTE, MIDWAY)
    gone = frozenset(item.key for item in LAST.delivers)
    assert [one.site for one in visits_without(where, gone)] == ["P2"]
    put_in = replace(LAST, site="S1", kind=SiteKind.STATION, delivers=())
    route = replace(ROUTE, stops=(FIRST, put_in, SECOND, LAST))
    kept = visits_without(on_trip(PROBLEM, route, FIRST.departs), gone)
    assert [one.site for one in kept] == ["S1", "P2"]


def test_a_driver_who_has_driven_long_rests_on_the_way() -> None:
    drive = FIRST.arrives - ROUTE.departs
    rule = BreakRule(after_driving_s=2 * drive + 60, rest_s=900)
    problem = replace(PROBLEM, breaks={"van": rule})
    where = on_trip(problem, ROUTE, SECOND.service_starts)
    timed = with_tail(_roads(problem), where, [Visit.of(stop) for stop in where.ahead])
    assert timed is not None
    rests = [(one.ends - one.starts) for one in timed.route.breaks]
    assert rests
    assert set(rests) == {900}
    assert timed.route.returns == ROUTE.returns + 900 * len(rests)


def test_a_source_that_knows_sites_alone_goes_by_the_nearer_end_of_the_leg() -> None:
    class SitesOnly(StraightLines):
        """Has no way from a place that is no site."""

        def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
            found = ROADS.matrix(origins, destinations)
            known = [site.id in PROBLEM.sites for site in origins]
            found.distance_m[[not one for one in known]] = -1
            return found

    roads = Roads.survey(PROBLEM, SitesOnly(), PROBLEM.sites)
    where = on_trip(PROBLEM, ROUTE, FIRST.departs + 60)
    back, onward = roads.from_here(where, "P1"), roads.from_here(where, "P2")
    assert back is not None
    assert onward is not None
    assert back.duration_s == 60
    assert onward.duration_s == SECOND.arrives - FIRST.departs - 60
    assert roads.measured_from(where) == "last site"
    assert roads.measured_from(on_trip(PROBLEM, ROUTE, FIRST.service_starts)) == "position"
    assert _roads().measured_from(where) == "position"
    told = Disruption(vehicle="V1", zone=Zone.CHILLED, at=FIRST.departs + 60, product_c=6.5)
    answer = respond(PROBLEM, PLAN, told, travel=SitesOnly())
    assert answer.measured_from == "last site"
    turned = next(one for one in answer.proposals if one.changed)
    assert "before and behind" in turned.sentences["en"][-1]
    assert "前后站点" in turned.sentences["zh"][-1]
