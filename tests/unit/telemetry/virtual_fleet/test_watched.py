"""The fleet before those who watch it: quiet while it is well, and heard when it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from telemetry.alarm.words import Alarm, AlarmKind, Severity
from telemetry.virtual_fleet.failures import failure_from_words
from telemetry.virtual_fleet.fleet import Fleet
from telemetry.virtual_fleet.spec import FleetSpec
from telemetry.virtual_fleet.spec_making import spec_of_network
from telemetry.virtual_fleet.truth import FailureTruth, SpaceTruth
from tests.unit.telemetry.virtual_fleet.listening import Listener
from tests.unit.telemetry.virtual_fleet.small_fleets import START_MS

HOUR_MS = 3_600_000
ZONES = ["frozen", "chilled", "controlled"]


def _fleet(*failures: str) -> FleetSpec:
    spec = spec_of_network(
        [{"id": "V1", "zones": ZONES}, {"id": "V2", "zones": ZONES}], seed=3, interval_s=120
    )
    return replace(spec, step_s=10.0, failures=tuple(map(failure_from_words, failures)))


def _alarms(spec: FleetSpec, folder: Path, hours: float) -> list[Alarm]:
    listener = Listener(spec, folder)
    try:
        listener.listen(Fleet(spec), hours)
        return sorted(listener.store.alarms(open_only=False), key=lambda each: each.raised_ms)
    finally:
        listener.store.close()


@pytest.mark.slow
def test_a_fleet_that_is_well_raises_no_alarm_with_all_its_doors_and_defrosts(
    tmp_path: Path,
) -> None:
    alarms = _alarms(replace(_fleet(), step_s=20.0), tmp_path, 10.0)
    assert [alarm for alarm in alarms if alarm.severity > Severity.INFO] == []
    # Sixty hours of places that are watched for the first day: what is usual is hardly known.
    assert len(alarms) <= 4, "notices, which call nobody"


@pytest.mark.slow
def test_failures_raise_the_alarms_that_they_deserve_and_no_others(tmp_path: Path) -> None:
    spec = _fleet("unit_off@30:V1/frozen", "gateway_lost@60+40:V2/frozen")
    found = _alarms(spec, tmp_path, 4.0)
    assert {alarm.point for alarm in found} == {"V1/frozen", "gw-V2"}
    kinds = Counter((alarm.point, alarm.kind) for alarm in found)
    assert kinds["gw-V2", AlarmKind.STALE] == 1, "one gateway is one alarm"
    assert kinds["V1/frozen", AlarmKind.HIGH] == 1
    high = next(alarm for alarm in found if alarm.kind is AlarmKind.HIGH)
    assert high.severity is Severity.CRITICAL
    assert high.cleared_ms is None
    assert high.raised_ms > START_MS + 40 * 60_000


FAILED_MS = 18 * HOUR_MS


class _Goods:
    """Takes down how warm the goods of a fleet's one compartment really are."""

    def __init__(self) -> None:
        self.temperatures_c: list[tuple[int, float]] = []

    def write(self, lines: Sequence[SpaceTruth | FailureTruth]) -> None:
        self.temperatures_c += [
            (line.at_ms, line.product_c) for line in lines if isinstance(line, SpaceTruth)
        ]


@pytest.mark.slow
def test_a_unit_that_fails_is_heard_of_before_air_or_goods_have_left_their_band(
    tmp_path: Path,
) -> None:
    spec = spec_of_network([{"id": "V1", "zones": ["frozen"]}], seed=5, interval_s=120)
    failure = failure_from_words(f"unit_off@{FAILED_MS // 60_000}+600:V1/frozen")
    spec = replace(spec, step_s=20.0, failures=(failure,))
    listener, goods = Listener(spec, tmp_path, batch_ms=300_000), _Goods()
    with closing(listener.store) as store:
        listener.listen(Fleet(spec), 22.0, goods)
        alarms = store.alarms(open_only=False, from_ms=START_MS + FAILED_MS)
    first = min(alarms, key=lambda each: each.raised_ms)
    assert first.kind in {AlarmKind.NO_COOLING, AlarmKind.PREDICTED}
    assert first.cleared_ms is None
    high = next(each for each in alarms if each.kind is AlarmKind.HIGH)
    assert first.raised_ms < high.began_ms, "the air was still inside its band"
    spoilt_ms = min(at_ms for at_ms, product_c in goods.temperatures_c if product_c > -18.0)
    assert spoilt_ms - first.raised_ms > HOUR_MS
