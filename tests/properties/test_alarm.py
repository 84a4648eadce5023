"""The alarm machine: what holds whatever the temperatures, the silence and the ticks in between."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.accumulate import MOST_PIECES
from telemetry.alarm.excursion import Fold, excursions, fold, order, so_far
from telemetry.alarm.packs import load_packs
from telemetry.alarm.rules import Profile, Side
from telemetry.alarm.state import PointState, Sample
from telemetry.alarm.step import due_ms, fresh, step
from telemetry.alarm.words import AlarmEvent, AlarmKind, EventKind, Excursion

MINUTE = 60_000
CHILLED = replace(load_packs()["chilled"], stale_after_s=3600)
CONTROLLED = load_packs()["controlled"]
WHO = load_packs()["who_pqs_2"]
PROFILES = st.sampled_from(
    [CHILLED, replace(CHILLED, re_alarm_s=None, escalate_after_s=None), CONTROLLED, WHO]
)


@st.composite
def series(draw: st.DrawFn) -> list[Sample]:
    """Temperatures in stretches, so that delays end, with gaps, and of one sensor or two."""
    samples: list[Sample] = []
    at_ms = 0
    stretches = draw(st.lists(st.integers(1, 25), min_size=1, max_size=8))
    for length in stretches:
        value_c = draw(
            st.sampled_from([-3.0, -0.6, 0.0, 2.0, 3.4, 4.0, 4.1, 7.5, 12.0, 18.5, 46.0])
        )
        interval_ms = draw(st.sampled_from([MINUTE, 5 * MINUTE, 5 * MINUTE - 1, 20 * MINUTE]))
        sensors = draw(st.sampled_from([("a",), ("a",), ("a", "b")]))
        for number in range(length):
            at_ms += interval_ms
            samples.append(Sample(at_ms, value_c, sensors[number % len(sensors)]))
        at_ms += draw(st.sampled_from([0, 0, 0, 2 * 60 * MINUTE, 26 * 60 * MINUTE]))
    return samples


def run(
    profile: Profile, samples: list[Sample], ticks: random.Random | None = None
) -> tuple[PointState, list[AlarmEvent]]:
    """Go through samples; with a generator of numbers, with ticks at odd times in between."""
    state, events = fresh("room", always_armed=True), list[AlarmEvent]()
    for place, sample in enumerate(samples):
        state, more = step(profile, state, sample, sample.at_ms)
        events += more
        if ticks is None or place + 1 == len(samples):
            continue
        free_ms = samples[place + 1].at_ms - sample.at_ms
        for offset_ms in sorted(ticks.randrange(free_ms) for _ in range(ticks.randrange(4))):
            state, more = step(profile, state, None, sample.at_ms + offset_ms)
            events += more
    return state, events


@given(PROFILES, series(), st.integers(0, 10_000))
@settings(max_examples=60)
def test_ticks_make_no_difference(profile: Profile, samples: list[Sample], seed: int) -> None:
    end_ms = samples[-1].at_ms + 30 * 60 * MINUTE
    bare, bare_events = run(profile, samples)
    ticked, ticked_events = run(profile, samples, random.Random(seed))
    assert ticked_events == bare_events
    assert ticked == bare
    assert step(profile, ticked, None, end_ms) == step(profile, bare, None, end_ms)


@given(PROFILES, series())
@settings(max_examples=40)
def test_a_tick_does_something_when_it_is_due_and_nothing_before(
    profile: Profile, samples: list[Sample]
) -> None:
    state, _ = run(profile, samples)
    for _ in range(5):
        due = due_ms(profile, state)
        if due is None:
            break
        assert step(profile, state, None, due - 1) == (state, ())
        after, _ = step(profile, state, None, due)
        assert after != state
        state = after


@given(PROFILES, series(), st.data())
@settings(max_examples=40)
def test_a_state_that_was_stored_goes_on_as_before(
    profile: Profile, samples: list[Sample], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(samples)))
    state, _ = run(profile, samples[:cut])
    stored = msgspec.msgpack.encode(state)
    back = msgspec.msgpack.decode(stored, type=PointState)
    assert back == state
    for sample in samples[cut:]:
        state, events = step(profile, state, sample, sample.at_ms)
        back, others = step(profile, back, sample, sample.at_ms)
        assert others == events
    assert back == state


@given(PROFILES, series())
@settings(max_examples=60)
def test_alarms_keep_their_rules(profile: Profile, samples: list[Sample]) -> None:
    """One open alarm of a kind; raised when its delay ended; cleared by a sample alone."""
    state = fresh("room", always_armed=True)
    delays = {f"{profile.citation}:{rule.name}": rule.on_delay_s for rule in profile.limits}
    instants = {sample.at_ms for sample in samples}
    for sample in samples:
        state, events = step(profile, state, sample, sample.at_ms)
        kinds = [alarm.kind for alarm in state.alarms if alarm.is_open]
        assert len(kinds) == len(set(kinds))
        assert [event.at_ms for event in events] == sorted(event.at_ms for event in events)
        for event in events:
            alarm = event.alarm
            if event.kind is EventKind.RAISED and alarm.rule in delays:
                assert alarm.raised_ms == event.at_ms == alarm.began_ms + 1000 * delays[alarm.rule]
                assert alarm.began_ms in instants
            if event.kind is EventKind.CLEARED:
                assert event.at_ms in instants


@given(PROFILES, series(), st.integers(1, 400))
@settings(max_examples=40)
def test_no_data_never_clears(profile: Profile, samples: list[Sample], hours: int) -> None:
    state, _ = run(profile, samples)
    active = {alarm.id for alarm in state.alarms if alarm.is_active}
    after, events = step(profile, state, None, samples[-1].at_ms + hours * 60 * MINUTE)
    assert active <= {alarm.id for alarm in after.alarms if alarm.is_active}
    assert not any(event.kind is EventKind.CLEARED for event in events)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=150))
@settings(max_examples=30)
def test_memory_is_bounded_however_often_the_limit_is_crossed(
    swings: list[tuple[int, int]],
) -> None:
    samples: list[Sample] = []
    at_ms = 0
    for outside, inside in swings:
        for seconds, value_c in ((outside, 5.0), (inside, 2.0)):
            samples.append(Sample(at_ms, value_c, "a"))
            at_ms += 1000 * seconds
    state, _ = run(CHILLED, samples)
    (tally,) = state.tallies or [None]
    assert tally is None or len(tally.pieces) <= MOST_PIECES
    assert len(msgspec.msgpack.encode(state)) < 8000


# --- excursions ---------------------------------------------------------------------------------

BAND = TemperatureBand(lower_c=0.0, upper_c=4.0)


def whole(samples: list[Sample], interval_s: float | None = None) -> list[Excursion]:
    return excursions(samples, BAND, interval_s, point="room")


@given(series(), st.integers(0, 10_000))
@settings(max_examples=60)
def test_any_shuffle_gives_the_same_excursions(samples: list[Sample], seed: int) -> None:
    # Some stamps come twice, as where a clock was set back.
    doubled = [*samples, *(Sample(s.at_ms, s.value_c + 1.7, s.sensor) for s in samples[::7])]
    mixed = doubled.copy()
    random.Random(seed).shuffle(mixed)
    assert whole(mixed) == whole(doubled)


@given(series())
@settings(max_examples=40)
def test_the_stream_finds_what_the_whole_series_shows(samples: list[Sample]) -> None:
    found: list[Excursion] = []
    state = Fold()
    for sample in sorted(samples, key=order):
        # Between two samples the state is stored and read again.
        state = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=Fold)
        state, ended = fold(state, sample, BAND, 60, point="room")
        found += [] if ended is None else [ended]
    lasting = so_far(state, point="room")
    found += [] if lasting is None else [lasting]
    assert found == whole(samples, 60)


@given(series())
@settings(max_examples=40)
def test_excursions_cover_exactly_what_is_outside(samples: list[Sample]) -> None:
    found = whole(samples)
    outside = [sample for sample in samples if sample.value_c not in BAND]
    assert sum(one.samples for one in found) == len(outside)
    for one in found:
        assert one.minutes >= one.unknown_minutes >= 0
        side = Side(one.kind)
        assert (one.peak_c > BAND.upper_c) if side is Side.HIGH else (one.peak_c < BAND.lower_c)
    for one, after in pairwise(found):
        assert one.to_ms is not None
        assert one.to_ms <= after.from_ms


def test_kinds_that_samples_raise_are_all_reached_by_these_series() -> None:
    """The series are worth something only if they raise every kind of alarm now and then."""
    samples = [Sample(number * MINUTE, 12.0, "a") for number in range(1, 80)]
    samples += [Sample((80 + n) * MINUTE, (2.0, 5.0)[n % 2], "ab"[n % 2]) for n in range(60)]
    samples += [Sample((400 + n) * MINUTE, -3.0, "a") for n in range(60)]
    _, events = run(CHILLED, samples)
    raised = {event.alarm.kind for event in events if event.kind is EventKind.RAISED}
    assert raised == {
        AlarmKind.HIGH,
        AlarmKind.LOW,
        AlarmKind.CUMULATIVE,
        AlarmKind.STALE,
        AlarmKind.SENSOR_FAULT,
    }
