from dataclasses import replace

import pytest

from api.road.collects import track_collects
from api.road.forecast import with_outlook
from api.road.tracking import LineTrack, Source, Stage, track
from api.road.words import Event, Fix, Kind
from optimizer.domain.ids import LineKey
from optimizer.domain.objective import Promise
from optimizer.domain.orders import Collect, CollectKind
from optimizer.domain.plan import Delivery, Unserved, UnservedReason
from optimizer.domain.temperature import Zone
from tests.builders import HOUR
from tests.road_cases import Teller, instant, piece, small_plan, small_problem

SIX = 10 * HOUR


def look(
    teller: Teller, moment: float, *events: Event, order: str = "A", **known: object
) -> LineTrack:
    now = instant(teller.problem, moment)
    day = with_outlook(teller.day(events, **known), now)  # type: ignore[arg-type]
    return track(day, order, now)[0]


@pytest.mark.parametrize(
    ("state", "moment", "stage"),
    [
        ("draft", 0, Stage.PLANNED),
        ("published", 0, Stage.PUBLISHED),
        ("loading", 0, Stage.LOADING),
        ("running", 0, Stage.LOADING),
        ("running", 5 * HOUR, Stage.ON_THE_WAY_TO_GRID),
        ("running", SIX, Stage.ON_THE_WAY),
    ],
)
def test_by_the_plan_alone(state: str, moment: int, stage: Stage) -> None:
    line = look(Teller(), moment, state=state)
    assert (line.stage, line.known_from) == (stage, Source.PLAN)


def test_a_truck_at_the_grid_is_a_fact() -> None:
    teller = Teller()
    line = look(teller, 6 * HOUR, teller.arrived("G1", 6 * HOUR))
    assert (line.stage, line.known_from) == (Stage.AT_GRID, Source.REPORT)


def test_goods_from_stock_are_at_the_grid_from_the_beginning() -> None:
    teller = Teller()
    van = teller.plan.routes[1]
    stocked = Teller(teller.problem, replace(teller.plan, routes=(van,)))
    assert look(stocked, 0, state="published").stage is Stage.AT_GRID


def test_a_position_away_from_the_start_is_a_fact() -> None:
    teller = Teller()
    left = {"V1-1": instant(teller.problem, SIX + 60)}
    line = look(teller, SIX + 120, left=left)
    assert (line.stage, line.known_from) == (Stage.ON_THE_WAY, Source.POSITION)


def test_a_vehicle_that_stands_at_the_start_has_not_left_whatever_the_plan_says() -> None:
    teller = Teller()
    grid = teller.problem.sites["G1"]
    fix = Fix(vehicle="V1", at=instant(teller.problem, SIX + 300), lat=grid.lat, lon=grid.lon)
    line = look(teller, SIX + 310, teller.arrived("G1", 6 * HOUR), fix=fix)
    assert (line.stage, line.known_from) == (Stage.AT_GRID, Source.REPORT)
    assert line.expected_at == instant(teller.problem, SIX + 310 + 1800)


def test_a_report_from_any_stop_shows_that_the_van_has_left() -> None:
    teller = Teller()
    line = look(teller, SIX + 1800, teller.arrived("P1", SIX + 1700), order="B", state="published")
    assert (line.stage, line.known_from) == (Stage.ON_THE_WAY, Source.REPORT)
    assert line.vehicle == "V1"
    assert line.expected_at is not None


def test_arrived_handed_over_collected() -> None:
    teller = Teller()
    events = [teller.arrived("P1", SIX + 1700)]
    assert look(teller, SIX + 1800, *events).stage is Stage.ARRIVED
    events.append(teller.handed("P1", SIX + 1900, piece("A", 12_000)))
    handed = look(teller, SIX + 2000, *events)
    assert handed.stage is Stage.HANDED_OVER
    assert (handed.handed_g, handed.mass_g) == (12_000, 20_000)
    assert handed.handed_at == instant(teller.problem, SIX + 1900)
    events.append(teller.tell("P1", Kind.COLLECTED, SIX + 9000, order="A"))
    assert look(teller, SIX + 9100, *events).stage is Stage.COLLECTED


