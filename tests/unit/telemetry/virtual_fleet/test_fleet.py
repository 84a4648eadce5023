"""The fleet as a whole: the same for the same seed, in order, in time, and true to its log."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from optimizer.domain.errors import ColdgridError
from telemetry.readings import Channel
from telemetry.virtual_fleet.clocks import OwnTime, WallTime
from telemetry.virtual_fleet.failures import FailureKind, failure
from telemetry.virtual_fleet.fleet import Fleet
from telemetry.virtual_fleet.spec_making import spec_of_size
from telemetry.virtual_fleet.truth import TruthFile
from tests.unit.telemetry.virtual_fleet.small_fleets import (
    START_MS,
    Heard,
    heard,
    messages_of,
    sensed,
)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    spec = replace(spec_of_size(60, seed=4), failures_per_day=2000.0)
    first = messages_of(spec, 20)
    assert messages_of(spec, 20) == first
    assert messages_of(replace(spec, seed=5), 20) != first


def test_how_time_passes_does_not_change_what_is_said() -> None:
    spec = spec_of_size(20)
    said: list[tuple[str, bytes]] = []
    wall = WallTime(lambda: 0.0, lambda _: False, began_ms=START_MS, factor=60.0, own_stamps=True)
    Fleet(spec).run(wall, lambda *sent: said.append(sent), until_ms=300_000)
    assert said == messages_of(spec, 5)


def test_a_failure_changes_neither_doors_nor_the_noise_of_others() -> None:
    spec = spec_of_size(24)
    target = spec.spaces()[0].id
    failed = replace(spec, failures=(failure(FailureKind.UNIT_OFF, target, minute=0),))
    sensors = {sensor.id for sensor in spec.spaces()[5].sensors}
    before, after = heard(spec, 30), heard(failed, 30)
    for sensor in sensors:
        assert before.of(sensor=sensor) == after.of(sensor=sensor)
    assert before.measurements != after.measurements


def test_every_sensor_of_every_dialect_is_understood_in_every_interval() -> None:
    spec = spec_of_size(120)
    understood = heard(spec, 10)
    counts = Counter(each.sensor for each in understood.of())
    assert set(counts) == {sensor.id for sensor in spec.sensors()}
    zeros = understood.rejected.count("missing_field")
    assert understood.rejected == ["missing_field"] * zeros
    assert sum(counts.values()) + zeros == 10 * len(spec.sensors())
    assert {gateway.dialect for gateway in spec.gateways} == set(type(spec.gateways[0].dialect))
    assert understood.lost == 0


def test_stamps_follow_the_interval_and_come_in_order() -> None:
    understood = heard(sensed(interval_s=30), 10)
    stamps = [each.at_ms or 0 for each in understood.measurements]
    assert stamps == sorted(stamps)
    for sensor in ("V1-front", "V1-rear"):
        own = [each.at_ms or 0 for each in understood.of(sensor=sensor)]
        assert {b - a for a, b in itertools.pairwise(own)} == {30_000}
        assert [each.sequence for each in understood.of(sensor=sensor)] == list(range(20))


def test_values_come_in_tenths_of_a_degree() -> None:
    for each in heard(replace(sensed(), noise_c=0.2), 60).of():
        assert each.value == round(each.value, 1)


def test_sensors_differ_by_offset_noise_and_lag() -> None:
    exact = heard(sensed(), 60)
    rough = heard(replace(sensed(), noise_c=0.2, spread=0.3), 60)
    pairs = list(zip(rough.of(sensor="V1-front"), rough.of(sensor="V1-rear"), strict=True))
    assert {round(a.value - b.value, 1) for a, b in pairs} > {0.0}
    assert len({each.value for each in rough.of()}) > len({each.value for each in exact.of()})


def test_all_channels_are_said_and_plausible() -> None:
    spec = sensed(channels=tuple(Channel))
    understood = heard(spec, 10)
    assert {each.channel for each in understood.measurements} == set(Channel)
    assert not understood.rejected
    assert {each.value for each in understood.of(Channel.SETPOINT)} == {-21.5}
    assert len({each.value for each in understood.of(Channel.LATITUDE)}) > 5, "it drives"


def test_the_clock_is_asked_at_the_instants_of_the_messages() -> None:
    asked: list[float] = []

    def pause(seconds: float) -> bool:
        asked.append(seconds)
        return False

    clock = WallTime(lambda: 0.0, pause, began_ms=START_MS, factor=60.0)
    Fleet(spec_of_size(200)).run(clock, lambda *_: None, until_ms=60_000)
    assert asked == sorted(asked), "nobody has looked at the wall's clock in between"
    assert asked[-1] == pytest.approx(1.0)
    assert len(asked) > 12


def test_stamps_keep_to_the_wall_unless_the_fleet_has_its_own() -> None:
    wall = WallTime(lambda: 5.0, lambda _: False, began_ms=START_MS, factor=60.0)
    own = WallTime(lambda: 5.0, lambda _: False, began_ms=START_MS, factor=60.0, own_stamps=True)
    assert wall.stamp_ms(60_000) == START_MS + 1000
    assert own.stamp_ms(60_000) == START_MS + 60_000


def test_a_fleet_stops_when_it_is_told_and_goes_on_where_it_stopped() -> None:
    stops = iter([False] * 9 + [True])
    fleet = Fleet(sensed())
    said: list[str] = []
    totals = fleet.run(OwnTime(START_MS, lambda: next(stops)), lambda topic, _: said.append(topic))
    assert 0 < totals.elapsed_ms < 60_000
    before = totals.elapsed_ms
    fleet.run(OwnTime(START_MS), lambda topic, _: said.append(topic), until_ms=120_000)
    assert fleet.totals.elapsed_ms == 120_000 > before
    assert len(said) == fleet.totals.published


def test_the_truth_says_what_was_there_and_what_went_wrong(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    failed = failure(FailureKind.UNIT_OFF, "V1/frozen", minute=5, minutes=10)
    said: list[tuple[str, bytes]] = []
    with TruthFile(path) as truth:
        Fleet(sensed(failures=(failed,))).run(
            OwnTime(START_MS), lambda *sent: said.append(sent), until_ms=1_800_000, truth=truth
        )
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    spaces = [line for line in lines if line["what"] == "space"]
    failures = [line for line in lines if line["what"] == "failure"]
    assert len(spaces) == 30
    assert [(line["change"], line["elapsed_s"]) for line in failures] == [
        ("begun", 300.0),
        ("ended", 900.0),
    ]
    assert failures[0]["kind"] == "unit_off"
    said_c = {(each.at_ms or 0) // 60_000: each.value for each in Heard(said).of(sensor="V1-front")}
    for line in spaces[1:]:
        minute = line["at_ms"] // 60_000
        assert said_c[minute] == pytest.approx(line["spot_c"], abs=1.5)
        assert line["at_ms"] == START_MS + 1000 * line["elapsed_s"]


def test_a_truth_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColdgridError, match="No such file") as refused:
        TruthFile(tmp_path / "nowhere" / "truth.jsonl")
    assert refused.value.code == "CG-8524"
