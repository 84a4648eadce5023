"""The checker's rests against a clock that ticks second by second, and against the planner's."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.check import check
from optimizer.domain.driving import BreakRule, rests_of
from optimizer.domain.fleet import Body, Cooling, Echelon
from optimizer.domain.network import Site, SiteKind, Stock, TimeWindow
from optimizer.domain.plan import Break, Plan, Route
from optimizer.domain.problem import Problem
from tests.cases import (
    BOXES,
    CHILLED,
    HOUR,
    TRAVEL,
    drive,
    line,
    part,
    plan_of,
    site,
    tiny_problem,
    vehicle,
)

LATEST = 40 * HOUR


@st.composite
def days(draw: st.DrawFn) -> tuple[Problem, Plan]:
    """Draw one van's day of one to three trips with breaks and waits anywhere."""
    rest_s = draw(st.integers(1, 900))
    rule = BreakRule(after_driving_s=draw(st.integers(60, 1500)), rest_s=rest_s)
    trips = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    problem = _road(draw, trips, rule)
    places = iter(problem.lines.values())
    routes: list[Route] = []
    departs = 10 * HOUR
    for number, stops in enumerate(trips):
        goods = [next(places) for _ in range(stops)]
        rests = draw(
            st.dictionaries(
                st.integers(0, stops),
                st.lists(st.tuples(st.integers(0, 119), st.integers(1, 1200)), max_size=2),
            )
        )
        route = drive(
            problem,
            vehicle="V",
            wave="W2",
            trip=number + 1,
            departs=departs,
            visits=[(one.site, [part(problem, str(one.key))]) for one in goods],
            rests={leg: sorted(taken) for leg, taken in rests.items()},
        )
        routes.append(route)
        departs = route.returns + draw(st.integers(0, 1000))
    return problem, plan_of(problem, routes)


def _road(draw: st.DrawFn, trips: list[int], rule: BreakRule) -> Problem:
    """Put points at least a kilometre apart along a road; some open late."""
    sites: dict[str, Site] = {"G": site("G", SiteKind.GRID, 0, 0, service_s=0)}
    lines = []
    for number in range(sum(trips)):
        opens = draw(st.sampled_from([0, 0, 10 * HOUR + 1500, 11 * HOUR]))
        hours = (TimeWindow(opens=opens, closes=LATEST),)
        east = 1 + draw(st.integers(0, 5)) + 6 * (number % 2)
        point = site(f"P{number}", SiteKind.PICKUP, east, 0, hours=hours, service_s=200)
        sites[point.id] = point
        lines.append(line(f"{number}/1", point.id, CHILLED, 5))
    shift = TimeWindow(opens=0, closes=LATEST)
    # Boxes keep the goods without an integration of temperatures, so that many days are tried.
    van = vehicle("V", "G", Echelon.LAST_MILE, max_trips=3, shift=shift, cooling=Cooling.BOXES)
    return tiny_problem(
        sites=sites,
        lines={one.key: one for one in lines},
        vehicles={"V": van},
        stock=tuple(
            Stock(site="G", article=one.article, mass_g=one.mass_g, volume_ml=one.volume_ml)
            for one in lines
        ),
        breaks={"van": rule},
        bodies={"van": Body(box=BOXES)},
        radius_m=None,
        ambient_c=3.0,
        sun_c=0.0,
        time_on_board_s={},
    )


def _ticks(route: Route) -> Iterator[str]:
    """Say for each second of a trip what the driver does."""
    for second in range(route.departs, route.returns):
        if any(one.starts <= second < one.ends for one in route.breaks):
            yield "break"
        elif any(s.service_starts <= second < s.departs for s in route.stops):
            yield "service"
        elif any(s.arrives <= second < s.service_starts for s in route.stops):
            yield "wait"
        else:
            yield "drive"


def _too_long(plan: Plan, rule: BreakRule) -> list[int]:
    """Count the driving between rests by the second; give what is beyond the rule."""
    seconds: list[str] = []
    back: int | None = None
    for route in plan.routes:
        seconds += ["home"] * (0 if back is None else route.departs - back)
        seconds += _ticks(route)
        back = route.returns
    stretches = [0]
    for doing, run in groupby(seconds):
        length = len(list(run))
        if doing == "drive":
            stretches[-1] += length
        elif doing != "service" and length >= rule.rest_s:
            stretches.append(0)
    over = (driven - rule.after_driving_s for driven in stretches)
    return [one for one in over if one > 0]


@given(days())
@settings(max_examples=40)
def test_every_stretch_of_driving_is_counted_to_the_second(case: tuple[Problem, Plan]) -> None:
    problem, plan = case
    report = check(problem, plan, TRAVEL)
    assert {one.code for one in report.violations} <= {"rest"}
    assert [one.amount for one in report.violations] == _too_long(plan, problem.breaks["van"])


@given(days())
@settings(max_examples=40)
def test_rests_as_the_planner_places_them_are_enough(case: tuple[Problem, Plan]) -> None:
    problem, plan = case
    rule = problem.breaks["van"]
    bare = _planned(problem, plan, rule, cut_s=0)
    assert check(problem, bare, TRAVEL).violations == ()
    # A second less than the rule asks is no rest at all, where none is left for another reason.
    short = _planned(problem, plan, rule, cut_s=1)
    report = check(problem, short, TRAVEL)
    assert [one.amount for one in report.violations] == _too_long(short, rule)


def _planned(problem: Problem, plan: Plan, rule: BreakRule, *, cut_s: int) -> Plan:
    """Drive the same trips with the rests of the planner, and a rest at home between them."""
    routes: list[Route] = []
    departs = 10 * HOUR
    for route in plan.routes:
        visits = [(stop.site, stop.delivers) for stop in route.stops]
        plain = drive(
            problem, vehicle="V", wave="W2", departs=departs, visits=visits, trip=route.trip
        )
        starts = [plain.departs, *(stop.departs for stop in plain.stops)]
        ends = [*(stop.arrives for stop in plain.stops), plain.returns]
        legs = [end - start for start, end in zip(starts, ends, strict=True)]
        rests = {
            leg: [(driven, rule.rest_s - cut_s) for driven in placed]
            for leg, placed in enumerate(rests_of(legs, rule))
        }
        routes.append(
            drive(
                problem,
                vehicle="V",
                wave="W2",
                departs=departs,
                visits=visits,
                trip=route.trip,
                rests=rests,
            )
        )
        departs = routes[-1].returns + rule.rest_s - cut_s
    kept = [replace(one, breaks=_real(one.breaks)) for one in routes]
    return plan_of(problem, kept)


def _real(breaks: tuple[Break, ...]) -> tuple[Break, ...]:
    return tuple(one for one in breaks if one.ends > one.starts)