@pytest.mark.parametrize(
    ("kind", "stage"), [(Kind.REFUSED, Stage.REFUSED), (Kind.DAMAGED, Stage.DAMAGED)]
)
def test_what_nobody_got_says_why(kind: Kind, stage: Stage) -> None:
    teller = Teller()
    whole = teller.tell("P1", kind, SIX, pieces=(piece("A", 20_000),), reason="crate fell")
    line = look(teller, SIX + 10, whole)
    assert (line.stage, line.known_from, line.reason) == (stage, Source.REPORT, "crate fell")


def test_a_line_that_nobody_got_is_not_collected_with_its_order() -> None:
    teller = Teller()
    collected = teller.tell("P1", Kind.COLLECTED, SIX, order="A")
    broken = teller.tell("P1", Kind.DAMAGED, SIX + 1, pieces=(piece("A", 20_000),), reason="fell")
    line = look(teller, SIX + 10, collected, broken)
    assert (line.stage, line.collected_at) == (Stage.DAMAGED, None)


def test_a_line_left_out_says_why() -> None:
    line = look(Teller(), 0, order="C")
    assert (line.stage, line.reason, line.detail) == (
        Stage.LEFT_OUT, "fleet", "no van has time left",
    )  # fmt: skip
    assert line.vehicle is None
    assert line.expected_at is None


def test_every_line_of_the_order_is_there_with_its_promise() -> None:
    teller = Teller()
    now = instant(teller.problem, 0)
    lines = track(with_outlook(teller.day(), now), "A", now)
    assert [str(line.key) for line in lines] == ["A/1", "A/2"]
    assert {line.due_at for line in lines} == {instant(teller.problem, 24 * HOUR)}
    assert track(teller.day(), "unheard of", now) == []


def test_collects_name_who_fetches_them_or_why_nobody_does() -> None:
    crates = Collect(
        key=LineKey("A", "E"),
        site="P1",
        kind=CollectKind.EMPTIES,
        zone=Zone.CHILLED,
        mass_g=4_000,
        volume_ml=30_000,
    )
    back = replace(crates, key=LineKey("A", "R"), kind=CollectKind.RETURN)
    day = small_problem(collects={crates.key: crates, back.key: back})
    plan = small_plan(day)
    truck, van = plan.routes
    taken = Delivery(key=crates.key, zone=crates.zone, mass_g=4_000, volume_ml=30_000)
    first = replace(van.stops[0], collects=(taken,))
    left = Unserved(key=back.key, reason=UnservedReason.FLEET, detail="no room on the way")
    plan = replace(
        plan,
        routes=(truck, replace(van, stops=(first, *van.stops[1:]))),
        unserved=(*plan.unserved, left),
    )
    known = with_outlook(Teller(day, plan).day([]), instant(day, SIX))
    fetched, stays = track_collects(known, "A")
    assert (fetched.vehicle, fetched.kind, fetched.reason) == ("V1", CollectKind.EMPTIES, None)
    assert fetched.planned_at == day.horizon.instant(van.stops[0].service_starts)
    assert fetched.expected_at is not None
    assert (stays.vehicle, stays.reason, stays.detail) == (None, "fleet", "no room on the way")
    assert track_collects(known, "B") == []


def test_a_line_is_due_when_its_class_promises_it() -> None:
    classes = {
        "cold": Promise(deadline_s=15 * HOUR, cents_per_min_late=20),
        "daily": Promise(deadline_s=24 * HOUR, cents_per_min_late=5, within_s=2 * HOUR),
    }
    teller = Teller(small_problem(promises=classes))
    line = track(teller.day([]), "B", instant(teller.problem, SIX))[0]
    assert line.due_at == instant(teller.problem, 2 * HOUR)
