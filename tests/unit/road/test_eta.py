from dataclasses import replace

import pytest

from api.road.eta import Call, Place, Position, Trip, outlook
from optimizer.domain.network import TimeWindow

START = Place(lat=28.0, lon=113.0)
ONE = Place(lat=28.1, lon=113.0)
TWO = Place(lat=28.2, lon=113.0)
HALF_WAY = Place(lat=28.05, lon=113.0)


def trip(**changes: object) -> Trip:
    """Leave at 1000, be at ONE at 2000 for 300, at TWO at 3300 for 300, back at 4600."""
    made = Trip(
        start=START,
        departs=1000,
        calls=(
            Call(stop="one", place=ONE, drive_s=1000, service_s=300),
            Call(stop="two", place=TWO, drive_s=1000, service_s=300),
        ),
        back_s=1000,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def arrivals(one: Trip, now: float, position: Position | None = None) -> dict[str, float]:
    return {call.stop: call.arrives for call in outlook(one, position, now).calls}


def known(one: Trip, i: int, **facts: object) -> Trip:
    calls = list(one.calls)
    calls[i] = replace(calls[i], **facts)  # type: ignore[arg-type]
    return replace(one, calls=tuple(calls))


def test_without_any_fact_the_plan_is_expected() -> None:
    assert arrivals(trip(), 0) == {"one": 2000, "two": 3300}
    assert outlook(trip(), None, 0).back == 4600


def test_a_late_start_travels_along_the_route() -> None:
    assert arrivals(trip(left=1500.0), 1500) == {"one": 2500, "two": 3800}


def test_an_early_start_does_too() -> None:
    assert arrivals(trip(left=800.0), 800) == {"one": 1800, "two": 3100}


def test_it_cannot_leave_before_goods_and_vehicle_are_there() -> None:
    assert arrivals(trip(ready=1600.0), 0) == {"one": 2600, "two": 3900}
    assert arrivals(trip(ready=600.0), 0) == {"one": 2000, "two": 3300}


def test_a_wait_for_opening_absorbs_a_delay() -> None:
    waits = known(trip(), 0, hours=(TimeWindow(opens=2400, closes=9000),))
    assert arrivals(waits, 0) == {"one": 2000, "two": 3700}
    assert arrivals(replace(waits, left=1300.0), 1300) == {"one": 2300, "two": 3700}
    assert arrivals(replace(waits, left=1500.0), 1500) == {"one": 2500, "two": 3800}


def test_a_booked_window_is_waited_for_as_well() -> None:
    assert arrivals(known(trip(), 0, not_before=2600), 0)["two"] == 3900


def test_after_an_arrival_the_service_goes_on_from_there() -> None:
    assert arrivals(known(trip(), 0, arrived=2100.0), 2150) == {"two": 3400}


def test_a_service_that_takes_longer_delays_what_follows() -> None:
    assert arrivals(known(trip(), 0, arrived=2100.0), 2700) == {"two": 3700}


def test_a_departure_is_the_last_fact() -> None:
    assert arrivals(known(trip(), 0, arrived=2100.0, left=2200.0), 2300) == {"two": 3200}


def test_nothing_is_expected_in_the_past() -> None:
    late = outlook(trip(left=1000.0), None, 9000)
    assert [call.arrives for call in late.calls] == [9000, 10_300]
    assert all(call.earliest >= 9000 for call in late.calls)


def test_stops_passed_over_are_not_ahead() -> None:
    assert arrivals(known(trip(), 1, arrived=3300.0), 3300) == {}
    assert outlook(known(trip(), 1, arrived=3300.0, left=3700.0), None, 3700).back == 4700


def test_a_position_half_way_leaves_half_of_the_drive() -> None:
    position = Position(at=1800.0, place=HALF_WAY)
    expected = arrivals(trip(left=1000.0), 1800, position)
    assert expected["one"] == pytest.approx(2300, abs=2)
    assert expected["two"] == pytest.approx(3600, abs=2)


def test_a_position_at_the_start_after_the_planned_departure_is_a_delay() -> None:
    position = Position(at=1390.0, place=START)
    assert arrivals(trip(), 1400, position)["one"] == 2400
    assert arrivals(trip(), 500, Position(at=490.0, place=START))["one"] == 2000


def test_a_position_older_than_the_last_fact_says_nothing() -> None:
    position = Position(at=1500.0, place=HALF_WAY)
    assert arrivals(known(trip(), 0, arrived=2000.0, left=2300.0), 2300, position)["two"] == 3300


def test_an_absurd_position_is_not_believed() -> None:
    nowhere = Position(at=1500.0, place=Place(lat=0.0, lon=0.0))
    assert arrivals(trip(left=1000.0), 1500, nowhere) == {"one": 2000, "two": 3300}


def test_a_short_leg_ignores_positions() -> None:
    near = Place(lat=28.001, lon=113.0)
    short = known(trip(left=1000.0), 0, place=near, drive_s=60)
    away = Position(at=1050.0, place=Place(lat=28.0018, lon=113.0))
    assert arrivals(short, 1050, away)["one"] == 1060


def test_the_span_widens_along_the_route() -> None:
    first, second = outlook(trip(left=1000.0), None, 1000).calls
    assert first.latest - first.arrives == pytest.approx(1.2816 * 200)
    assert second.latest - second.arrives > first.latest - first.arrives
    waiting, _ = outlook(trip(), None, 0).calls
    assert waiting.latest - waiting.arrives > first.latest - first.arrives
