"""The estimate in the monitor: what it is fed with, what it raises, and what survives a crash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace as with_rules
from math import inf
from pathlib import Path
from typing import Any

import msgspec
import pytest

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.foresight import foresee
from telemetry.alarm.raising import Cause
from telemetry.alarm.state import Sample
from telemetry.alarm.words import AlarmKind, CommandKind, EventKind, Severity
from telemetry.estimate.estimator import observe
from telemetry.estimate.words import Outlook, Regime
from telemetry.monitor import Monitor, foreseeing
from telemetry.monitor.foreseeing import has_news
from telemetry.monitor.seats import Saved, can_foresee
from telemetry.ports import Store
from telemetry.readings import Channel, Measurement, Mode
from tests.telemetry_cases import (
    FROZEN,
    HOUR,
    MINUTE,
    SECOND,
    T0,
    a_command,
    a_compartment,
    a_registry,
    a_room,
    a_sensor,
    measured,
)
from tests.telemetry_foresight import COLD, COOL, Fed, Seer, a_forecast, an_outlook
from tests.telemetry_stores import sqlite_store
from tests.telemetry_watching import Watching

ROOM = "G1/room"


@pytest.fixture
def seer(monkeypatch: pytest.MonkeyPatch) -> Seer:
    seer = Seer()
    monkeypatch.setattr(foreseeing, "observe", seer.observe)
    return seer


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with sqlite_store(tmp_path) as store:
        yield store


def _kinds(watching: Watching) -> list[AlarmKind]:
    return [alarm.kind for alarm in watching.alarms]


def _stored(store: Store, point: str = ROOM) -> Saved:
    return msgspec.msgpack.decode(store.states([point])[point], type=Saved)


# --- what is raised -----------------------------------------------------------------------------


def test_what_is_foreseen_is_an_alarm_and_clears_when_it_recovers_for_long_enough(
    store: Store, seer: Seer
) -> None:
    watching = Watching(store)
    watching.run([COLD, COOL, *[COLD] * 32])
    (alarm,) = watching.alarms
    assert (alarm.kind, alarm.rule) == (AlarmKind.PREDICTED, "frozen/1:predicted")
    assert (alarm.began_ms, alarm.raised_ms) == (T0 + MINUTE, T0 + MINUTE)
    assert alarm.cleared_ms == T0 + 32 * MINUTE, "half an hour after the first that was well"
    told = [one.kind for one in watching.called]
    assert told == [EventKind.RAISED, EventKind.ESCALATED, EventKind.CLEARED]
    assert len(seer.fed) == 34


@pytest.mark.parametrize("crash", [False, True])
def test_silence_does_not_clear_what_was_foreseen(store: Store, seer: Seer, crash: bool) -> None:
    watching = Watching(store)
    watching.run([COLD, COOL, COLD])
    if crash:
        watching.restart(T0 + 3 * MINUTE)
    watching.run([COLD], from_ms=T0 + HOUR)
    predicted = [one for one in watching.alarms if one.kind is AlarmKind.PREDICTED]
    assert predicted[0].is_active, "nobody knows what was in the hour between"
    watching.run([COLD] * 31, from_ms=T0 + HOUR + MINUTE)
    (after,) = (one for one in watching.alarms if one.kind is AlarmKind.PREDICTED)
    assert after.cleared_ms == T0 + HOUR + 30 * MINUTE
    assert seer.fed


def test_what_is_foreseen_is_escalated_and_speaks_up_again(store: Store, seer: Seer) -> None:
    watching = Watching(store)
    watching.run([COOL] * 62)
    told = [one for one in watching.events if one[0] is not EventKind.WORSENED]
    assert told == [
        (EventKind.RAISED, T0),
        (EventKind.ESCALATED, T0 + 30 * MINUTE),
        (EventKind.RE_ALARMED, T0 + HOUR),
    ]
    assert seer.fed


def test_what_is_foreseen_is_acknowledged_and_shelved_like_everything_else(
    store: Store, seer: Seer
) -> None:
    watching = Watching(store)
    at_ms = watching.run([COOL])
    (alarm,) = watching.alarms
    shelve = a_command(CommandKind.SHELVE, alarm.id, asked_ms=at_ms, until_ms=at_ms + 40 * MINUTE)
    assert watching.command(shelve, at_ms).code is None
    watching.run([COOL] * 35, from_ms=T0 + MINUTE)
    assert EventKind.ESCALATED not in [one.kind for one in watching.called]
    watching.run([COOL] * 6, from_ms=T0 + 36 * MINUTE)
    assert EventKind.UNSHELVED in [one.kind for one in watching.called]
    done = watching.command(a_command(CommandKind.ACKNOWLEDGE, alarm.id), T0 + 42 * MINUTE)
    assert done.alarm is not None
    assert done.alarm.acknowledged_by == "Li Na"
    watching.run([COLD] * 32, from_ms=T0 + 43 * MINUTE)
    assert store.alarms() == [], "acknowledged and cleared, it is open no more"
    assert seer.fed


def test_a_point_that_nobody_watches_is_estimated_and_raises_nothing(
    store: Store, seer: Seer
) -> None:
    registry = a_registry(a_compartment(), a_sensor(point="V1/frozen"))
    watching = Watching(store, registry)
    watching.run([COOL] * 5)
    assert watching.alarms == []
    assert [learn for _, _, learn in seer.fed] == [False] * 5
    arm = a_command(CommandKind.ARM, "V1/frozen", asked_ms=T0 + 5 * MINUTE)
    watching.command(arm, T0 + 5 * MINUTE)
    watching.run([COOL], from_ms=T0 + 6 * MINUTE)
    assert AlarmKind.PREDICTED in _kinds(watching)
    watching.command(a_command(CommandKind.DISARM, "V1/frozen"), T0 + 7 * MINUTE)
    assert not any(one.is_active for one in watching.alarms)


def test_what_was_foreseen_does_not_stand_for_ever_under_rules_that_foresee_nothing(
    store: Store, seer: Seer
) -> None:
    watching = Watching(store)
    watching.run([COOL])
    assert _kinds(watching) == [AlarmKind.PREDICTED]
    watching.profiles = {"frozen": with_rules(FROZEN, product_lag_s=None)}
    watching.restart(T0 + MINUTE)
    fed = len(seer.fed)
    watching.run([COOL] * 32, from_ms=T0 + 2 * MINUTE)
    assert watching.alarms[0].cleared_ms == T0 + 32 * MINUTE
    assert len(seer.fed) == fed


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"product_lag_s": 0}, True),
        ({"product_lag_s": None}, False),
        ({"band": TemperatureBand(lower_c=-inf, upper_c=inf)}, False),
        ({"band": TemperatureBand(lower_c=0.0, upper_c=inf)}, True),
    ],
)
def test_only_goods_with_a_lag_and_an_edge_are_foreseen(
    changes: dict[str, object], told: bool
) -> None:
    assert can_foresee(with_rules(FROZEN, **changes)) is told  # type: ignore[arg-type] # its fields


# --- what is learned ----------------------------------------------------------------------------


def test_what_is_wrong_by_the_rules_is_nobodys_usual_way(store: Store, seer: Seer) -> None:
    watching = Watching(store)
    watching.run([COLD, *[-17.0] * 21, *[COLD] * 31])
    learned = [learn for _, _, learn in seer.fed]
    assert learned == [True] * 21 + [False] * 31 + [True]


# --- what is fed --------------------------------------------------------------------------------


def _two_sensors(store: Store) -> Watching:
    return Watching(store, a_registry(a_room(), a_sensor("s1"), a_sensor("s2")))


def _take(watching: Watching, at_ms: int, **values: float) -> None:
    for name, value in values.items():
        watching.take([measured(value, at_ms, name)], at_ms)


def test_of_several_sensors_the_middle_counts_and_how_far_they_are_apart(
    store: Store, seer: Seer
) -> None:
    watching = _two_sensors(store)
    _take(watching, T0, s1=-22.0)
    _take(watching, T0 + SECOND, s2=-21.0)
    first, second = seer.fed
    assert (first[0].value_c, first[1].apart_c) == (-22.0, None)
    assert (second[0].value_c, second[1].apart_c) == (-21.5, 1.0)


def test_a_sensor_that_drifts_away_cannot_pull_the_estimate_along(store: Store, seer: Seer) -> None:
    watching = _two_sensors(store)
    for minute in range(60):
        _take(watching, T0 + minute * MINUTE, s1=COLD, s2=COLD + 0.2 * minute)
    assert max(sample.value_c for sample, _, _ in seer.fed) == COLD + FROZEN.disagreement_c / 2
    assert _kinds(watching)[-1] is AlarmKind.SENSOR_FAULT
    assert AlarmKind.PREDICTED not in _kinds(watching)


def test_real_warming_reaches_all_sensors_and_is_foreseen(store: Store, seer: Seer) -> None:
    watching = _two_sensors(store)
    for minute in range(20):
        _take(watching, T0 + minute * MINUTE, s1=COLD + 0.2 * minute, s2=COLD + 0.2 * minute)
    assert _kinds(watching) == [AlarmKind.PREDICTED]
    assert seer.fed[-1][0].value_c == pytest.approx(COLD + 3.8)


def test_a_sensor_that_is_silent_counts_no_more(store: Store, seer: Seer) -> None:
    watching = _two_sensors(store)
    _take(watching, T0, s1=-22.0, s2=-21.0)
    for minute in range(1, 20):
        _take(watching, T0 + minute * MINUTE, s1=-22.0)
    assert (seer.fed[-1][0].value_c, seer.fed[-1][1].apart_c) == (-22.0, None)


def test_nor_does_one_whose_last_word_was_that_it_is_too_warm(store: Store, seer: Seer) -> None:
    watching = _two_sensors(store)
    _take(watching, T0, s1=-22.0, s2=-17.0)
    for minute in range(1, 20):
        _take(watching, T0 + minute * MINUTE, s1=-22.0)
    assert (seer.fed[-1][0].value_c, seer.fed[-1][1].apart_c) == (-22.0, None)


def test_late_readings_are_not_fed(store: Store, seer: Seer) -> None:
    watching = Watching(store)
    watching.run([COLD] * 3)
    watching.take([measured(COOL, T0 + 30 * SECOND)], T0 + 3 * MINUTE)
    assert len(seer.fed) == 3


def _say(watching: Watching, channel: Channel, value: float, at_ms: int) -> None:
    watching.take([Measurement("door", channel, value, at_ms)], at_ms)


def _doors(fed: Sequence[Fed]) -> list[bool | None]:
    return [cues.door_open for _, cues, _ in fed]


def test_a_door_that_was_open_between_two_samples_was_open(store: Store, seer: Seer) -> None:
    watching = Watching(store, a_registry(a_room(), a_sensor(), a_sensor("door")))
    watching.run([COLD])
    _say(watching, Channel.DOOR, 1.0, T0 + 10 * SECOND)
    _say(watching, Channel.DOOR, 0.0, T0 + 40 * SECOND)
    watching.run([COLD] * 2, from_ms=T0 + MINUTE)
    _say(watching, Channel.DOOR, 1.0, T0 + 2 * MINUTE + SECOND)
    watching.run([COLD] * 2, from_ms=T0 + 3 * MINUTE)
    assert _doors(seer.fed) == [None, True, False, True, True]
    _say(watching, Channel.DOOR, 0.0, T0 + 4 * MINUTE + SECOND)
    watching.run([COLD] * 2, from_ms=T0 + 5 * MINUTE)
    assert _doors(seer.fed)[5:] == [False, False]


def test_a_door_that_was_open_within_a_minute_is_told_with_its_outlook(
    store: Store, seer: Seer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool | None] = []

    def observe_by_the_minute(*args: Any, learn: bool) -> Any:
        thermal, outlook = seer.observe(*args, learn=learn)
        if args[2].at_ms % MINUTE:
            return thermal, None
        told.append(args[3].door_open)
        return thermal, outlook

    monkeypatch.setattr(foreseeing, "observe", observe_by_the_minute)
    watching = Watching(store, a_registry(a_room(), a_sensor(), a_sensor("door")))
    _say(watching, Channel.DOOR, 1.0, T0 + SECOND)
    _say(watching, Channel.DOOR, 0.0, T0 + 10 * SECOND)
    for at_ms in range(T0 + 20 * SECOND, T0 + 2 * MINUTE + SECOND, 20 * SECOND):
        watching.take([measured(COLD, at_ms)], at_ms)
    assert told == [True, False]


def test_an_open_door_that_nobody_speaks_of_any_more_may_be_anything(
    store: Store, seer: Seer
) -> None:
    watching = Watching(store, a_registry(a_room(), a_sensor(), a_sensor("door")))
    _say(watching, Channel.DOOR, 1.0, T0)
    watching.run([COLD] * 18)
    assert _doors(seer.fed) == [True] * 16 + [None] * 2


def test_what_the_unit_says_goes_with_the_samples(store: Store, seer: Seer) -> None:
    watching = Watching(store, a_registry(a_room(), a_sensor(), a_sensor("door")))
    _say(watching, Channel.MODE, Mode.DEFROST, T0)
    watching.run([COLD])
    _say(watching, Channel.MODE, Mode.COOLING, T0 + MINUTE)
    watching.run([COLD], from_ms=T0 + MINUTE)
    assert [cues.defrosting for _, cues, _ in seer.fed] == [True, False]


def test_what_is_behind_a_bulkhead_is_told_while_it_is_heard(store: Store, seer: Seer) -> None:
    other = with_rules(a_room(), id="G1/next")
    room = with_rules(a_room(), beside=other.id, beside_h=4.0)
    beyond = a_sensor("s2", point=other.id)
    watching = Watching(store, a_registry(room, other, a_sensor(), beyond))
    watching.run([COLD])
    watching.run([COLD], from_ms=T0 + MINUTE, sensor="s2")
    watching.run([COLD] * 18, from_ms=T0 + 2 * MINUTE)
    pulls = [cues.pull_c_h for sample, cues, _ in seer.fed if sample.at_ms != T0 + MINUTE]
    assert pulls == [None, *[COLD / 4.0] * 15, *[None] * 3]


# --- what is stored -----------------------------------------------------------------------------


VALUES = [COLD + (0.15 * (minute % 20)) for minute in range(140)]


@pytest.mark.parametrize("crash", [1, 37, 139])
def test_a_crash_forgets_nothing_of_what_was_learned(tmp_path: Path, crash: int) -> None:
    found = []
    for name, restarts in (("whole", False), ("crashed", True)):
        (tmp_path / name).mkdir()
        with sqlite_store(tmp_path / name) as store:
            watching = Watching(store)
            for place, value in enumerate(VALUES):
                watching.run([value], from_ms=T0 + place * MINUTE)
                if restarts and place == crash:
                    watching.restart(T0 + place * MINUTE + SECOND)
            at_ms = T0 + (len(VALUES) + 5) * MINUTE
            watching.write((), at_ms)
            saved = _stored(store)
            found.append((saved.thermal, saved.outlook, watching.events))
    assert found[0] == found[1]
    thermal = found[0][0]
    assert thermal is not None
    assert observe(FROZEN, thermal, Sample(T0 + 3 * HOUR, COLD))


def test_a_state_that_was_stored_before_there_were_estimates_is_read(store: Store) -> None:
    watching = Watching(store)
    watching.run([-17.0] * 21)
    saved = msgspec.msgpack.decode(store.states([ROOM])[ROOM])
    del saved["thermal"], saved["outlook"]
    with store.write() as ledger:
        ledger.save_states([(ROOM, msgspec.msgpack.encode(saved))])
    watching.restart(T0 + 21 * MINUTE)
    watching.run([-17.0] * 10, from_ms=T0 + 21 * MINUTE)
    assert AlarmKind.HIGH in _kinds(watching), "its alarm stands as before"
    watching.write((), T0 + HOUR)
    assert _stored(store).thermal is not None


def test_an_outlook_worth_telling_is_stored_with_its_batch_and_others_by_age(
    store: Store, seer: Seer
) -> None:
    watching = Watching(store)
    watching.run([COLD] * 3)
    assert _stored(store).outlook is None, "all is well: that is stored every five minutes"
    watching.run([COOL] * 2, from_ms=T0 + 3 * MINUTE)
    outlook = _stored(store).outlook
    assert outlook is not None
    assert outlook.forecast == a_forecast(T0 + 4 * MINUTE)
    watching.run([COLD] * 2, from_ms=T0 + 5 * MINUTE)
    calm = _stored(store).outlook
    assert calm is not None
    assert (calm.at_ms, calm.forecast) == (T0 + 5 * MINUTE, None), "that it is over is news, too"
    assert seer.fed


@pytest.mark.parametrize(
    ("shown", "outlook", "told"),
    [
        (None, None, False),
        (None, an_outlook(), False),
        (None, an_outlook(regime=Regime.WARMING), True),
        (an_outlook(regime=Regime.LEARNING), an_outlook(), False),
        (an_outlook(), an_outlook(regime=Regime.DEFROST), True),
        (an_outlook(regime=Regime.DEFROST), an_outlook(regime=Regime.DEFROST, at_ms=1), False),
        (an_outlook(forecast=a_forecast()), an_outlook(), True),
        (an_outlook(forecast=a_forecast()), an_outlook(forecast=a_forecast(T0 + 1)), True),
    ],
)
def test_only_what_changes_or_threatens_is_news(
    shown: Outlook | None, outlook: Outlook | None, told: bool
) -> None:
    assert has_news(outlook, shown) is told


def test_news_of_many_points_is_spread_over_transactions(store: Store, seer: Seer) -> None:
    names = [f"G{number}/room" for number in range(120)]
    registry = a_registry(
        *(a_room(name) for name in names), *(a_sensor(f"s-{name}", name) for name in names)
    )
    monitor = Monitor(registry, {"frozen": FROZEN}, started_ms=T0)
    readings = []
    for value, at_ms in ((COLD, T0), (COOL, T0 + MINUTE), (COOL, T0 + 2 * MINUTE)):
        batch = [monitor.admit(measured(value, at_ms, f"s-{name}"), at_ms) for name in names]
        for reading in batch:
            monitor.handle(reading)
        readings += batch
        for _ in range(2 if at_ms == T0 + MINUTE else 1):
            with store.write() as ledger:
                monitor.settle(ledger, at_ms)
            monitor.settled()
    outlooks = [_stored(store, name).outlook for name in names]
    fresh = [one for one in outlooks if one is not None and one.at_ms == T0 + 2 * MINUTE]
    assert len(fresh) == 100
    with store.write() as ledger:
        monitor.settle(ledger, T0 + 2 * MINUTE)
    monitor.settled()
    outlooks = [_stored(store, name).outlook for name in names]
    assert all(one is not None and one.at_ms == T0 + 2 * MINUTE for one in outlooks)
    assert readings
    assert seer.fed


# --- incidents ----------------------------------------------------------------------------------


def test_an_alarm_that_was_foreseen_belongs_to_the_incident_of_what_foresaw_it(
    store: Store, seer: Seer
) -> None:
    watching = Watching(store)
    watching.run([COOL, *[-17.0] * 21])
    predicted, high = sorted(watching.alarms, key=lambda one: one.raised_ms)
    assert (predicted.kind, high.kind) == (AlarmKind.PREDICTED, AlarmKind.HIGH)
    assert high.incident == predicted.incident
    assert seer.fed


def test_what_is_foreseen_below_is_no_incident_of_what_is_too_warm(store: Store) -> None:
    rules = with_rules(FROZEN, band=TemperatureBand(lower_c=-30.0, upper_c=-18.0))
    watching = Watching(store, profiles={"frozen": rules})
    watching.run([-17.0] * 21)
    state = _stored(store).state
    predicted = Cause(
        kind=AlarmKind.PREDICTED,
        severity=Severity.WARNING,
        rule="predicted",
        began_ms=T0,
        value=-17.0,
        peak=-17.0,
        limit=-30.0,
    )
    (below,) = foresee(rules, state, (predicted,), T0 + HOUR)[1]
    assert below.alarm.incident == below.alarm.id
    upper = msgspec.structs.replace(predicted, limit=-18.0)
    assert foresee(rules, state, (upper,), T0 + HOUR)[1] == (), "it is too warm already"
