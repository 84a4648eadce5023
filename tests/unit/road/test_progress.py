from datetime import timedelta

from api.road.progress import StopState
from api.road.words import Kind, report_document, report_from
from optimizer.domain.ids import LineKey
from optimizer.domain.temperature import Zone
from tests.road_cases import Teller, instant, piece

A1, A2 = LineKey("A", "1"), LineKey("A", "2")


def test_a_stop_nobody_reported_on_is_planned_with_everything_left() -> None:
    teller = Teller()
    progress = teller.day().visits[teller.stops["V1-1", "P1"]].progress
    assert progress.state is StopState.PLANNED
    assert [line.rest_g for line in progress.lines.values()] == [20_000, 3000]
    assert progress.last is None


def test_states_follow_the_reports() -> None:
    teller = Teller()
    stop = teller.stops["V1-1", "P1"]
    events = [teller.arrived("P1", 40_000)]
    assert teller.day(events).visits[stop].progress.state is StopState.ARRIVED
    events.append(teller.handed("P1", 40_100, piece("A", 20_000)))
    assert teller.day(events).visits[stop].progress.state is StopState.ARRIVED
    events.append(teller.tell("P1", Kind.REFUSED, 40_200, pieces=(piece("A", 3000, "2"),)))
    assert teller.day(events).visits[stop].progress.state is StopState.SERVED
    events.append(teller.departed("P1", 40_300))
    assert teller.day(events).visits[stop].progress.state is StopState.DEPARTED


def test_a_hand_over_implies_the_arrival_and_an_earlier_one_counts() -> None:
    teller = Teller()
    stop = teller.stops["V1-1", "P1"]
    handed = teller.handed("P1", 40_100, piece("A", 5000))
    assert teller.day([handed]).visits[stop].progress.arrived_at == handed.at
    late_phone = teller.arrived("P1", 40_000)
    assert teller.day([handed, late_phone]).visits[stop].progress.arrived_at == late_phone.at


def test_damage_on_the_way_is_no_arrival_but_a_departure_is() -> None:
    teller = Teller()
    stop = teller.stops["V1-1", "P1"]
    broken = teller.tell("P1", Kind.DAMAGED, 39_000, pieces=(piece("A", 500),), reason="fell")
    progress = teller.day([broken]).visits[stop].progress
    assert progress.state is StopState.PLANNED
    assert progress.lines[A1].damaged_g == 500
    gone = teller.departed("P1", 41_000)
    assert teller.day([gone]).visits[stop].progress.arrived_at == gone.at


def test_kilograms_add_up_by_what_happened_to_them() -> None:
    teller = Teller()
    events = [
        teller.handed("P1", 40_100, piece("A", 12_000), piece("A", 2000)),
        teller.handed("P1", 40_200, piece("A", 1000), piece("A", 3000, "2")),
        teller.tell("P1", Kind.REFUSED, 40_300, pieces=(piece("A", 4000),)),
        teller.tell("P1", Kind.DAMAGED, 40_400, pieces=(piece("A", 500),)),
    ]
    lines = teller.day(events).visits[teller.stops["V1-1", "P1"]].progress.lines
    one = lines[A1]
    assert (one.handed_g, one.refused_g, one.damaged_g, one.rest_g) == (15_000, 4000, 500, 500)
    assert one.handed_at == instant(teller.problem, 40_200)
    assert not one.is_done
    assert lines[A2].is_done


def test_empties_readings_and_collection_are_kept() -> None:
    teller = Teller()
    events = [
        teller.tell("P1", Kind.EMPTIES, 40_000, crates=3, boxes=1),
        teller.tell("P1", Kind.EMPTIES, 40_010, crates=2),
        teller.handed("P1", 40_020, piece("A", 20_000), product_c={Zone.CHILLED: 3.5}),
        teller.tell("P1", Kind.COLLECTED, 50_000, order="A"),
        teller.tell("P1", Kind.COLLECTED, 51_000, order="A"),
    ]
    progress = teller.day(events).visits[teller.stops["V1-1", "P1"]].progress
    assert (progress.crates, progress.boxes) == (5, 1)
    assert [(r.zone, r.product_c) for r in progress.readings] == [(Zone.CHILLED, 3.5)]
    assert progress.lines[A1].collected_at == instant(teller.problem, 50_000)
    assert progress.lines[A2].collected_at == instant(teller.problem, 50_000)


def test_a_report_is_read_as_it_was_written_and_equal_ones_are_repeats() -> None:
    teller = Teller()
    event = teller.handed("P1", 1, piece("A", 7), product_c={Zone.FROZEN: -19.25})
    assert report_from(report_document(event.report)) == event.report
    other = teller.handed("P1", 1, piece("A", 7), product_c={Zone.FROZEN: -19.25})
    assert event.says_the_same(other)
    later = teller.handed("P1", 2, piece("A", 7), product_c={Zone.FROZEN: -19.25})
    assert later.at == event.at + timedelta(seconds=1)
    assert not event.says_the_same(later)
