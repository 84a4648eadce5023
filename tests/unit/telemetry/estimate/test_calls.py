"""What is worth calling somebody for, with doubt and without."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from telemetry.alarm.raising import Cause
from telemetry.alarm.rules import Side
from telemetry.alarm.words import AlarmKind, Severity
from telemetry.estimate.calls import (
    FORESEEN_MS,
    LASTING_MS,
    LIKELIER,
    LIKELY,
    NEAR_MS,
    SOON_MS,
    SURE,
    SURE_SWINGS,
    SURE_WAY,
    UNLIKELY,
    causes_of,
    is_foreseen,
)
from telemetry.estimate.remembered import SWING_PER_DEVIATION, UNTRIED_MIN, Doubt, Warming, Watcher
from telemetry.estimate.trend import begin
from telemetry.estimate.words import Forecast
from tests.telemetry_cases import MINUTE, T0

EDGE_C = -18.0
AIR_C = -19.5
BEGAN_MS = T0 - 30 * MINUTE


USUAL_C = -22.5
SWING_C = 1.4
DEVIATION_C = SWING_C / SWING_PER_DEVIATION


def _watcher(
    *, doubted: bool = False, was_called: bool = False, found_ms: int = T0, mean_c: float = USUAL_C
) -> Watcher:
    warming = Warming(
        from_min=BEGAN_MS / MINUTE,
        found_min=found_ms / MINUTE,
        trend=begin(T0 / MINUTE, AIR_C, 0.1),
        was_called=was_called,
    )
    until_ms = T0 + 1 if doubted else T0
    return Watcher(
        warming=warming,
        doubt=Doubt(until_ms / MINUTE),
        mean_c=mean_c,
        deviation_c=DEVIATION_C,
        lessons_min=1.0,
    )


def _ahead(
    breach_ms: int | None = MINUTE, chance: float = 0.9, early_ms: int | None = MINUTE
) -> Forecast:
    return Forecast(
        at_ms=T0,
        side=Side.HIGH,
        limit_c=EDGE_C,
        early_ms=None if early_ms is None else T0 + early_ms,
        breach_ms=None if breach_ms is None else T0 + breach_ms,
        late_ms=None,
        chance=chance,
    )


def _is_foreseen(ahead: Forecast | None, *, before: bool = False, doubted: bool = False) -> bool:
    return is_foreseen(_watcher(doubted=doubted), ahead, before=before, at_ms=T0)


def _causes(
    ahead: Forecast | None, *, foreseen: bool = False, side: Side = Side.HIGH, **watcher: Any
) -> dict[AlarmKind, Cause]:
    causes = causes_of(
        _watcher(**watcher), ahead, foreseen=foreseen, side=side, edge_c=EDGE_C, at_ms=T0
    )
    found = {one.kind: one for one in causes}
    assert len(found) == len(causes), "one of a kind at most"
    return found


# --- foreseen -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chance", "before", "foreseen"),
    [
        (LIKELY, False, True),
        (LIKELY - 0.01, False, False),
        (LIKELY - 0.01, True, True),
        (UNLIKELY, True, True),
        (UNLIKELY - 0.01, True, False),
        (UNLIKELY, False, False),
    ],
)
def test_a_breach_is_foreseen_from_one_chance_on_until_it_is_less_than_another(
    chance: float, before: bool, foreseen: bool
) -> None:
    assert (LIKELY, UNLIKELY) == (0.5, 0.3)
    assert _is_foreseen(_ahead(chance=chance), before=before) is foreseen


@pytest.mark.parametrize("before", [False, True])
def test_goods_beyond_the_edge_need_no_forecast(before: bool) -> None:
    assert _is_foreseen(None, before=before)
    assert _is_foreseen(None, before=before, doubted=True)


@pytest.mark.parametrize(
    ("breach_ms", "foreseen"), [(FORESEEN_MS, True), (FORESEEN_MS + 1, False), (None, False)]
)
def test_what_lies_far_ahead_calls_nobody(breach_ms: int | None, foreseen: bool) -> None:
    assert _is_foreseen(_ahead(breach_ms)) is foreseen
    assert _is_foreseen(_ahead(breach_ms), before=True), "but it does not end a call"


@pytest.mark.parametrize(
    ("breach_ms", "chance", "foreseen"),
    [(NEAR_MS, LIKELIER, True), (NEAR_MS + 1, 1.0, False), (NEAR_MS, LIKELIER - 0.01, False)],
)
def test_while_there_is_doubt_only_what_is_near_and_sure_calls(
    breach_ms: int, chance: float, foreseen: bool
) -> None:
    assert _is_foreseen(_ahead(breach_ms, chance), doubted=True) is foreseen
    assert _is_foreseen(_ahead(breach_ms, chance), doubted=False) is (breach_ms <= FORESEEN_MS)


@pytest.mark.parametrize("longest_min", [29.0, UNTRIED_MIN + 1.0])
def test_doubt_stays_while_it_warms_no_longer_than_in_vain(longest_min: float) -> None:
    doubted = replace(_watcher(doubted=True), doubt=Doubt((T0 + 1) / MINUTE, 1.0, longest_min))
    assert not is_foreseen(doubted, _ahead(chance=LIKELY), before=False, at_ms=T0)


def test_what_warms_for_longer_than_ever_in_vain_is_told_without_doubt() -> None:
    at_ms = T0 + 2 * 60 * MINUTE
    doubted = replace(_watcher(), doubt=Doubt((at_ms + 1) / MINUTE, 1.0, 120.0))
    ahead = _ahead(FORESEEN_MS, LIKELY)
    assert is_foreseen(doubted, ahead, before=False, at_ms=at_ms)
    causes = causes_of(doubted, ahead, foreseen=False, side=Side.HIGH, edge_c=EDGE_C, at_ms=at_ms)
    assert causes == (), "that cooling is missing is doubted all the same"


def test_doubt_is_stricter_than_its_absence() -> None:
    assert NEAR_MS <= FORESEEN_MS
    assert SURE > LIKELIER > LIKELY


# --- causes -------------------------------------------------------------------------------------


def test_without_warming_there_is_no_cause() -> None:
    calm = replace(_watcher(), warming=None)
    assert causes_of(calm, None, foreseen=True, side=Side.HIGH, edge_c=EDGE_C, at_ms=T0) == ()


def test_missing_cooling_and_its_breach_are_two_causes_that_began_with_the_warming() -> None:
    causes = _causes(_ahead(), foreseen=True)
    assert list(causes) == [AlarmKind.PREDICTED, AlarmKind.NO_COOLING]
    for kind, cause in causes.items():
        assert (cause.rule, cause.began_ms, cause.limit) == (kind.value, BEGAN_MS, EDGE_C)
        assert cause.value == cause.peak == pytest.approx(AIR_C)


@pytest.mark.parametrize(
    ("found_ms", "severity"),
    [(T0 - LASTING_MS + 1, Severity.INFO), (T0 - LASTING_MS, Severity.WARNING)],
)
def test_missing_cooling_is_a_notice_until_it_lasts(found_ms: int, severity: Severity) -> None:
    causes = _causes(_ahead(), found_ms=found_ms)
    assert causes[AlarmKind.NO_COOLING].severity is severity


@pytest.mark.parametrize(
    ("chance", "severity"), [(SURE, Severity.CRITICAL), (SURE - 0.01, Severity.INFO)]
)
def test_what_may_come_to_nothing_is_a_notice(chance: float, severity: Severity) -> None:
    causes = _causes(_ahead(chance=chance), foreseen=True)
    assert causes[AlarmKind.PREDICTED].severity is severity


def test_a_breach_is_a_warning_once_half_of_the_way_is_gone() -> None:
    half_way_c = 2.0 * AIR_C - EDGE_C
    assert _watcher(mean_c=half_way_c).way_to(EDGE_C) == pytest.approx(SURE_WAY)
    for mean_c, severity in (
        (half_way_c - 0.01, Severity.CRITICAL),
        (half_way_c + 0.01, Severity.INFO),
    ):
        # The edge stays far from the usual while only half of the way is judged.
        swing = {"deviation_c": 0.1}
        watcher = replace(_watcher(mean_c=mean_c), **swing)
        causes = causes_of(
            watcher, _ahead(), foreseen=True, side=Side.HIGH, edge_c=EDGE_C, at_ms=T0
        )
        assert causes[0].severity is severity, mean_c


@pytest.mark.parametrize("ahead", [_ahead(), None])
def test_an_edge_that_the_air_may_pass_any_day_is_left_to_the_limits(
    ahead: Forecast | None,
) -> None:
    near_c = EDGE_C - SURE_SWINGS * SWING_C
    for mean_c, severity in ((near_c - 0.01, Severity.CRITICAL), (near_c + 0.01, Severity.INFO)):
        causes = _causes(ahead, foreseen=True, mean_c=mean_c)
        assert causes[AlarmKind.PREDICTED].severity is severity, mean_c


@pytest.mark.parametrize(
    ("breach_ms", "severity"),
    [
        (SOON_MS, Severity.CRITICAL),
        (SOON_MS + 1, Severity.WARNING),
        (None, Severity.WARNING),
    ],
)
def test_a_breach_within_an_hour_is_critical(breach_ms: int | None, severity: Severity) -> None:
    assert SOON_MS == 60 * MINUTE
    causes = _causes(_ahead(breach_ms), foreseen=True)
    assert causes[AlarmKind.PREDICTED].severity is severity


def test_goods_beyond_the_edge_are_critical() -> None:
    assert _causes(None, foreseen=True)[AlarmKind.PREDICTED].severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("early_ms", "told"), [(FORESEEN_MS, True), (FORESEEN_MS + 1, False), (None, False)]
)
def test_missing_cooling_calls_where_a_breach_may_come_of_it_before_long(
    early_ms: int | None, told: bool
) -> None:
    ahead = _ahead(None, 0.2, early_ms)
    assert (AlarmKind.NO_COOLING in _causes(ahead)) is told
    assert AlarmKind.NO_COOLING in _causes(ahead, was_called=True), "once called it stands"


def test_while_there_is_doubt_missing_cooling_calls_nobody_by_itself() -> None:
    assert _causes(_ahead(), doubted=True) == {}
    assert AlarmKind.NO_COOLING in _causes(_ahead(), foreseen=True, doubted=True)
    assert AlarmKind.NO_COOLING in _causes(_ahead(), was_called=True, doubted=True)


def test_at_the_lower_edge_a_breach_is_foreseen_and_no_cooling_is_missing() -> None:
    causes = _causes(_ahead(), foreseen=True, side=Side.LOW)
    assert list(causes) == [AlarmKind.PREDICTED]
    assert causes[AlarmKind.PREDICTED].value == pytest.approx(-AIR_C), "as it is, not negated"
    assert _causes(_ahead(), side=Side.LOW) == {}
