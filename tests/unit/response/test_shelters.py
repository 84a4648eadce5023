"""Which stations may take goods, and why others may not."""

from typing import Any

import pytest

from optimizer.domain.network import Site
from optimizer.domain.temperature import Zone
from optimizer.reroute import Disruption, Reservation, Response, respond
from optimizer.response.shelters import dock_free
from optimizer.response.words import BreachTimes, Kind, Outcome
from tests import broken_days, builders
from tests.broken_days import ROADS, station

POINTS = [builders.point(f"P{n}", 4.0 * n, hours=(builders.hours(9, 20),)) for n in (1, 2, 3)]
LINES = [
    builders.line(f"O{n}{zone.value}", f"P{n}", zone, article=f"A{n}{zone.value}")
    for n in (1, 2, 3)
    for zone in (Zone.FROZEN, Zone.CHILLED)
]
HERE = builders.point("spot", 2.0, 0.0)


def _response(
    *stations: Site, reserved: tuple[Reservation, ...] = (), after_s: int = 2400, **changes: Any
) -> Response:
    """Let the chilled goods of a van on its way to the first of three points fail."""
    problem, plan = broken_days.day([POINTS], LINES, stations=stations, **changes)
    stop = plan.routes[0].stops[0]
    at = (plan.routes[0].departs + stop.arrives) // 2
    told = Disruption(
        vehicle="V1",
        zone=Zone.CHILLED,
        at=at,
        lat=HERE.lat,
        lon=HERE.lon,
        breach=BreachTimes(p10=at + after_s, p50=at + after_s, p90=at + after_s),
    )
    return respond(problem, plan, told, travel=ROADS, limit=6, reserved=reserved)


def _kinds(answer: Response) -> set[Kind]:
    return {one.kind for one in answer.proposals}


def _why(answer: Response, place: str = "S1") -> str:
    return next(one.reason for one in answer.refused if one.place == place)


def _at_metres(metres: int) -> Site:
    """Place a station so many metres by road north of where the vehicle is."""
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        site = station("S1", 2.0, middle)
        way = int(ROADS.matrix([HERE], [site]).distance_m[0, 0])
        low, high = (middle, high) if way < metres else (low, middle)
    return station("S1", 2.0, high)


@pytest.mark.parametrize("metres", [4990, 5000])
def test_five_kilometres_are_near_enough(metres: int) -> None:
    site = _at_metres(metres)
    assert int(ROADS.matrix([HERE], [site]).distance_m[0, 0]) == metres
    answer = _response(site)
    assert Kind.STATION in _kinds(answer)
    assert not answer.refused or all(one.place != "S1" for one in answer.refused)


@pytest.mark.parametrize("metres", [5001, 5010])
def test_farther_stations_need_an_override(metres: int) -> None:
    answer = _response(_at_metres(metres))
    assert Kind.STATION not in _kinds(answer)
    (one,) = [refusal for refusal in answer.refused if refusal.place == "S1"]
    assert one.needs_override
    assert one.distance_m == metres
    assert "more than 5 km" in one.reason


def test_goods_left_at_a_station_are_cold_and_listed() -> None:
    answer = _response(station("S1", 2.0, 1.0))
    one = next(one for one in answer.proposals if one.kind is Kind.STATION)
    kept = [fate for fate in one.fates if fate.outcome is Outcome.SHELTERED]
    assert kept
    assert {fate.shelter for fate in kept} == {"S1"}
    assert {fate.key for fate in kept} == {item.key for item in one.plan.unserved}
    (hand,) = one.handovers
    assert hand.ends - hand.starts == 600
    assert "S1" in " ".join(one.sentences["en"])
    assert "S1" in "".join(one.sentences["zh"])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"capacity_ml": {Zone.CHILLED: 149_999}}, "149 l of chilled room"),
        ({"hours": (builders.hours(20, 24),)}, "closed"),
        ({"needs": frozenset({"tail lift"})}, "tail lift"),
    ],
)
def test_a_station_that_cannot_take_the_goods_is_refused(changes: dict[str, Any], why: str) -> None:
    answer = _response(station("S1", 2.0, 1.0, **changes))
    assert Kind.STATION not in _kinds(answer)
    assert why in _why(answer)


def test_room_to_the_millilitre_is_enough() -> None:
    answer = _response(station("S1", 2.0, 1.0, capacity_ml={Zone.CHILLED: 150_000}))
    assert Kind.STATION in _kinds(answer)


def test_what_others_have_reserved_is_gone() -> None:
    taken = Reservation(site="S1", zone=Zone.CHILLED, volume_ml=1, starts=0, ends=0)
    site = station("S1", 2.0, 1.0, capacity_ml={Zone.CHILLED: 150_000})
    answer = _response(site, reserved=(taken,))
    assert Kind.STATION not in _kinds(answer)


def test_goods_that_spoil_on_the_way_do_not_go_there() -> None:
    answer = _response(station("S1", 2.0, 4.0), after_s=60)
    assert _kinds(answer) == {Kind.CARRY_ON, Kind.QUARANTINE}
    assert "out of its band" in _why(answer)


def test_a_dock_that_is_taken_makes_the_vehicle_wait() -> None:
    problem, plan = broken_days.day([POINTS], LINES, stations=[station("S1", 2.0, 1.0)])
    site = problem.sites["S1"]
    taken = [
        Reservation(site="S1", zone=Zone.FROZEN, volume_ml=0, starts=1000, ends=2000),
        Reservation(site="S1", zone=Zone.FROZEN, volume_ml=0, starts=2500, ends=3000),
    ]
    assert dock_free(plan, site, taken, 400) == 400
    assert dock_free(plan, site, taken, 401) == 3000
    assert dock_free(plan, site, taken[:1], 401) == 2000
    assert dock_free(plan, site, [], 401) == 401
