"""Goods that no place can take whole are divided, by what that is worth."""

from dataclasses import replace
from typing import Any

from optimizer.check import check
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.reroute import Disruption, Proposal, respond
from optimizer.response.excuses import EXCUSABLE
from optimizer.response.shelters import room_ml
from optimizer.response.words import BreachTimes, Kind, Outcome
from tests import broken_days, builders
from tests.broken_days import ROADS, station

HOURS = (builders.hours(9, 20),)
POINTS = [builders.point(f"P{n}", 4.0 + 2.0 * n, hours=HOURS) for n in range(1, 5)]
NEAR = [builders.point(f"N{n}", 4.0 + 2.0 * n, 1.0, hours=HOURS) for n in range(1, 3)]
LINES = [
    builders.line(f"O{site.id}", site.id, Zone.CHILLED, article=f"A{site.id}",
                  value_cents=10_000 * n)
    for n, site in enumerate((*POINTS, *NEAR), 1)
]  # fmt: skip
"""Fifty litres each, the later ones dearer."""


def _day(*rooms_l: int, **van: Any) -> tuple[Problem, Plan]:
    stations = [
        station(f"S{n}", 3.0 + n, 0.5, docks=2, capacity_ml=dict.fromkeys(Zone, litres * 1000))
        for n, litres in enumerate(rooms_l, 1)
    ]
    vans = [builders.van("V1"), builders.van("V2", **van)]
    return broken_days.day([POINTS, NEAR], LINES, stations=stations, vehicles=vans)


def _split(problem: Problem, plan: Plan, after_s: int = 1300) -> Proposal | None:
    at = plan.routes[0].departs + 120
    edge = at + after_s
    told = Disruption(
        vehicle="V1", zone=Zone.CHILLED, at=at, breach=BreachTimes(p10=edge, p50=edge, p90=edge)
    )
    answer = respond(problem, plan, told, travel=ROADS, limit=8, radius_m=20_000)
    found = [one for one in answer.proposals if one.kind is Kind.SPLIT]
    for one in found:
        assert plan.check is not None
        fresh = check(problem, one.plan, ROADS)
        new = {one.code for one in set(fresh.violations) - set(plan.check.violations)}
        assert new <= EXCUSABLE
        for hand in one.handovers:
            site = problem.sites[hand.site]
            room = room_ml(site, Zone.CHILLED, ()) if hand.taker is None else None
            assert room is None or hand.volume_ml <= room
    return found[0] if found else None


FULL = {"capacity_ml": {Zone.CHILLED: 100_000}}
"""Room for nothing beside its own goods."""


def test_two_stations_take_what_neither_could_alone() -> None:
    one = _split(*_day(100, 100, **FULL))
    assert one is not None
    assert one.loses_nothing
    assert {hand.site: hand.volume_ml for hand in one.handovers} == {"S1": 100_000, "S2": 100_000}
    assert "S1 and S2" in one.sentences["en"][0]
    assert "100 l to S" in " ".join(one.sentences["en"])


def test_where_there_is_too_little_room_the_dearest_goods_get_it() -> None:
    one = _split(*_day(50, 60, **FULL))
    assert one is not None
    kept = {f.key.order for f in one.fates if f.outcome is Outcome.SHELTERED}
    brought = {f.key.order for f in one.fates if f.outcome is Outcome.DELIVERED}
    lost = {f.key.order for f in one.fates if f.outcome is Outcome.QUARANTINED}
    assert len(kept) == 2
    assert kept | brought | lost == {"OP1", "OP2", "OP3", "OP4"}
    assert lost <= {"OP1", "OP2"}


def test_a_vehicle_nearby_takes_a_part_to_its_points() -> None:
    one = _split(*_day(100, capacity_ml={Zone.CHILLED: 200_000}), after_s=1700)
    assert one is not None
    assert one.collector == "V2"
    taken = {hand.taker: hand.volume_ml for hand in one.handovers}
    assert taken.keys() == {None, "V2"}
    assert taken["V2"] <= 100_000
    assert one.grams(Outcome.DELIVERED) > 0


def test_one_place_with_room_for_all_needs_no_division() -> None:
    assert _split(*_day(200, 200, **FULL)) is None


def test_the_same_question_is_divided_in_the_same_way() -> None:
    problem, plan = _day(100, 100, **FULL)
    assert _split(problem, plan) == _split(problem, replace(plan))
