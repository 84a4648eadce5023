from dataclasses import replace
from datetime import timedelta

from api.road.board import Filter, OnTimeBoard, on_time_board
from api.road.facts import Fate, line_facts, reading_facts, ride_facts
from api.road.score import DriverScore, Part, ScoreRules, driver_scores
from api.road.words import Event, Kind
from optimizer.domain.temperature import Zone
from tests.builders import HOUR
from tests.road_cases import Teller, instant, piece, small_problem

SIX = 10 * HOUR
DEADLINE = 24 * HOUR
"""Of A and B; that of C and D lies at fifteen hours."""


def board(
    teller: Teller, moment: float, *events: Event, narrowed: Filter | None = None, **known: object
) -> OnTimeBoard:
    day = teller.day(events, **known)  # type: ignore[arg-type]
    now = instant(teller.problem, moment)
    return on_time_board(1, line_facts(day, now), ride_facts(day), narrowed or Filter())


def fates(teller: Teller, moment: float, *events: Event) -> dict[str, Fate]:
    facts = line_facts(teller.day(events), instant(teller.problem, moment))
    return {str(fact.key): fact.fate for fact in facts}


def test_before_anything_is_reported_lines_are_open_or_left_out() -> None:
    counted = board(Teller(), SIX).total
    assert (counted.ordered, counted.planned, counted.open, counted.left_out) == (5, 4, 4, 1)
    assert (counted.done, counted.open_overdue) == (0, 0)
    assert counted.on_time_share == 0.0


def test_an_open_line_is_overdue_after_its_deadline_and_not_at_it() -> None:
    teller = Teller()
    assert fates(teller, 15 * HOUR)["D/1"] is Fate.OPEN
    assert fates(teller, 15 * HOUR + 1)["D/1"] is Fate.OPEN_OVERDUE
    assert fates(teller, 15 * HOUR + 1)["A/1"] is Fate.OPEN


def test_a_hand_over_at_the_deadline_is_on_time_and_a_second_later_late() -> None:
    teller = Teller()
    on_time = teller.handed("P3", 15 * HOUR, piece("D", 20_000))
    late = teller.handed("P3", 15 * HOUR + 1, piece("D", 20_000))
    assert fates(teller, DEADLINE, on_time)["D/1"] is Fate.ON_TIME
    assert fates(teller, DEADLINE, late)["D/1"] is Fate.LATE


def test_the_last_part_decides_and_a_part_alone_leaves_the_line_open() -> None:
    teller = Teller()
    part = teller.handed("P3", SIX, piece("D", 15_000))
    rest = teller.handed("P3", 16 * HOUR, piece("D", 5000))
    assert fates(teller, SIX + 1, part)["D/1"] is Fate.OPEN
    assert fates(teller, 20 * HOUR, part, rest)["D/1"] is Fate.LATE


def test_what_was_refused_as_a_whole_has_failed() -> None:
    teller = Teller()
    refused = teller.tell("P3", Kind.REFUSED, SIX, pieces=(piece("D", 20_000),))
    assert fates(teller, SIX + 1, refused)["D/1"] is Fate.FAILED


def test_shares_are_of_lines_whose_promise_is_decided() -> None:
    teller = Teller()
    done = [
        teller.handed("P1", SIX + 3600, piece("A", 20_000), piece("A", 3000, "2")),
        teller.handed("P3", 15 * HOUR + 1, piece("D", 20_000)),
    ]
    counted = board(teller, 16 * HOUR, *done)
    assert counted.total.on_time_share == 2 / 4
    by_name = {count.promise: count for count in counted.promises}
    assert by_name["daily"].on_time_share == 1.0
    assert (by_name["cold"].late, by_name["cold"].left_out) == (1, 1)
    assert by_name["cold"].on_time_share == 0.0
    assert sum(count.ordered for count in counted.promises) == counted.total.ordered


def test_a_share_of_nothing_is_nothing() -> None:
    teller = Teller()
    assert board(teller, SIX, narrowed=Filter(site="P1")).total.on_time_share is None
    assert board(teller, SIX, narrowed=Filter(site="nowhere")).total.ordered == 0


def test_boards_are_narrowed_by_region_and_point() -> None:
    teller = Teller()
    assert board(teller, SIX, narrowed=Filter(grid="G1")).total.ordered == 5
    assert board(teller, SIX, narrowed=Filter(grid="G2")).total.ordered == 0
    assert board(teller, SIX, narrowed=Filter(grid="G1", site="P3")).total.ordered == 2


