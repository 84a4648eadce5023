"""Cold cells of pickup points as a shelter: never over-assigned, orders share no cell."""

from typing import Any

import pytest

from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.reroute import Disruption, Reservation, Response, respond
from optimizer.response.cells import ColdRoom, cold_room
from optimizer.response.situation import situation
from optimizer.response.words import BreachTimes, Kind, Outcome
from tests import broken_days, builders
from tests.broken_days import ROADS

HOURS = (builders.hours(9, 20),)
NAMES = ("P1", "P2", "P3")
LINES = [builders.line(f"O{name}", name, Zone.CHILLED, article=f"A{name}") for name in NAMES] + [
    builders.line("OP3b", "P3", Zone.CHILLED, article="AP3b")
]
"""Fifty litres each: one for the first two points, two orders for the last."""


def _day(**changes: Any) -> tuple[Problem, Plan]:
    points = [
        builders.point(name, 4.0 * n, hours=HOURS, **(changes if name == "P1" else {}))
        for n, name in enumerate(NAMES, 1)
    ]
    return broken_days.day([points], LINES)


def _told(plan: Plan) -> Disruption:
    at = plan.routes[0].departs + 60
    stop = plan.routes[0].stops[0]
    edge = stop.service_starts + 300
    return Disruption(
        vehicle="V1",
        zone=Zone.CHILLED,
        at=at,
        breach=BreachTimes(p10=edge, p50=edge, p90=edge),
    )


def _response(reserved: tuple[Reservation, ...] = (), **changes: Any) -> Response:
    problem, plan = _day(**changes)
    return respond(problem, plan, _told(plan), travel=ROADS, limit=8, reserved=reserved)


def _cells(answer: Response) -> bool:
    return Kind.COLD_CELLS in {one.kind for one in answer.proposals}


# P1 gets its own order of 50 l; three orders of 50 l look for a place.
@pytest.mark.parametrize(
    ("cells", "cell_l", "fits"),
    [(4, 50, True), (3, 50, False), (8, 25, True), (7, 25, False), (4, 49, False)],
)
def test_cells_hold_the_own_order_first_and_then_strangers(
    cells: int, cell_l: int, fits: bool
) -> None:
    answer = _response(cells={Zone.CHILLED: cells}, cell_ml=cell_l * 1000)
    assert _cells(answer) is fits
    if fits:
        assert "P1" not in {one.place for one in answer.refused}


@pytest.mark.parametrize(("litres", "fits"), [(200, True), (199, False)])
def test_a_cold_room_without_cells_counts_litres(litres: int, fits: bool) -> None:
    assert _cells(_response(capacity_ml={Zone.CHILLED: litres * 1000})) is fits


def test_a_point_without_known_cold_room_takes_nothing() -> None:
    assert not _cells(_response())
    assert not _cells(_response(cells={Zone.FROZEN: 40}, cell_ml=50_000))


def test_what_others_have_reserved_is_taken() -> None:
    cells = {"cells": {Zone.CHILLED: 5}, "cell_ml": 50_000}
    taken = Reservation(site="P1", zone=Zone.CHILLED, volume_ml=50_000, starts=0, ends=0)
    assert _cells(_response((taken,), **cells))
    assert not _cells(_response((taken, taken), **cells))


def test_the_goods_lie_in_the_cells_and_the_own_order_is_handed_over() -> None:
    answer = _response(cells={Zone.CHILLED: 4}, cell_ml=50_000)
    one = next(one for one in answer.proposals if one.kind is Kind.COLD_CELLS)
    assert {fate.key.order: (fate.outcome, fate.shelter) for fate in one.fates} == {
        "OP1": (Outcome.DELIVERED, None),
        "OP2": (Outcome.SHELTERED, "P1"),
        "OP3": (Outcome.SHELTERED, "P1"),
        "OP3b": (Outcome.SHELTERED, "P1"),
    }
    assert one.loses_nothing
    (hand,) = one.handovers
    assert (hand.site, hand.taker, hand.stored, hand.volume_ml) == ("P1", None, True, 150_000)
    assert "cold cells" in one.sentences["en"][0]
    assert "冷柜" in one.sentences["zh"][0]


def test_what_is_free_is_what_the_day_leaves() -> None:
    problem, plan = _day(
        cells={Zone.CHILLED: 5}, cell_ml=30_000, capacity_ml={Zone.CHILLED: 90_000}
    )
    here = situation(problem, plan, _told(plan))
    room = cold_room(here, problem.sites["P1"], Zone.CHILLED, ())
    assert room == ColdRoom(cells=3, cell_ml=30_000, room_ml=40_000)
    assert cold_room(here, problem.sites["P1"], Zone.FROZEN, ()) is None
    assert cold_room(here, problem.sites["G1"], Zone.CHILLED, ()) is None
