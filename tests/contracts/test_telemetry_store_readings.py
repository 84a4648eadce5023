"""Readings in the telemetry store, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemetry.readings import Channel, Mark, Reading
from telemetry.storage.retention import Retention
from telemetry.storage.store import SqlStore, open_store
from tests.telemetry_stores import DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS, reading

AIR = "truck-1/air"


def stored(store: SqlStore, sensors: Sequence[str] = (AIR,)) -> Sequence[Reading]:
    return store.readings(sensors, Channel.TEMPERATURE, 0, 2 * NOON_MS)


def add(store: SqlStore, *readings: Reading) -> int:
    with store.write() as ledger:
        return ledger.add_readings(readings)


def add_late(store: SqlStore, *readings: Reading) -> Sequence[Reading]:
    with store.write() as ledger:
        return ledger.add_late(readings)


def test_a_reading_comes_back_as_it_was(store: SqlStore) -> None:
    whole = Reading(
        AIR, Channel.HUMIDITY, NOON_MS, 2**62, 55.123456789, NOON_MS + 5, Mark.LATE | Mark.NO_CLOCK
    )
    add(store, whole)
    found = store.readings([AIR], Channel.HUMIDITY, NOON_MS, NOON_MS + 1)
    assert found == [whole]
    assert isinstance(found[0].channel, Channel)
    assert isinstance(found[0].marks, Mark)
    assert stored(store) == []


def test_a_redelivery_is_the_same_reading_and_another_value_is_not(store: SqlStore) -> None:
    first, other = reading(), reading(value=-19.0)
    assert add(store, first) == 1
    again = reading(arrived_ms=NOON_MS + HOUR_MS)
    assert add(store, again, other, other) == 1
    assert add(store, first, other) == 0
    assert stored(store) == [first, other]


def test_readings_are_given_by_time_then_sequence_then_value(store: SqlStore) -> None:
    midnight = NOON_MS + 12 * HOUR_MS
    ordered = [
        reading(at_ms=midnight - 1, sequence=9),
        reading(at_ms=midnight, sequence=1, value=-19.0),
        reading(at_ms=midnight, sequence=2, value=-21.0),
        reading(at_ms=midnight, sequence=2, value=-20.0),
        reading("truck-2/air", at_ms=midnight + 1),
        reading(at_ms=midnight + DAY_MS),
    ]
    add(store, *reversed(ordered))
    both = (AIR, "truck-2/air", "unheard of")
    assert stored(store, both) == ordered
    assert store.readings(both, Channel.TEMPERATURE, midnight, midnight + 1) == ordered[1:4]
    assert store.readings(both, Channel.TEMPERATURE, 0, 2 * NOON_MS, limit=2) == ordered[:2]
    assert store.readings([], Channel.TEMPERATURE, 0, 2 * NOON_MS) == []
    assert store.readings(both, Channel.TEMPERATURE, midnight, midnight) == []


def test_a_ledger_reads_what_it_has_written(store: SqlStore) -> None:
    with store.write() as ledger:
        ledger.add_readings([reading()])
        found = ledger.readings([AIR], Channel.TEMPERATURE, 0, 2 * NOON_MS)
        assert found == [reading()]


def test_the_latest_is_the_newest_whatever_comes_when(store: SqlStore) -> None:
    newest = reading(at_ms=NOON_MS + 2, sequence=3)
    add(store, reading(at_ms=NOON_MS + 1), newest, reading(at_ms=NOON_MS))
    add(store, reading(at_ms=NOON_MS - 5), reading(at_ms=NOON_MS + 2, sequence=2))
    warm = reading("truck-2/air", channel=Channel.HUMIDITY, value=70.0)
    add(store, warm)
    assert store.latest() == [newest, warm]
    assert store.latest(["truck-2/air", "unheard of"]) == [warm]
    assert store.latest([]) == []


def test_late_readings_are_told_when_they_were_new(store: SqlStore) -> None:
    add(store, reading(at_ms=NOON_MS + HOUR_MS), reading(at_ms=NOON_MS))
    late = [reading(at_ms=NOON_MS + minute * MINUTE_MS) for minute in range(3, 0, -1)]
    days = [reading("truck-9/air", NOON_MS - day * DAY_MS) for day in range(20)]
    assert add_late(store, reading(at_ms=NOON_MS), *late, late[0], *days) == [*late, *days]
    assert add_late(store, *late, *days) == []
    assert add_late(store) == []
    assert stored(store, ["truck-9/air"]) == days[::-1]
    assert store.latest([AIR]) == [reading(at_ms=NOON_MS + HOUR_MS)]


def test_a_large_late_batch_is_told_whole(store: SqlStore) -> None:
    batch = [reading(at_ms=NOON_MS + second * 1000) for second in range(3001)]
    assert len(add_late(store, *batch[::2])) == 1501
    assert add_late(store, *batch) == batch[1::2]


def test_clocks_that_are_years_off_open_no_table_for_each_day(store: SqlStore) -> None:
    ancient = [
        reading(at_ms=NOON_MS - day * DAY_MS, arrived_ms=NOON_MS) for day in range(401, 3000, 13)
    ]
    ahead = [reading(at_ms=NOON_MS + day * DAY_MS, arrived_ms=NOON_MS) for day in range(2, 900, 50)]
    before_1970 = reading(at_ms=-5 * DAY_MS - 7, arrived_ms=NOON_MS)
    every = [before_1970, *ancient[::-1], reading(), *ahead]
    assert add(store, *every) == len(every)
    assert add_late(store, *every) == []
    found = store.readings([AIR], Channel.TEMPERATURE, -10 * DAY_MS, 2 * NOON_MS)
    assert [one.at_ms for one in found] == [one.at_ms for one in every]
    few = store.readings([AIR], Channel.TEMPERATURE, ancient[0].at_ms, 2 * NOON_MS, limit=2)
    assert [one.at_ms for one in few] == [ancient[0].at_ms, NOON_MS]
    assert day_tables(store) == 1


def day_tables(store: SqlStore) -> int:
    with store._database.read() as tx:
        return len(store._shelf.tables.days(tx))


def test_a_reading_meets_itself_when_it_comes_again_after_years(store: SqlStore) -> None:
    assert add(store, reading()) == 1
    again = reading(arrived_ms=NOON_MS + 500 * DAY_MS)
    assert add(store, again) == 0
    assert add_late(store, again) == []
    # In a batch with other days too.
    other = reading(at_ms=NOON_MS + 500 * DAY_MS)
    assert add(store, again, other) == 1
    assert stored(store) == [reading(), other]


def test_another_process_knows_days_and_sensors_that_it_did_not_make(store_url: str) -> None:
    with closing(open_store(store_url)) as one, closing(open_store(store_url)) as other:
        add(one, reading())
        assert other.latest() == [reading()]
        assert add(other, reading(), reading("truck-2/air")) == 1
        assert add(one, reading("truck-2/air"), reading(at_ms=NOON_MS + DAY_MS)) == 1
        assert add(other, reading(at_ms=NOON_MS + DAY_MS)) == 0
        assert len(stored(one, [AIR, "truck-2/air"])) == 3


# --- against a model ----------------------------------------------------------------------------

START = NOON_MS + 12 * HOUR_MS - 2
SOME = st.builds(
    reading,
    sensor=st.sampled_from(["a", "b/1", "温度"]),
    at_ms=st.sampled_from([START, START + 1, START + 2, START + 3, START - 500 * DAY_MS]),
    value=st.sampled_from([-20.0, -0.0, 0.0, 1e-300, 4.0]),
    sequence=st.sampled_from([-1, 0, 7]),
    channel=st.sampled_from([Channel.TEMPERATURE, Channel.DOOR]),
    arrived_ms=st.just(START + 10),
)
STEPS = st.lists(st.tuples(st.sampled_from(["now", "late", "undone"]), st.lists(SOME)), max_size=6)


class Undone(Exception):
    pass


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqlStore]:
    """Give one store for all examples; each names sensors of its own."""
    if request.param == "sqlite":
        with closing(open_store(f"sqlite:///{tmp_path_factory.mktemp('store')}/t.db")) as store:
            yield store
        return
    cluster = request.getfixturevalue("postgres_cluster")
    with cluster.empty_database() as url, closing(open_store(url, Retention())) as store:
        yield store


class Numbers:
    def __init__(self) -> None:
        self.last = 0


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    return Numbers()


def ident(one: Reading) -> tuple[object, ...]:
    return one.sensor, one.channel, one.at_ms, one.sequence, one.value


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_it_holds_what_a_plain_set_would_hold(
    shared: SqlStore, numbers: Numbers, steps: list[tuple[str, list[Reading]]]
) -> None:
    numbers.last += 1
    model: dict[tuple[object, ...], Reading] = {}
    for kind, some in steps:
        batch = [
            reading(f"{numbers.last}/{one.sensor}", one.at_ms, one.value, one.sequence, one.channel)
            for one in some
        ]
        new = list({ident(one): one for one in batch if ident(one) not in model}.values())
        if kind == "now":
            assert add(shared, *batch) == len(new)
        elif kind == "late":
            assert list(map(ident, add_late(shared, *batch))) == list(map(ident, new))
        else:
            with pytest.raises(Undone), shared.write() as ledger:
                ledger.add_readings(batch)
                raise Undone
            continue
        model.update((ident(one), one) for one in new)
    check(shared, [f"{numbers.last}/{name}" for name in ("a", "b/1", "温度")], model)


def check(store: SqlStore, sensors: list[str], model: dict[tuple[object, ...], Reading]) -> None:
    def order(one: Reading) -> tuple[int, int, float]:
        return one.at_ms, one.sequence, one.value

    for channel in (Channel.TEMPERATURE, Channel.DOOR):
        for sensor in sensors:
            mine = [
                one for one in model.values() if one.sensor == sensor and one.channel is channel
            ]
            found = store.readings([sensor], channel, 0, 2 * NOON_MS)
            assert list(map(ident, found)) == list(map(ident, sorted(mine, key=order)))
            latest = [one for one in store.latest([sensor]) if one.channel is channel]
            assert list(map(ident, latest)) == list(map(ident, sorted(mine, key=order)[-1:]))
    newest = {(one.sensor, one.channel) for one in store.latest()}
    assert newest >= {(one.sensor, one.channel) for one in model.values()}
