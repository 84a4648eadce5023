"""An estimator for tests of those who ask it: what it says follows from one limit alone."""

from __future__ import annotations

import msgspec

from telemetry.alarm.raising import Cause
from telemetry.alarm.rules import Profile, Side
from telemetry.alarm.state import Sample
from telemetry.alarm.words import AlarmKind, Severity
from telemetry.estimate.estimator import Thermal
from telemetry.estimate.words import NO_CUES, Cues, Forecast, Outlook, Regime
from tests.telemetry_cases import MINUTE, T0

COLD, COOL = -22.0, -19.0
FORECAST_ABOVE_C = -20.0

Fed = tuple[Sample, Cues, bool]


def an_outlook(at_ms: int = T0, **changes: object) -> Outlook:
    plain = Outlook(
        at_ms=at_ms,
        air_c=COLD,
        air_sd_c=0.1,
        product_c=COLD,
        product_sd_c=0.4,
        rate_c_h=0.0,
        regime=Regime.STEADY,
        capacity=0.75,
    )
    return msgspec.structs.replace(plain, **changes)


def a_forecast(at_ms: int = T0) -> Forecast:
    return Forecast(
        at_ms=at_ms,
        side=Side.HIGH,
        limit_c=-18.0,
        early_ms=at_ms + 30 * MINUTE,
        breach_ms=at_ms + 40 * MINUTE,
        late_ms=None,
        chance=0.8,
    )


class Seer:
    """Stands in for the estimator: foresees a break while a sample is above a limit."""

    def __init__(self) -> None:
        self.fed: list[Fed] = []
        self._began_ms = 0

    def observe(
        self,
        _profile: Profile,
        state: Thermal,
        sample: Sample,
        cues: Cues = NO_CUES,
        *,
        learn: bool = True,
    ) -> tuple[Thermal, Outlook | None]:
        self.fed.append((sample, cues, learn))
        at_ms, value_c = sample.at_ms, sample.value_c
        if value_c <= FORECAST_ABOVE_C:
            self._began_ms = 0
            return state, an_outlook(at_ms)
        self._began_ms = self._began_ms or at_ms
        cause = Cause(
            kind=AlarmKind.PREDICTED,
            severity=Severity.WARNING,
            rule="predicted",
            began_ms=self._began_ms,
            value=40.0,
            peak=40.0,
            limit=-18.0,
        )
        return state, an_outlook(
            at_ms, regime=Regime.WARMING, forecast=a_forecast(at_ms), causes=(cause,)
        )
