"""Every kind of failure shows in the messages, in its time, and befalls whom it names."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import pytest

from optimizer.domain.errors import ColdgridError
from telemetry.readings import Channel, Mode
from telemetry.virtual_fleet.failures import Failure, FailureKind, failure, failure_from_words
from telemetry.virtual_fleet.fleet import Fleet
from telemetry.virtual_fleet.spec import DialectName, FleetSpec
from telemetry.virtual_fleet.spec_making import spec_of_size
from tests.unit.telemetry.virtual_fleet.small_fleets import (
    START_MS,
    fleet_of,
    heard,
    messages_of,
    sensed,
    space,
)

WITH_UNIT = (Channel.TEMPERATURE, Channel.DOOR, Channel.MODE)


def _failing(
    kind: FailureKind,
    target: str = "V1/frozen",
    *,
    minute: float = 10.0,
    minutes: float | None = 20.0,
    amount: float | None = None,
    dialect: DialectName = DialectName.FLAT_JSON,
) -> FleetSpec:
    failed = failure(kind, target, minute=minute, minutes=minutes, amount=amount)
    return sensed(dialect, channels=WITH_UNIT, failures=(failed,))


def test_without_failures_nothing_is_missing_double_or_warm() -> None:
    understood = heard(sensed(), 60)
    assert understood.minutes("V1-front") == list(range(60))
    assert not understood.rejected
    assert max(each.value for each in understood.of()) < -18.0


def test_a_unit_that_is_off_lets_its_space_warm_up_and_says_so() -> None:
    understood = heard(_failing(FailureKind.UNIT_OFF, minutes=None), 120)
    values = [each.value for each in understood.of(sensor="V1-front")]
    assert max(values[:10]) < -20.0
    assert values[119] > -17.0
    assert values[60] < values[90] < values[119]
    modes = [each.value for each in understood.of(Channel.MODE, "V1-front")]
    assert set(modes[12:]) == {float(Mode.OFF)}


def test_a_unit_comes_back() -> None:
    values = [
        each.value
        for each in heard(_failing(FailureKind.UNIT_OFF, minutes=60), 240).of(sensor="V1-front")
    ]
    assert max(values[60:75]) > -19.0
    assert values[-1] < -20.0


def test_a_unit_that_lost_most_of_its_power_cools_less_than_it_should() -> None:
    most = heard(_failing(FailureKind.CAPACITY_LOSS, amount=0.9, minutes=None), 240)
    some = heard(_failing(FailureKind.CAPACITY_LOSS, amount=0.2, minutes=None), 240)
    assert most.of()[-1].value > -19.0
    assert some.of()[-1].value < -20.0


def test_a_door_left_open_warms_the_air_and_is_reported() -> None:
    understood = heard(_failing(FailureKind.DOOR_OPEN), 60)
    doors = [each.value for each in understood.of(Channel.DOOR, "V1-front")]
    assert doors[:9] == [0.0] * 9
    assert doors[11:29] == [1.0] * 18
    assert doors[31:] == [0.0] * 29
    values = [each.value for each in understood.of(sensor="V1-front")]
    assert max(values[10:30]) > -14.0
    assert max(values[:10]) < -20.0


def test_a_door_that_no_sensor_reports_still_warms_the_air() -> None:
    quiet = replace(_failing(FailureKind.DOOR_OPEN), assets=sensed().assets)
    understood = heard(quiet, 60)
    assert not understood.of(Channel.DOOR)
    assert max(each.value for each in understood.of()) > -14.0


def test_a_lost_sensor_falls_silent_alone() -> None:
    understood = heard(_failing(FailureKind.SENSOR_LOST, "V1-front"), 60)
    silent = set(range(60)) - set(understood.minutes("V1-front"))
    assert set(range(11, 29)) <= silent <= set(range(9, 31))
    assert understood.minutes("V1-rear") == list(range(60))


def test_a_drifting_sensor_leaves_its_neighbour() -> None:
    understood = heard(_failing(FailureKind.SENSOR_DRIFT, "V1-front", minutes=None), 130)
    pairs = list(
        zip(understood.of(sensor="V1-front"), understood.of(sensor="V1-rear"), strict=True)
    )
    assert abs(pairs[5][0].value - pairs[5][1].value) < 0.3
    assert pairs[-1][0].value - pairs[-1][1].value == pytest.approx(2.0, abs=0.4)


def test_a_stuck_sensor_says_always_the_same() -> None:
    noisy = replace(_failing(FailureKind.SENSOR_STUCK, "V1-front"), noise_c=0.3)
    understood = heard(noisy, 60)
    values = [each.value for each in understood.of(sensor="V1-front")]
    assert len(set(values[11:29])) == 1
    assert len(set(values[31:])) > 3
    assert len({each.value for each in understood.of(sensor="V1-rear")[11:29]}) > 3


def test_a_clock_that_is_ahead_stamps_ahead() -> None:
    understood = heard(_failing(FailureKind.CLOCK_SKEW, "V1-front", amount=600.0), 60)
    stamps = [((each.at_ms or 0) - START_MS) / 60_000 for each in understood.of(sensor="V1-front")]
    steps = [b - a for a, b in itertools.pairwise(stamps)]
    assert Counter(round(step, 3) for step in steps) == {1.0: 57, 11.0: 1, -9.0: 1}


def test_a_lost_gateway_is_silent_and_its_messages_are_missed() -> None:
    understood = heard(_failing(FailureKind.GATEWAY_LOST, "gw-1"), 60)
    for sensor in ("V1-front", "V1-rear"):
        silent = set(range(60)) - set(understood.minutes(sensor))
        assert set(range(11, 29)) <= silent <= set(range(9, 31))
    numbers = [each.sequence or 0 for each in understood.of(sensor="V1-front")]
    assert max(b - a for a, b in itertools.pairwise(numbers)) == 21


def test_a_lost_sparkplug_node_dies_and_is_born_again() -> None:
    spec = _failing(FailureKind.GATEWAY_LOST, "gw-1", dialect=DialectName.SPARKPLUG_B)
    kinds = [topic.split("/")[2] for topic, _ in messages_of(spec, 60)]
    assert kinds.count("NBIRTH") == 2
    assert kinds.count("NDEATH") == 1
    death = kinds.index("NDEATH")
    assert kinds[death : death + 4] == ["NDEATH", "NBIRTH", "DBIRTH", "DBIRTH"]
    assert not heard(spec, 60).rejected


@pytest.mark.parametrize("dialect", list(DialectName))
def test_a_late_batch_comes_all_at_once_with_the_stamps_of_the_devices(
    dialect: DialectName,
) -> None:
    spec = _failing(FailureKind.LATE_BATCH, "gw-1", dialect=dialect)
    channels = (Channel.TEMPERATURE,)
    spec = replace(spec, assets=sensed(dialect, channels=channels).assets)
    understood = heard(spec, 60)
    for sensor in {sensor.id for sensor in spec.sensors()}:
        assert sorted(understood.minutes(sensor)) == list(range(60))
    assert understood.lost == 0
    order = [each.at_ms or 0 for each in understood.of()]
    if dialect in (DialectName.FLAT_JSON, DialectName.SPARKPLUG_B):
        late = [each for each in understood.of() if each.historical]
        assert 38 <= len(late) <= 42
    assert order == sorted(order), "nothing overtakes: the gateway kept everything"


def test_a_batch_that_is_kept_to_the_end_comes_at_the_end() -> None:
    understood = heard(_failing(FailureKind.LATE_BATCH, "gw-1", minutes=None), 60)
    assert sorted(understood.minutes("V1-front")) == list(range(60))


def test_duplicates_are_the_same_bytes_twice() -> None:
    said = messages_of(_failing(FailureKind.DUPLICATES, "gw-1", amount=0.5), 60)
    counts = Counter(said)
    doubled = [message for message, times in counts.items() if times == 2]
    assert len(counts) == 120
    assert 8 <= len(doubled) <= 32
    assert max(counts.values()) == 2


def test_garbage_is_refused_for_several_reasons_and_the_rest_understood() -> None:
    spec = _failing(FailureKind.GARBAGE, "gw-1", minute=0, minutes=300, amount=0.3)
    understood = heard(spec, 300)
    assert {"malformed", "unknown_topic"} <= set(understood.rejected)
    assert 120 < len(understood.rejected) < 240
    assert len(understood.of()) + len(understood.rejected) == 600


def test_a_point_stands_for_its_sensors_and_their_gateways() -> None:
    understood = heard(_failing(FailureKind.SENSOR_LOST, "V1/frozen"), 60)
    assert not set(understood.minutes("V1-rear")) & set(range(11, 29))
    understood = heard(_failing(FailureKind.GATEWAY_LOST, "V1/frozen"), 60)
    assert not set(understood.minutes("V1-rear")) & set(range(11, 29))


def test_failures_are_drawn_by_rate_and_from_the_seed() -> None:
    spec = replace(spec_of_size(30), failures_per_day=500.0)
    kinds = _drawn(spec)
    assert _drawn(spec) == kinds
    assert _drawn(replace(spec, seed=9)) != kinds
    assert 60 < len(kinds) < 200
    assert {each.kind for each in kinds} == set(FailureKind)


def _drawn(spec: FleetSpec) -> list[Failure]:
    troubles = Fleet(spec).troubles
    found: list[Failure] = []
    for minute in range(360):
        found += troubles.move_to(minute * 60.0)[0]
    return found


def test_two_failures_of_one_unit_add_up_and_end_apart() -> None:
    spec = fleet_of(
        space(),
        failures=(
            failure(FailureKind.CAPACITY_LOSS, "V1/frozen", minute=0, minutes=60, amount=0.5),
            failure(FailureKind.CAPACITY_LOSS, "V1/frozen", minute=30, minutes=60, amount=0.5),
        ),
    )
    troubles = Fleet(spec).troubles
    left = []
    for minute in (0, 30, 60, 90):
        troubles.move_to(minute * 60.0)
        left.append(float(troubles.capacity[0]))
    assert left == [0.5, 0.25, 0.5, 1.0]


def test_a_failure_shorter_than_a_step_begins_and_ends() -> None:
    short = failure(FailureKind.UNIT_OFF, "V1/frozen", minute=0.1, minutes=0.1)
    troubles = Fleet(fleet_of(space(), failures=(short,))).troubles
    begun, ended = troubles.move_to(60.0)
    assert list(begun) == list(ended) == [short]
    assert float(troubles.capacity[0]) == 1.0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("unit_off@20:V1/frozen", failure(FailureKind.UNIT_OFF, "V1/frozen", minute=20)),
        (
            "door_open@5+10:V1/chilled",
            failure(FailureKind.DOOR_OPEN, "V1/chilled", minute=5, minutes=10),
        ),
        (
            "capacity_loss@0.5:W1/frozen-2=0.4",
            failure(FailureKind.CAPACITY_LOSS, "W1/frozen-2", minute=0.5, amount=0.4),
        ),
        (
            "sensor_drift@1+2:C2:25:2D:8E:9C:2C=-1.5",
            failure(
                FailureKind.SENSOR_DRIFT, "C2:25:2D:8E:9C:2C", minute=1, minutes=2, amount=-1.5
            ),
        ),
    ],
)
def test_failures_are_worded_for_people(words: str, expected: Failure) -> None:
    assert failure_from_words(words) == expected


@pytest.mark.parametrize(
    "words", ["", "unit_off", "unit_off@x:V1", "unit_off@5", "melt@5:V1", "unit_off@-1:V1"]
)
def test_words_that_are_no_failure_are_refused(words: str) -> None:
    with pytest.raises(ColdgridError) as refused:
        failure_from_words(words)
    assert refused.value.code == "CG-8521"
