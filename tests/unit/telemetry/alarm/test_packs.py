"""Rule packs: the shipped ones agree with the planner's policies, faulty ones are told in full."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.domain.errors import InputRefused
from optimizer.domain.temperature import DEFAULT_POLICIES, Zone
from telemetry.alarm.packs import default_profile, load_packs
from telemetry.alarm.recording import longest_interval_s, too_far_apart
from telemetry.alarm.rules import LimitRule, Side
from telemetry.alarm.rules_file import read_rules
from telemetry.alarm.state import Sample
from telemetry.alarm.words import Severity
from telemetry.error_table import TELEMETRY_ERRORS


def _limit(zone: Zone, side: Side, severity: Severity) -> LimitRule | None:
    limits = default_profile(zone).limits
    return next((one for one in limits if one.side is side and one.severity is severity), None)


@pytest.mark.parametrize("zone", Zone)
def test_default_rules_watch_what_the_planner_keeps(zone: Zone) -> None:
    policy, profile = DEFAULT_POLICIES[zone], default_profile(zone)
    assert profile.zone is zone
    assert profile.band == policy.product
    warn = _limit(zone, Side.HIGH, Severity.WARNING)
    critical = _limit(zone, Side.HIGH, Severity.CRITICAL)
    assert warn is not None
    assert critical is not None
    assert (warn.limit_c, warn.on_delay_s) == (policy.air.warn_high_c, policy.air.warn_delay_s)
    assert (critical.limit_c, critical.on_delay_s) == (
        policy.air.critical_high_c,
        policy.air.critical_delay_s,
    )
    for severity, limit_c in (
        (Severity.WARNING, policy.air.warn_low_c),
        (Severity.CRITICAL, policy.air.critical_low_c),
    ):
        low = _limit(zone, Side.LOW, severity)
        assert (None if low is None else low.limit_c) == limit_c


def test_a_point_without_a_zone_is_a_gateway() -> None:
    assert default_profile(None).name == "gateway"


def test_an_alarm_cites_pack_and_version() -> None:
    assert load_packs()["frozen"].citation == "frozen/1"


# --- recording ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "longest_s"),
    [(1, 300), (23.99, 300), (24, 900), (167.9, 900), (168, 3600), (900, 3600)],
)
def test_a_longer_trip_may_record_less_often(hours: float, longest_s: int) -> None:
    assert longest_interval_s(load_packs()["en_12830"], round(hours * 3600)) == longest_s


def test_recordings_that_lie_too_far_apart_are_found() -> None:
    samples = [Sample(second * 1000, 3.0) for second in (0, 300, 601, 900)]
    assert too_far_apart(load_packs()["en_12830"], samples) == [(300_000, 601_000)]
    assert too_far_apart(load_packs()["frozen"], samples) == []


# --- reading ------------------------------------------------------------------------------------

GOOD = """
name: own
version: 2
zone: chilled
band: {lower_c: 2, upper_c: 6}
stale_after_s: never
limits:
  - {name: warm, side: high, limit_c: 6.0, severity: warning, on_delay_s: 600}
cumulative:
  - {name: sum, side: high, limit_c: 6.0, severity: critical, most_s: 1800, window_s: since_armed}
"""


def test_a_pack_of_ones_own_is_read_with_defaults() -> None:
    profile = read_rules(GOOD, "own.yaml")["own"]
    assert profile.version == 2
    assert profile.stale_after_s is None
    assert profile.cumulative[0].window_s is None
    assert profile.off_delay_s == 1800
    assert not profile.limits[0].is_outside(6.0)
    assert replace(profile, version=2) == profile


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("name: own", "nome: own", "CG-8101"),
        ("zone: chilled", "zone: tepid", "CG-8102"),
        ("version: 2", "version: two", "CG-8102"),
        ("limit_c: 6.0, severity: warning", "limit_c: .nan, severity: warning", "CG-8102"),
        ("limit_c: 6.0, severity: warning", "limit_c: .inf, severity: warning", "CG-8102"),
        ("on_delay_s: 600", "on_delay_s: -1", "CG-8102"),
        ("on_delay_s: 600", "on_delay_s: true", "CG-8102"),
        ("severity: warning", "severity: awful", "CG-8102"),
        ("name: sum", "name: warm", "CG-8104"),
        ("name: warm", "name: stale", "CG-8104"),
        ("window_s: since_armed", "window_s: 600", "CG-8105"),
        ("lower_c: 2", "lower_c: 7", "CG-8105"),
        ("version: 2", "version: 2\ndeadband_c: -1", "CG-8102"),
        ("version: 2", "version: 2\nmkt: 5", "CG-8102"),
        ("limits:", "limits: [5]\nothers:", "CG-8101"),
        (GOOD, "- a\n- b", "CG-8102"),
        (GOOD, "name: [", "CG-8100"),
        (GOOD, "# " + "x" * 300_000, "CG-8100"),
        (GOOD, "", "CG-8102"),
        (GOOD, "packs: 3", "CG-8102"),
    ],
)
def test_a_fault_is_named_with_its_code(old: str, new: str, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_rules(GOOD.replace(old, new), "own.yaml")
    assert code in {fault.code for fault in refused.value.faults}
    assert all(fault.place.startswith("own.yaml") for fault in refused.value.faults)
    assert all(fault.code in TELEMETRY_ERRORS for fault in refused.value.faults)


def test_mean_kinetic_temperature_is_refused_for_frozen_goods() -> None:
    text = (
        "name: f\nversion: 1\nzone: frozen\n"
        "mkt: {name: m, limit_c: -18, severity: warning, window_s: 86400}\n"
    )
    with pytest.raises(InputRefused) as refused:
        read_rules(text, "f.yaml")
    assert [fault.code for fault in refused.value.faults] == ["CG-8103"]


def test_a_critical_limit_before_its_warning_is_refused() -> None:
    hot = "  - {name: hot, side: high, limit_c: 5.0, severity: critical, on_delay_s: 60}\n"
    text = GOOD.replace("cumulative:", f"{hot}cumulative:")
    with pytest.raises(InputRefused) as refused:
        read_rules(text, "own.yaml")
    assert [fault.code for fault in refused.value.faults] == ["CG-8105"]


def test_all_faults_are_told_at_once() -> None:
    text = GOOD.replace("version: 2", "version: x").replace("side: high", "side: up")
    with pytest.raises(InputRefused) as refused:
        read_rules(text, "own.yaml")
    assert len(refused.value.faults) == 3


def test_two_packs_of_one_name_are_refused() -> None:
    pack = "  - {name: a, version: 1}\n"
    with pytest.raises(InputRefused) as refused:
        read_rules(f"packs:\n{pack}{pack}", "own.yaml")
    assert [fault.code for fault in refused.value.faults] == ["CG-8104"]


def test_tags_of_yaml_run_nothing() -> None:
    with pytest.raises(InputRefused) as refused:
        read_rules("!!python/object/apply:os.system ['true']", "own.yaml")
    assert [fault.code for fault in refused.value.faults] == ["CG-8100"]
