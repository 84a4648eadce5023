"""Retention in the telemetry store, on SQLite and PostgreSQL alike: nothing is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, suppress
from random import Random

import pytest

from telemetry.errors import StoreUnavailable
from telemetry.ports import Bucket
from telemetry.readings import Channel, Reading
from telemetry.registry import Placement, Point, PointKind, Registry
from telemetry.storage import housekeeping
from telemetry.storage.retention import BUCKET_MS, Retention
from telemetry.storage.store import SqlStore, open_store
from tests.telemetry_stores import DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS, excursion, reading

FROM, TO = NOON_MS - 10 * DAY_MS, NOON_MS + 10 * DAY_MS
AIR, OTHER = "truck-1/air", "truck-2/air"
SHORT = Retention(raw_days=2, kept_days=30)


def measured(sensor: str, from_ms: int, hours: int, seed: int = 1) -> list[Reading]:
    random = Random(seed)
    return [
        reading(sensor, from_ms + minute * MINUTE_MS, random.gauss(-20, 2))
        for minute in range(hours * 60)
    ]


def expected(readings: Sequence[Reading]) -> list[Bucket]:
    buckets: dict[tuple[int, str], list[float]] = {}
    for one in readings:
        at_ms = one.at_ms - one.at_ms % BUCKET_MS
        buckets.setdefault((at_ms, one.sensor), []).append(one.value)
    return [
        Bucket(
            sensor,
            Channel.TEMPERATURE,
            at_ms,
            len(values),
            min(values),
            sum(values) / len(values),
            max(values),
        )
        for (at_ms, sensor), values in sorted(buckets.items())
    ]


def assert_same(found: Sequence[Bucket], wanted: Sequence[Bucket]) -> None:
    def plain(bucket: Bucket) -> tuple[object, ...]:
        return bucket.sensor, bucket.channel, bucket.at_ms, bucket.count, bucket.low, bucket.high

    assert list(map(plain, found)) == list(map(plain, wanted))
    means = [bucket.mean for bucket in found]
    assert means == pytest.approx([bucket.mean for bucket in wanted])


def buckets(store: SqlStore, from_ms: int = FROM, to_ms: int = TO) -> Sequence[Bucket]:
    return store.buckets([AIR, OTHER], Channel.TEMPERATURE, from_ms, to_ms)


def raw(store: SqlStore) -> Sequence[Reading]:
    return store.readings([AIR, OTHER], Channel.TEMPERATURE, 0, 2 * NOON_MS)


def put(store: SqlStore, readings: Sequence[Reading]) -> None:
    with store.write() as ledger:
        ledger.add_readings(readings)


def registry() -> Registry:
    points = [
        Point(id=f"p{number}", kind=PointKind.ROOM, asset="a", name="n", zone=None)
        for number in (1, 2)
    ]
    placements = [Placement(sensor=AIR, point="p1"), Placement(sensor=OTHER, point="p2")]
    return Registry(points, placements)


def test_buckets_come_from_raw_readings_and_are_whole(store: SqlStore) -> None:
    readings = [*measured(AIR, NOON_MS - HOUR_MS, 2), *measured(OTHER, NOON_MS, 1, seed=2)]
    put(store, readings)
    assert_same(buckets(store), expected(readings))
    first = buckets(store, NOON_MS + 1, NOON_MS + 2)
    assert [(bucket.at_ms, bucket.count) for bucket in first] == [(NOON_MS, 5), (NOON_MS, 5)]
    assert buckets(store, NOON_MS + 5 * HOUR_MS) == []


def test_keeping_house_changes_no_bucket(store_url: str) -> None:
    with closing(open_store(store_url, SHORT)) as store:
        readings = [
            *measured(AIR, NOON_MS - 5 * DAY_MS - 2 * HOUR_MS, 120),
            *measured(OTHER, NOON_MS - 4 * DAY_MS, 30, seed=2),
        ]
        put(store, readings)
        wanted = expected(readings)
        for _ in range(2):
            store.keep_house(NOON_MS)
            assert_same(buckets(store), wanted)
        kept = NOON_MS - 2 * DAY_MS - 12 * HOUR_MS
        assert raw(store) == sorted(
            (one for one in readings if one.at_ms >= kept), key=lambda one: one.at_ms
        )
        # What comes late to a day that is gone is counted too, before and after the next time.
        late = [
            reading(AIR, NOON_MS - 4 * DAY_MS + 7, -35.0, arrived_ms=NOON_MS),
            reading(OTHER, NOON_MS - 4 * DAY_MS + 7, 9.0, arrived_ms=NOON_MS),
        ]
        with store.write() as ledger:
            assert ledger.add_late(late) == late
        for _ in range(2):
            assert_same(buckets(store), expected([*readings, *late]))
            store.keep_house(NOON_MS)


def test_raw_readings_around_excursions_stay(store_url: str) -> None:
    with closing(open_store(store_url, SHORT)) as store:
        begun = NOON_MS - 6 * DAY_MS
        readings = [*measured(AIR, begun, 24), *measured(OTHER, begun, 24, seed=2)]
        put(store, readings)
        # Over midnight: two days hold its surroundings.
        warm = excursion(begun + 11 * HOUR_MS, begun + 13 * HOUR_MS, point="p1")
        with store.write() as ledger:
            ledger.put_excursions("p1", warm.from_ms, warm.to_ms, [warm])
        store.keep_house(NOON_MS, registry())
        kept = [one for one in readings if one.sensor == AIR and near(one, begun)]
        assert len(kept) == 241
        assert raw(store) == kept
        assert_same(buckets(store), expected(readings))
        # Their day is over and they are counted: nothing changes any more until they expire.
        store.keep_house(NOON_MS + DAY_MS, registry())
        assert raw(store) == kept
        assert_same(buckets(store), expected(readings))
        store.keep_house(NOON_MS + 40 * DAY_MS, registry())
        assert raw(store) == []
        assert buckets(store) == []


def near(one: Reading, begun: int) -> bool:
    return begun + 10 * HOUR_MS <= one.at_ms <= begun + 14 * HOUR_MS


def test_without_a_registry_all_readings_of_that_time_stay(store_url: str) -> None:
    with closing(open_store(store_url, SHORT)) as store:
        begun = NOON_MS - 6 * DAY_MS
        readings = [*measured(AIR, begun, 24), *measured(OTHER, begun, 24, seed=2)]
        put(store, readings)
        with store.write() as ledger:
            lasting = excursion(begun + 11 * HOUR_MS, None, point="p1")
            ledger.put_excursions("p1", 0, None, [lasting])
        store.keep_house(NOON_MS)
        kept = [one for one in readings if one.at_ms >= begun + 10 * HOUR_MS]
        assert raw(store) == sorted(kept, key=lambda one: (one.at_ms, one.value))


def test_what_was_very_old_when_it_came_becomes_buckets_too(store_url: str) -> None:
    with closing(open_store(store_url, Retention(kept_days=4000))) as store:
        begun = NOON_MS - 1000 * DAY_MS
        readings = [
            reading(AIR, begun + minute * MINUTE_MS, float(minute % 7), arrived_ms=NOON_MS)
            for minute in range(600)
        ]
        put(store, readings)
        warm = excursion(begun + 5 * HOUR_MS, begun + 5 * HOUR_MS, point="p1")
        with store.write() as ledger:
            ledger.put_excursions("p1", 0, None, [warm])
        for _ in range(2):
            assert_same(buckets(store, begun), expected(readings))
            store.keep_house(NOON_MS, registry())
        assert len(raw(store)) == 121


def test_a_day_that_is_broken_off_half_way_is_finished_later(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(store_url, SHORT)) as store:
        readings = [
            reading(f"s{number}", NOON_MS - 5 * DAY_MS + hour * HOUR_MS)
            for number in range(150)
            for hour in range(5)
        ]
        put(store, readings)
        sensors = [f"s{number}" for number in range(150)]
        steps = iter(range(1))
        real = housekeeping.HouseKeeping._empty

        def breaks(*given: object) -> None:
            real(*given)  # type: ignore[arg-type] # as it was called
            next(steps)

        monkeypatch.setattr(housekeeping.HouseKeeping, "_empty", breaks)
        with pytest.raises(StopIteration):
            store.keep_house(NOON_MS)
        monkeypatch.undo()
        half = store.readings(sensors, Channel.TEMPERATURE, 0, 2 * NOON_MS)
        assert 0 < len(half) < len(readings)
        for _ in range(2):
            found = store.buckets(sensors, Channel.TEMPERATURE, FROM, TO)
            assert sum(bucket.count for bucket in found) == len(readings)
            store.keep_house(NOON_MS)
        assert not store.readings(sensors, Channel.TEMPERATURE, 0, 2 * NOON_MS)


def test_a_day_of_many_readings_is_counted_whole(store_url: str) -> None:
    with closing(open_store(store_url, SHORT)) as store:
        begun = NOON_MS - 5 * DAY_MS
        readings = [
            *(reading(AIR, begun + number * 50) for number in range(5_500)),
            *(reading(OTHER, begun + number * 90) for number in range(6_000)),
        ]
        put(store, readings)
        store.keep_house(NOON_MS)
        assert raw(store) == []
        assert_same(buckets(store), expected(readings))


def test_readings_are_taken_after_their_day_was_dropped_elsewhere(store_url: str) -> None:
    with closing(open_store(store_url, SHORT)) as one, closing(open_store(store_url)) as other:
        old = reading(at_ms=NOON_MS - 5 * DAY_MS, arrived_ms=NOON_MS)
        put(other, [old])
        put(one, [old])
        one.keep_house(NOON_MS)
        # The first may fail: it relies on the day. The next one looks.
        with suppress(StoreUnavailable):
            put(other, [old])
        put(other, [old])
        assert raw(one) == [old]
