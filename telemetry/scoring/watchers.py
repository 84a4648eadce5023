"""Who is judged: the estimate, its warnings alone, fixed limits with on-delay, and a straight line.

All see the same samples in the same order. What a watcher remembers is immutable, so that it can be
branched at the instant of each failure after having learned once.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace as with_fields
from math import inf
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from telemetry.alarm.foresight import foresee
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import PointState, Sample
from telemetry.alarm.step import fresh, step
from telemetry.alarm.words import AlarmEvent, AlarmKind, EventKind, Severity
from telemetry.estimate.estimator import Thermal, observe, unknown
from telemetry.estimate.words import NO_CUES, Outlook

POINT = "scored"
MINUTE_MS = 60_000
LINE_MS = 45 * MINUTE_MS
"""A straight line is drawn through so much."""

LINE_AHEAD_MS = 120 * MINUTE_MS
FEWEST_ON_A_LINE = 3


class Turn(Struct, frozen=True):
    """An alarm of a kind came on, or went."""

    at_ms: int
    kind: str
    on: bool


class Foretold(Struct, frozen=True):
    """When a breach is expected; infinity is beyond the horizon or never.

    Parameters
    ----------
    breach_ms
        The 50th percentile, or the one instant that is expected.
    early_ms, late_ms
        The 10th and 90th percentile; None of who gives no range.
    """

    breach_ms: float
    early_ms: float | None = None
    late_ms: float | None = None


class Said(Struct, frozen=True):
    """What a watcher says of a sample.

    Parameters
    ----------
    anew
        Whether it has thought about what is to come, so that no forecast means there is none.
    """

    turns: tuple[Turn, ...] = ()
    foretold: Foretold | None = None
    anew: bool = False


NOTHING = Said()


class Watcher(Protocol):
    """Watches one point.

    Attributes
    ----------
    name
        What it is called in the tables.
    claims
        Kinds of alarm that say that the band will be left, or is.
    """

    name: str
    claims: frozenset[str]

    def learn(self, sample: Sample) -> None:
        """Take a sample of the past, while nothing is asked."""
        ...

    def take(self, sample: Sample) -> Said:
        """Judge a sample."""
        ...

    def branch(self) -> Watcher:
        """Give another one that knows the same."""
        ...


Observe = Callable[..., tuple[Thermal, Outlook | None]]
"""``estimate.observe``, or something in its place."""


class EstimateWatcher:
    """The estimate, with its alarms through the ordinary machine."""

    name = "estimate"
    claims = frozenset({AlarmKind.PREDICTED.value})

    def __init__(self, profile: Profile, observing: Observe = observe) -> None:
        self._profile = profile
        self._observe = observing
        self._thermal = unknown()
        self._state: PointState = fresh(POINT, always_armed=True)

    def learn(self, sample: Sample) -> None:
        """Let the estimate learn."""
        self._thermal, _ = self._observe(self._profile, self._thermal, sample, NO_CUES, learn=True)

    def take(self, sample: Sample) -> Said:
        """Judge a sample without learning from it."""
        self._thermal, outlook = self._observe(
            self._profile, self._thermal, sample, NO_CUES, learn=False
        )
        if outlook is None:
            return NOTHING
        state, events = foresee(self._profile, self._state, outlook.causes, sample.at_ms)
        self._state = _standing_only(state)
        return Said(_turns(events), _foretold(outlook), anew=True)

    def branch(self) -> EstimateWatcher:
        """Give another one that knows the same."""
        return copy(self)


class CallWatcher(EstimateWatcher):
    """The same, once it is a warning and calls people; a notice is not heard here."""

    name = "called"

    def __init__(self, profile: Profile, observing: Observe = observe) -> None:
        super().__init__(profile, observing)
        self._on: frozenset[str] = frozenset()

    def take(self, sample: Sample) -> Said:
        """Judge a sample without learning from it."""
        said = super().take(sample)
        on = frozenset(
            alarm.kind.value
            for alarm in self._state.alarms
            if alarm.is_active and alarm.severity >= Severity.WARNING
        )
        changed = sorted(on ^ self._on)
        self._on = on
        return replace(said, turns=tuple(Turn(sample.at_ms, kind, kind in on) for kind in changed))


class ThresholdWatcher:
    """The limits of a profile, each with its on-delay; it knows learned defrosts."""

    name = "threshold"
    claims = frozenset({AlarmKind.HIGH.value, AlarmKind.LOW.value})

    def __init__(self, profile: Profile) -> None:
        self._profile = with_fields(
            profile,
            cumulative=(),
            mkt=None,
            stale_after_s=None,
            re_alarm_s=None,
            escalate_after_s=None,
        )
        self._state: PointState = fresh(POINT, always_armed=True)

    def learn(self, sample: Sample) -> None:
        """Let it learn defrosts."""
        self.take(sample)

    def take(self, sample: Sample) -> Said:
        """Judge a sample."""
        state, events = step(self._profile, self._state, sample, sample.at_ms)
        self._state = _standing_only(state)
        turns = tuple(turn for turn in _turns(events) if turn.kind in self.claims)
        return Said(turns) if turns else NOTHING

    def branch(self) -> ThresholdWatcher:
        """Give another one that knows the same."""
        return copy(self)


class LineWatcher:
    """A straight line through the last 45 minutes, and where it crosses an edge."""

    name = "line"
    claims = frozenset({"line"})

    def __init__(self, profile: Profile) -> None:
        self._band = profile.band
        self._last: tuple[Sample, ...] = ()
        self._on = False

    def learn(self, sample: Sample) -> None:
        """Remember the last 45 minutes."""
        kept = tuple(one for one in self._last if one.at_ms >= sample.at_ms - LINE_MS)
        self._last = (*kept, sample)

    def take(self, sample: Sample) -> Said:
        """Judge a sample."""
        self.learn(sample)
        crosses_ms = self._crosses_ms(sample.at_ms)
        on = crosses_ms <= sample.at_ms + LINE_AHEAD_MS
        turns = (Turn(sample.at_ms, "line", on),) if on is not self._on else ()
        self._on = on
        return Said(turns, Foretold(crosses_ms) if on else None, anew=True)

    def _crosses_ms(self, now_ms: int) -> float:
        """Say when the line leaves the band; now where it is outside."""
        count = len(self._last)
        if count < FEWEST_ON_A_LINE:
            return inf
        times = [one.at_ms - now_ms for one in self._last]
        values = [one.value_c for one in self._last]
        time, value = sum(times) / count, sum(values) / count
        spread = sum((each - time) ** 2 for each in times)
        if spread == 0:
            return inf
        pairs = zip(times, values, strict=True)
        slope = sum((each - time) * (then - value) for each, then in pairs) / spread
        now_c = value - slope * time
        if now_c not in self._band:
            return now_ms
        edge_c = self._band.upper_c if slope > 0 else self._band.lower_c
        return now_ms + (edge_c - now_c) / slope if slope else inf

    def branch(self) -> LineWatcher:
        """Give another one that knows the same."""
        return copy(self)


WATCHERS: tuple[Callable[[Profile], Watcher], ...] = (
    EstimateWatcher,
    CallWatcher,
    ThresholdWatcher,
    LineWatcher,
)


def _turns(events: tuple[AlarmEvent, ...]) -> tuple[Turn, ...]:
    return tuple(
        Turn(event.at_ms, event.alarm.kind.value, event.kind is EventKind.RAISED)
        for event in events
        if event.kind in {EventKind.RAISED, EventKind.CLEARED}
    )


def _standing_only(state: PointState) -> PointState:
    """Forget what has cleared: nobody acknowledges here."""
    if all(alarm.is_active for alarm in state.alarms):
        return state
    return replace(state, alarms=tuple(alarm for alarm in state.alarms if alarm.is_active))


def _foretold(outlook: Outlook) -> Foretold | None:
    forecast = outlook.forecast
    if forecast is None:
        return None
    times = (forecast.breach_ms, forecast.early_ms, forecast.late_ms)
    middle, early, late = (inf if time is None else float(time) for time in times)
    return Foretold(middle, early, late)
