"""Where the lines of a batch are by reports, clock and plan, and where they lay before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from api.road.lots import NO_ROUTE, asked_batches, lots_in, lots_of, trips_of
from api.road.progress import stop_progress
from api.road.recall import Affected, Leg, Whereabouts, affected, lyings
from api.road.words import Event, Kind
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.problem_writing import problem_document
from tests.builders import HOUR
from tests.road_cases import PLAN, Teller, instant, piece, small_plan, small_problem

BATCH = "L7"
VAN_LOADED, VAN_BACK = 10 * HOUR - 1800, 10 * HOUR + 7800 + 1800 + 3600
TRUCK_LOADED, AT_GRID = 5 * HOUR - 1800, 6 * HOUR


def marked() -> Problem:
    """Give the small day with all its lines but D from one batch."""
    day = small_problem()
    lines = {
        key: one if key.order == "D" else replace(one, batch=BATCH)
        for key, one in day.lines.items()
    }
    return replace(day, lines=lines)


TELLER = Teller(marked())
DAY = TELLER.problem


def legs(
    events: Iterable[Event] = (), plan: Plan = TELLER.plan, *, is_planned: bool = True
) -> list[Leg]:
    told: dict[str, list[Event]] = {}
    for event in events:
        told.setdefault(event.stop, []).append(event)
    found = []
    for trip in trips_of(plan, lots_of(DAY)):
        for one in trip.carries:
            stop = TELLER.stops.get((trip.route, one.site), "")
            planned = {one.key: (one.zone, one.mass_g)}
            progress = stop_progress(planned, told.get(stop, ())).lines[one.key]
            found.append(
                Leg(
                    plan=PLAN,
                    starts_at=DAY.horizon.start,
                    trip=trip,
                    carried=one,
                    is_planned=is_planned,
                    progress=progress,
                )
            )
    return found


def where(moment: int, *events: Event) -> dict[str, tuple[str, str]]:
    found = affected(legs(events), instant(DAY, moment))
    return {str(one.leg.carried.key): (one.whereabouts.value, one.where) for one in found}


def one_of(found: Iterable[Affected], key: str) -> Affected:
    (only,) = (one for one in found if str(one.leg.carried.key) == key)
    return only


def test_lines_without_a_batch_are_no_business_of_a_recall() -> None:
    keys = {one.carried.key for one in legs()}
    assert keys == {LineKey("A", "1"), LineKey("A", "2"), LineKey("B", "1"), LineKey("C", "1")}


def test_the_json_form_of_a_problem_has_the_same_lots() -> None:
    assert lots_in(problem_document(DAY)) == lots_of(DAY)


def test_a_question_says_how_much_of_each_batch_it_asks_for() -> None:
    (found,) = asked_batches(lots_of(DAY))
    assert (found.article, found.batch, found.lines, found.mass_g) == ("A1", BATCH, 4, 63_000)


def test_goods_follow_the_plan_where_nobody_has_reported() -> None:
    left_out = ("left_out", "")
    assert where(TRUCK_LOADED - 1) == {
        "A/1": ("not_loaded", "C1"), "A/2": ("not_loaded", "C1"), "B/1": ("not_loaded", "C1"),
        "C/1": left_out,
    }  # fmt: skip
    assert where(TRUCK_LOADED)["B/1"] == ("on_truck", "T1")
    assert where(AT_GRID)["B/1"] == ("at_grid", "G1")
    assert where(VAN_LOADED)["B/1"] == ("on_van", "V1")
    assert where(VAN_BACK - 1)["B/1"] == ("on_van", "V1")
    assert where(VAN_BACK)["B/1"] == ("unreported", "P2")


def test_reports_count_before_the_clock() -> None:
    handed = TELLER.handed("P1", 11 * HOUR, piece("A", 20_000))
    refused = TELLER.tell(
        "P2", Kind.REFUSED, 12 * HOUR, pieces=(piece("B", 20_000),), reason="warm"
    )
    found = where(VAN_BACK + 1, handed, refused)
    assert found["A/1"] == ("handed_over", "P1")
    assert found["A/2"] == ("unreported", "P1")
    assert found["B/1"] == ("brought_back", "G1")
    collected = TELLER.tell("P1", Kind.COLLECTED, 13 * HOUR, order="A")
    assert where(VAN_BACK + 1, handed, collected)["A/1"] == ("collected", "P1")


def test_a_truck_that_came_early_by_its_report_has_brought_the_goods() -> None:
    early = TELLER.handed("G1", AT_GRID - 1200, piece("B", 20_000))
    assert where(AT_GRID - 1100, early)["B/1"] == ("at_grid", "G1")
    assert where(AT_GRID - 1100, early)["A/1"] == ("on_truck", "T1")


def test_goods_that_the_grid_refused_went_back() -> None:
    refused = TELLER.tell("G1", Kind.REFUSED, AT_GRID, pieces=(piece("B", 20_000),), reason="warm")
    assert where(AT_GRID + 60, refused)["B/1"] == ("brought_back", "C1")


def test_a_line_that_no_van_takes_waits_where_the_truck_brings_it() -> None:
    (truck, _) = TELLER.plan.routes
    found = affected(legs(plan=replace(TELLER.plan, routes=(truck,))), instant(DAY, VAN_BACK))
    assert {one.whereabouts for one in found} == {Whereabouts.AT_GRID, Whereabouts.LEFT_OUT}


def test_goods_from_the_stock_of_a_grid_wait_there() -> None:
    (_, van) = TELLER.plan.routes
    plan = replace(TELLER.plan, routes=(van,), unserved=())
    found = list(affected(legs(plan=plan), instant(DAY, 0)))
    assert {(one.whereabouts, one.where) for one in found} == {(Whereabouts.NOT_LOADED, "G1")}
    room, ride = lyings(legs(plan=plan))[0], lyings(legs(plan=plan))[-1]
    assert (room.asset, room.starts_at) == ("G1", DAY.horizon.start)
    assert (ride.asset, ride.route) == ("V1", "V1-1")


def test_what_no_longer_counts_is_told_only_where_somebody_reported_it() -> None:
    assert list(affected(legs(is_planned=False), instant(DAY, VAN_BACK))) == []
    assert lyings(legs(is_planned=False)) == []
    handed = TELLER.handed("P1", 11 * HOUR, piece("A", 20_000))
    found = list(affected(legs([handed], is_planned=False), instant(DAY, VAN_BACK)))
    assert [(str(one.leg.carried.key), one.whereabouts) for one in found] == [
        ("A/1", Whereabouts.HANDED_OVER)
    ]


def test_the_way_goes_from_the_central_warehouse_to_the_last_hand_over() -> None:
    handed = TELLER.handed("P2", 12 * HOUR, piece("B", 20_000))
    chilled = [one for one in lyings(legs([handed])) if one.zone.value == "chilled"]
    way = [(one.asset, one.route, one.lines, one.mass_g) for one in chilled]
    assert way == [
        ("C1", "", 2, 40_000), ("T1", "T1-1", 2, 40_000), ("G1", "", 2, 40_000),
        ("V1", "V1-1", 2, 40_000),
    ]  # fmt: skip
    seconds = [
        tuple(
            round((at - DAY.horizon.start).total_seconds()) for at in (one.starts_at, one.ends_at)
        )
        for one in chilled
    ]
    assert seconds[0] == (0, TRUCK_LOADED)
    assert seconds[2] == (AT_GRID, VAN_LOADED)
    # A/1 was not handed over by any report: it counts as on board until the van is back.
    assert seconds[3] == (VAN_LOADED, VAN_BACK)


def test_a_trip_with_other_goods_has_another_digest() -> None:
    (truck, van, _) = trips_of(TELLER.plan, lots_of(DAY))
    assert truck.digest != van.digest
    again = next(iter(trips_of(small_plan(DAY), lots_of(DAY))))
    assert again.digest == truck.digest
    fewer = {key: lot for key, lot in lots_of(DAY).items() if key != LineKey("A", "1")}
    assert next(iter(trips_of(TELLER.plan, fewer))).digest != truck.digest
    *_, left = trips_of(TELLER.plan, lots_of(DAY))
    assert left.route == NO_ROUTE
    assert one_of(affected(legs(), instant(DAY, 0)), "C/1").leg.carried.reason is not None