def test_time_on_board_runs_from_the_departure_to_the_hand_over_of_the_zone() -> None:
    teller = Teller()
    events = [
        teller.handed("G1", 6 * HOUR + 600, piece("A", 20_000)),
        teller.handed("P1", SIX + 3600, piece("A", 20_000)),
        teller.handed("P1", SIX + 4000, piece("A", 3000, "2")),
        teller.handed("P2", SIX + 7 * HOUR, piece("B", 20_000)),
    ]
    rides = {(r.echelon.value, r.zone): r for r in board(teller, DEADLINE, *events).rides}
    assert rides["linehaul", Zone.CHILLED].longest == timedelta(seconds=HOUR + 600)
    assert rides["last_mile", Zone.FROZEN].longest == timedelta(seconds=4000)
    chilled = rides["last_mile", Zone.CHILLED]
    assert (chilled.rides, chilled.over_limit) == (2, 1)
    assert chilled.mean == timedelta(seconds=(3600 + 7 * HOUR) / 2)
    assert chilled.limit == timedelta(hours=6)


def test_a_departure_that_positions_show_counts_instead_of_the_planned_one() -> None:
    teller = Teller()
    event = teller.handed("P1", SIX + 3600, piece("A", 20_000))
    left = {"V1-1": instant(teller.problem, SIX + 600)}
    (ride,) = board(teller, DEADLINE, event, left=left).rides
    assert ride.longest == timedelta(seconds=3000)


def test_order_to_ready_is_the_mean_over_lines_that_came() -> None:
    teller = Teller()
    events = [
        teller.handed("P1", SIX, piece("A", 20_000)),
        teller.handed("P2", SIX + 2 * HOUR, piece("B", 20_000)),
    ]
    assert board(teller, DEADLINE, *events).order_to_ready == timedelta(hours=11)
    assert board(teller, DEADLINE).order_to_ready is None


def scores(
    teller: Teller, *events: Event, rules: ScoreRules | None = None
) -> dict[str, DriverScore]:
    day = teller.day(events)
    lines = line_facts(day, instant(teller.problem, DEADLINE))
    found = driver_scores(lines, reading_facts(day), rules or ScoreRules())
    return {score.vehicle: score for score in found}


def test_a_driver_without_data_has_no_score() -> None:
    score = scores(Teller())["V1"]
    assert score.score is None
    assert score.on_time == Part(good=0, of=0)


def test_parts_are_weighted_and_those_without_data_are_not() -> None:
    teller = Teller()
    on_time = teller.handed("P2", SIX + 5400, piece("B", 20_000))
    assert scores(teller, on_time)["V1"].score == 100.0
    warm = teller.handed("P1", SIX + 3600, piece("A", 20_000), product_c={Zone.CHILLED: 4.1})
    score = scores(teller, on_time, warm)["V1"]
    assert score.temperature == Part(good=0, of=1)
    assert score.score == 70.0
    only_cold = ScoreRules(on_time=0.0, temperature=1.0, damage=0.0)
    assert scores(teller, on_time, warm, rules=only_cold)["V1"].score == 0.0


def test_the_edge_of_the_band_is_inside() -> None:
    teller = Teller()
    edge = teller.handed("P1", SIX + 3600, piece("A", 20_000), product_c={Zone.CHILLED: 4.0})
    assert scores(teller, edge)["V1"].temperature == Part(good=1, of=1)


def test_damage_counts_by_grams() -> None:
    teller = Teller()
    broken = teller.tell("P1", Kind.DAMAGED, SIX, pieces=(piece("A", 5000),))
    rest = teller.handed("P1", SIX + 1, piece("A", 15_000))
    assert scores(teller, broken, rest)["V1"].damage == Part(good=15_000, of=20_000)


def test_a_driver_is_not_late_where_the_plan_is() -> None:
    day = small_problem()
    cold = replace(day.promises["cold"], deadline_s=SIX)
    teller = Teller(replace(day, promises=dict(day.promises) | {"cold": cold}))
    in_time = teller.handed("P3", SIX + 7200 + 900, piece("D", 20_000))
    assert fates(teller, DEADLINE, in_time)["D/1"] is Fate.LATE
    assert scores(teller, in_time)["V1"].on_time == Part(good=1, of=1)
    late = teller.handed("P3", SIX + 7200 + 901, piece("D", 20_000))
    assert scores(teller, late)["V1"].on_time == Part(good=0, of=1)
