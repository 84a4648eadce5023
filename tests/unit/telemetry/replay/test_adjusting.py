"""Other limits for a trace: what moves along, and what stays."""

import pytest

from optimizer.domain.errors import InputRefused
from telemetry.alarm.packs import load_packs
from telemetry.alarm.rules import Profile, Side
from telemetry.replay import Adjustment, adjusted


def limits(profile: Profile) -> dict[str, float]:
    return {rule.name: rule.limit_c for rule in profile.rules}


def test_nothing_asked_changes_nothing() -> None:
    frozen = load_packs()["frozen"]
    assert adjusted(frozen, Adjustment()) == frozen


def test_a_colder_warning_leaves_the_rest_in_place() -> None:
    profile = adjusted(load_packs()["frozen"], Adjustment(warn_c=-22.0))
    assert limits(profile) == {"warn_high": -22.0, "critical_high": -15.0, "sum_high": -18.0}
    assert profile.band.upper_c == -22.0


def test_a_warmer_warning_takes_along_what_would_come_before_it() -> None:
    profile = adjusted(load_packs()["chilled"], Adjustment(warn_c=8.0))
    assert limits(profile) == {
        "warn_high": 8.0,
        "critical_high": 11.0,
        "critical_low": 0.0,
        "sum_high": 8.0,
    }


def test_a_limit_below_is_made_where_there_is_none() -> None:
    profile = adjusted(load_packs()["frozen"], Adjustment(low_c=-30.0))
    (low,) = [rule for rule in profile.limits if rule.side is Side.LOW]
    assert (low.limit_c, low.on_delay_s) == (-30.0, 900)
    assert profile.band.lower_c == -30.0


def test_delay_and_deadband_are_those_asked_for() -> None:
    profile = adjusted(load_packs()["controlled"], Adjustment(on_delay_s=60, deadband_c=0.2))
    assert {rule.on_delay_s for rule in profile.limits} == {60}
    assert profile.deadband_c == 0.2


def test_limits_that_leave_nothing_good_are_refused() -> None:
    with pytest.raises(InputRefused, match="CG-8504"):
        adjusted(load_packs()["chilled"], Adjustment(warn_c=2.0, low_c=3.0))
