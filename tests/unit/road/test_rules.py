from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.road.rules import (
    REPORTERS,
    not_on_the_road,
    not_theirs,
    objections,
    too_early,
)
from api.road.words import Event, Kind
from optimizer.domain.ids import LineKey
from optimizer.domain.temperature import Zone
from tests.road_cases import Teller, piece

NOW = datetime(2026, 2, 11, 6, tzinfo=UTC)


def codes(teller: Teller, event: Event, *before: Event) -> list[str]:
    progress = teller.day(before).visits[event.stop].progress
    return [found.code for found in objections(event, progress, teller.problem.lines)]


@pytest.mark.parametrize(("ahead_s", "refused"), [(-9e6, False), (0, False), (120, False)])
def test_times_up_to_two_minutes_ahead_are_taken(ahead_s: float, refused: bool) -> None:
    assert (too_early(NOW + timedelta(seconds=ahead_s), NOW) is not None) is refused


def test_a_time_further_ahead_is_refused_and_says_by_how_much() -> None:
    found = too_early(NOW + timedelta(seconds=121), NOW)
    assert found is not None
    assert found.code == "CG-7301"
    assert "121 s" in found.message


@pytest.mark.parametrize("state", ["published", "loading", "running"])
def test_stops_are_reported_on_while_the_plan_is_on_the_road(state: str) -> None:
    assert not_on_the_road(state, NOW, None) is None


def test_a_draft_takes_nothing() -> None:
    found = not_on_the_road("draft", NOW, None)
    assert found is not None
    assert found.code == "CG-7302"
    assert "draft" in found.message


def test_a_closed_plan_takes_what_happened_before_it_was_closed() -> None:
    assert not_on_the_road("closed", NOW, NOW) is None
    assert not_on_the_road("closed", NOW, None) is None
    found = not_on_the_road("closed", NOW + timedelta(microseconds=1), NOW)
    assert found is not None
    assert found.code == "CG-7302"


def test_who_may_report_what() -> None:
    assert not_theirs(Kind.ARRIVED, "driver") is None
    assert not_theirs(Kind.COLLECTED, "leader") is None
    assert not_theirs(Kind.DAMAGED, "leader") is None
    for kind, role in ((Kind.COLLECTED, "driver"), (Kind.HANDED_OVER, "leader")):
        found = not_theirs(kind, role)
        assert found is not None
        assert found.code == "CG-7310"
    assert set(REPORTERS) == set(Kind)
    assert all("admin" in roles for roles in REPORTERS.values())
    assert not any("planner" in roles for roles in REPORTERS.values())


def test_the_whole_line_may_be_handed_over_and_not_a_gram_more() -> None:
    teller = Teller()
    assert codes(teller, teller.handed("P1", 1, piece("A", 20_000))) == []
    assert codes(teller, teller.handed("P1", 1, piece("A", 20_001))) == ["CG-7304"]
    assert codes(teller, teller.handed("P1", 1, piece("A", 15_000), piece("A", 5001))) == [
        "CG-7304"
    ]


@pytest.mark.parametrize("kind", [Kind.HANDED_OVER, Kind.REFUSED, Kind.DAMAGED])
def test_what_was_accounted_for_is_gone_whatever_became_of_it(kind: Kind) -> None:
    teller = Teller()
    before = [
        teller.handed("P1", 1, piece("A", 9000)),
        teller.tell("P1", Kind.REFUSED, 2, pieces=(piece("A", 5000),)),
        teller.tell("P1", Kind.DAMAGED, 3, pieces=(piece("A", 4000),)),
    ]
    fits = teller.tell("P1", kind, 4, pieces=(piece("A", 2000),), inspected=True)
    assert codes(teller, fits, *before) == []
    too_much = teller.tell("P1", kind, 4, pieces=(piece("A", 2001),), inspected=True)
    progress = teller.day(before).visits[too_much.stop].progress
    (found,) = objections(too_much, progress, teller.problem.lines)
    assert found.code == "CG-7304"
    assert "A/1" in found.message
    assert "only 2.0 kg" in found.message


def test_a_line_of_another_stop_is_refused_by_name() -> None:
    teller = Teller()
    event = teller.handed("P1", 1, piece("B", 10))
    (found,) = objections(event, teller.day().visits[event.stop].progress, teller.problem.lines)
    assert found.code == "CG-7303"
    assert "B/1" in found.message
    assert "A/1, A/2" in found.message


def test_goods_with_a_shelf_life_are_inspected_first() -> None:
    teller = Teller()
    assert codes(teller, teller.handed("P1", 1, piece("A", 10), inspected=False)) == ["CG-7305"]
    key = LineKey("A", "1")
    lines = dict(teller.problem.lines)
    lines[key] = replace(lines[key], shelf_life_left_s=None)
    dry = Teller(replace(teller.problem, lines=lines))
    assert codes(dry, dry.handed("P1", 1, piece("A", 10), inspected=False)) == []


def test_a_temperature_belongs_to_a_zone_that_is_handed_over() -> None:
    teller = Teller()
    chilled = piece("A", 10)
    assert codes(teller, teller.handed("P1", 1, chilled, product_c={Zone.CHILLED: 3.0})) == []
    wrong = teller.handed("P1", 1, chilled, product_c={Zone.FROZEN: -20.0})
    assert codes(teller, wrong) == ["CG-7303"]


def test_only_orders_of_the_stop_are_collected_there() -> None:
    teller = Teller()
    assert codes(teller, teller.tell("P1", Kind.COLLECTED, 1, order="A")) == []
    assert codes(teller, teller.tell("P1", Kind.COLLECTED, 1, order="B")) == ["CG-7303"]


def test_nobody_collects_what_nobody_got() -> None:
    teller = Teller()
    one = teller.tell("P1", Kind.DAMAGED, 1, pieces=(piece("A", 20_000),), reason="fell")
    other = teller.tell("P1", Kind.REFUSED, 1, pieces=(piece("A", 3000, "2"),), reason="wet")
    collected = teller.tell("P1", Kind.COLLECTED, 2, order="A")
    assert codes(teller, collected, one) == []
    assert codes(teller, collected, one, other) == ["CG-7313"]


@pytest.mark.parametrize("kind", [Kind.ARRIVED, Kind.DEPARTED, Kind.EMPTIES])
def test_coming_and_going_is_never_refused(kind: Kind) -> None:
    teller = Teller()
    assert codes(teller, teller.tell("P1", kind, 1)) == []
