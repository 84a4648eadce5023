"""When a point is watched."""

import pytest

from telemetry.alarm import watch
from telemetry.alarm.state import Back, Comeback, Outside, PointState, Sample, Watch
from telemetry.alarm.words import AlarmKind, EventKind, Severity
from tests.telemetry_cases import FROZEN, HOUR, MINUTE, T0, an_alarm, armed


def test_a_point_is_watched_until_the_instant_of_its_end() -> None:
    state = armed(watch_until_ms=T0 + HOUR)
    assert watch.is_watched(state, T0 + HOUR - 1)
    assert not watch.is_watched(state, T0 + HOUR)
    assert not watch.is_watched(PointState(point="p"), T0)


def test_a_watch_that_ends_clears_what_is_active_and_says_why() -> None:
    seen = an_alarm(acknowledged_ms=T0)
    over = an_alarm(id="b", cleared_ms=T0)
    state = armed(watch_until_ms=T0 + HOUR, alarms=(seen, over, an_alarm(id="c")))
    after, events = watch.turn(state, T0 + 2 * HOUR)
    assert [(event.kind, event.at_ms, event.comment, event.alarm.id) for event in events] == [
        (EventKind.CLEARED, T0 + HOUR, "no longer watched", "high-1"),
        (EventKind.CLEARED, T0 + HOUR, "no longer watched", "c"),
    ]
    assert [alarm.id for alarm in after.alarms] == ["b", "c"]
    assert after.watch is Watch.OFF
    assert watch.turn(state, T0 + HOUR - 1) == (state, ())


def test_washing_ends_by_itself_and_a_room_is_watched_again() -> None:
    washed, _ = watch.set_aside(armed(always_armed=True), Watch.WASHING, T0, T0 + HOUR)
    assert not watch.is_watched(washed, T0 + HOUR - 1)
    assert watch.is_watched(washed, T0 + HOUR)
    after, events = watch.turn(washed, T0 + HOUR)
    assert (after.watch, after.watch_until_ms, after.watch_since_ms) == (
        Watch.ARMED,
        None,
        T0 + HOUR,
    )
    assert events == ()


def test_out_of_service_goes_back_to_goods_that_are_still_to_be_watched() -> None:
    out, _ = watch.set_aside(
        armed(watch_until_ms=T0 + 3 * HOUR), Watch.OUT_OF_SERVICE, T0, T0 + HOUR
    )
    after, _ = watch.turn(out, T0 + HOUR)
    assert (after.watch, after.watch_until_ms) == (Watch.ARMED, T0 + 3 * HOUR)
    assert watch.turn(out, T0 + 3 * HOUR)[0].watch is Watch.OFF


def test_one_state_after_another_still_goes_back_to_the_goods() -> None:
    out, _ = watch.set_aside(armed(), Watch.OUT_OF_SERVICE, T0, T0 + HOUR)
    washed, _ = watch.set_aside(out, Watch.WASHING, T0 + MINUTE, T0 + 2 * HOUR)
    assert watch.is_watched(washed, T0 + 2 * HOUR)


def test_goods_that_left_meanwhile_are_not_watched_afterwards() -> None:
    out, _ = watch.set_aside(
        armed(watch_until_ms=T0 + HOUR), Watch.OUT_OF_SERVICE, T0, T0 + 2 * HOUR
    )
    assert not watch.is_watched(out, T0 + 2 * HOUR)


def test_disarming_clears_what_is_active() -> None:
    after, events = watch.disarm(armed(alarms=(an_alarm(),)), T0, None)
    assert after.watch is Watch.OFF
    assert [event.kind for event in events] == [EventKind.CLEARED]


def test_delays_that_ran_are_forgotten_when_the_watch_ends() -> None:
    state = armed(
        outside=(Outside("warn_high", T0, -17.0),),
        back=(Back(AlarmKind.HIGH, T0),),
        comebacks=(Comeback(AlarmKind.HIGH, MINUTE), Comeback(AlarmKind.LOW, MINUTE, T0)),
        silence_ms=T0,
    )
    after, _ = watch.disarm(state, T0 + MINUTE, None)
    assert (after.outside, after.back, after.silence_ms) == ((), (), None)
    assert after.comebacks == (Comeback(AlarmKind.LOW, MINUTE, T0),)


def test_a_room_disarmed_for_an_hour_is_watched_again_after_it() -> None:
    off, _ = watch.disarm(armed(always_armed=True), T0, T0 + HOUR)
    assert not watch.is_watched(off, T0)
    assert watch.is_watched(off, T0 + HOUR)


# --- pre-cooling --------------------------------------------------------------------------------


def _run(values: list[float], *, every_ms: int = MINUTE) -> PointState:
    state = PointState(point="V1/frozen")
    for index, value in enumerate(values):
        at_ms = T0 + index * every_ms
        state = watch.cooled(state, Sample(at_ms, value), -20.0)
        state = PointState(point=state.point, last_ms=at_ms, cool_since_ms=state.cool_since_ms)
    return state


def test_a_compartment_that_held_its_set_point_for_twenty_minutes_is_armed_without_a_word() -> None:
    state = _run([-19.0, -21.0, -20.0] * 7)
    after, events = watch.arm(FROZEN, state, T0 + 20 * MINUTE, None)
    assert (after.watch, after.watch_since_ms, events) == (Watch.ARMED, T0 + 20 * MINUTE, ())


@pytest.mark.parametrize(
    "values",
    [
        [-20.0] * 20,
        [-20.0] * 15 + [-18.9] + [-20.0] * 15,
        [-21.1] * 40,
        [],
    ],
)
def test_one_that_did_not_is_flagged_as_information(values: list[float]) -> None:
    now_ms = T0 + max(len(values) - 1, 0) * MINUTE
    after, (event,) = watch.arm(FROZEN, _run(values), now_ms, None)
    assert (event.kind, event.at_ms) == (EventKind.RAISED, now_ms)
    assert (event.alarm.kind, event.alarm.severity) == (AlarmKind.NOT_PRECOOLED, Severity.INFO)
    assert after.alarms == (event.alarm,)


def test_silence_before_loading_proves_nothing() -> None:
    state = _run([-20.0] * 30)
    assert watch.held_for_ms(state, T0 + 29 * MINUTE + 15 * MINUTE) > 0
    assert watch.held_for_ms(state, T0 + 29 * MINUTE + 15 * MINUTE + 1) == 0
    gap = _run([-20.0, -20.0, -20.0], every_ms=16 * MINUTE)
    assert gap.cool_since_ms == T0 + 32 * MINUTE


def test_arming_twice_flags_once_and_keeps_the_beginning() -> None:
    once, _ = watch.arm(FROZEN, PointState(point="p"), T0, T0 + HOUR)
    twice, events = watch.arm(FROZEN, once, T0 + MINUTE, T0 + 2 * HOUR)
    assert events == ()
    assert (twice.watch_since_ms, twice.watch_until_ms) == (T0, T0 + 2 * HOUR)


def test_a_second_loading_keeps_to_one_alarm_while_nobody_has_looked() -> None:
    first, _ = watch.arm(FROZEN, PointState(point="p"), T0, None)
    empty, _ = watch.disarm(first, T0 + HOUR, None)
    again, events = watch.arm(FROZEN, empty, T0 + 2 * HOUR, None)
    assert (len(again.alarms), events) == (1, ())
