"""Whatever the order in which readings come, the history of a point is the same."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.alarm.excursion import excursions
from telemetry.alarm.state import Sample
from telemetry.alarm.words import Excursion
from telemetry.readings import Measurement
from telemetry.registry import Registry
from tests.telemetry_cases import FROZEN, HOUR, MINUTE, T0, a_registry, a_room, a_sensor, measured
from tests.telemetry_stores import sqlite_store
from tests.telemetry_watching import Watching

VALUES = st.sampled_from((-20.0, -18.0, -17.9, -16.0, -14.0))


@st.composite
def _batches(draw: st.DrawFn, sensors: int) -> tuple[list[Measurement], list[list[Measurement]]]:
    """Give readings in the order of their time, and the same in another order, cut in batches."""
    steps = draw(st.lists(st.tuples(st.integers(0, 12), VALUES), min_size=1, max_size=40))
    at_ms, ordered = T0, []
    for place, (minutes, value) in enumerate(steps):
        at_ms += minutes * MINUTE
        sensor = f"s{draw(st.integers(1, sensors))}"
        ordered.append(measured(value, at_ms, sensor, sequence=place))
    shuffled = draw(st.permutations(ordered))
    cuts = sorted(draw(st.sets(st.integers(1, len(shuffled)), max_size=4)) | {len(shuffled)})
    begins = [0, *cuts[:-1]]
    return ordered, [shuffled[a:b] for a, b in zip(begins, cuts, strict=True)]


def _table(
    folder: Path, registry: Registry, batches: list[list[Measurement]], crash: int
) -> list[Excursion]:
    with sqlite_store(folder) as store:
        watching = Watching(store, registry)
        now_ms = T0 + 12 * HOUR
        for place, batch in enumerate(batches):
            watching.take(batch, now_ms + place * MINUTE)
            if place == crash:
                watching.restart(now_ms + place * MINUTE)
        # What lasts is put down now and then.
        watching.write((), now_ms + HOUR)
        return list(watching.excursions)


@settings(max_examples=25)
@given(case=_batches(1), crash=st.integers(0, 5))
def test_any_order_of_the_readings_of_a_sensor_gives_the_excursions_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory,
    case: tuple[list[Measurement], list[list[Measurement]]],
    crash: int,
) -> None:
    ordered, batches = case
    found = _table(tmp_path_factory.mktemp("store"), a_registry(), batches, crash)
    samples = [Sample(one.at_ms or 0, one.value, one.sensor) for one in ordered]
    assert found == excursions(samples, FROZEN.band, 60, point="G1/room")


@settings(max_examples=15)
@given(case=_batches(3), crash=st.integers(0, 5))
def test_any_order_of_the_readings_of_several_sensors_gives_the_same_excursions(
    tmp_path_factory: pytest.TempPathFactory,
    case: tuple[list[Measurement], list[list[Measurement]]],
    crash: int,
) -> None:
    ordered, batches = case
    registry = a_registry(a_room(), *(a_sensor(f"s{number}") for number in (1, 2, 3)))
    straight = _table(tmp_path_factory.mktemp("store"), registry, [ordered], -1)
    assert _table(tmp_path_factory.mktemp("store"), registry, batches, crash) == straight
