"""What is watched at a point: a profile is a rule pack with its version.

Limits belong to the good side unless a rule says that they are inclusive: a band's edge is inside
(``TemperatureBand``), while WHO's limits alarm when they are reached. An alarm comes on at its
limit; the deadband counts on the way back alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from math import inf

from optimizer.domain.temperature import TemperatureBand, Zone
from telemetry.alarm.words import AlarmKind, Severity


class Side(Enum):
    """Which way a limit is left."""

    HIGH = "high"
    LOW = "low"


def passes(side: Side, limit_c: float, value_c: float, *, inclusive: bool) -> bool:
    """Say whether a value has left a limit's good side."""
    over = value_c - limit_c if side is Side.HIGH else limit_c - value_c
    return over > 0 or (inclusive and over == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRule:
    """Outside a limit for longer than a delay.

    Parameters
    ----------
    inclusive
        Whether the limit itself is outside.
    on_delay_s
        How long it has to last; an alarm is raised when it has lasted exactly so long.
    without_defrosts
        Whether a learned defrost has a quarter more time.
    """

    name: str
    side: Side
    limit_c: float
    severity: Severity
    on_delay_s: int
    inclusive: bool = False
    without_defrosts: bool = False

    @property
    def kind(self) -> AlarmKind:
        """Name the kind of alarm that it raises."""
        return AlarmKind.HIGH if self.side is Side.HIGH else AlarmKind.LOW

    def is_outside(self, value_c: float) -> bool:
        """Say whether a value is outside."""
        return passes(self.side, self.limit_c, value_c, inclusive=self.inclusive)

    def is_back(self, value_c: float, deadband_c: float) -> bool:
        """Say whether a value is inside by the deadband."""
        over = value_c - self.limit_c if self.side is Side.HIGH else self.limit_c - value_c
        return over < -deadband_c or (not self.inclusive and over <= -deadband_c)


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeRule:
    """Outside a limit for too long in sum.

    Parameters
    ----------
    most_s
        Allowed sum; the alarm comes when it is reached.
    window_s
        Over how long; None is since the point was armed.
    without_defrosts
        Whether learned defrosts are left out.
    """

    name: str
    side: Side
    limit_c: float
    severity: Severity
    most_s: int
    window_s: int | None = 86_400
    inclusive: bool = False
    without_defrosts: bool = True

    @property
    def kind(self) -> AlarmKind:
        """Name the kind of alarm that it raises."""
        return AlarmKind.CUMULATIVE

    def is_outside(self, value_c: float) -> bool:
        """Say whether a value is outside."""
        return passes(self.side, self.limit_c, value_c, inclusive=self.inclusive)


@dataclass(frozen=True, slots=True, kw_only=True)
class MktRule:
    """Mean kinetic temperature over a window; not valid for frozen goods, and refused there.

    Parameters
    ----------
    limit_c
        Above it is an alarm; the limit itself is not.
    """

    name: str
    limit_c: float
    severity: Severity
    window_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalRule:
    """Longest recording interval of trips up to a length; None is for all longer ones."""

    trip_s: int | None
    longest_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All rules of a point.

    Parameters
    ----------
    name, version
        Of the rule pack; an alarm names both.
    band
        The product band that the profile protects.
    deadband_c
        How far inside its limit a value must be before an alarm may clear.
    off_delay_s
        How long it must stay there; doubled with every alarm that comes back soon after it cleared,
        up to ``most_off_delay_s``, so that a limit inside the control band does not chatter.
    stale_after_s
        Silence that raises an alarm; None watches no silence.
    re_alarm_s
        An active alarm speaks up again after so long.
    escalate_after_s
        An alarm that nobody has acknowledged is escalated when it is so old.
    disagreement_c, disagreement_s
        Two sensors of a point that differ by more, for so long, are a sensor fault.
    product_lag_s
        How slowly the most exposed goods follow the air (time constant); None foresees nothing.
    longest_interval_s
        Longest recording interval that the rule's standard allows; None where it has none.
    intervals
        The same by length of trip: up to so many seconds, at most so many between recordings.

    Attributes
    ----------
    rules
        Limits and cumulative rules together.
    quiet_above_c, quiet_below_c
        Between them no limit is touched, so that most samples cost next to nothing.
    silence_ms
        A sample sooner after the last one ends no silence.
    """

    name: str
    version: int
    zone: Zone | None
    band: TemperatureBand
    limits: tuple[LimitRule, ...] = ()
    cumulative: tuple[CumulativeRule, ...] = ()
    mkt: MktRule | None = None
    deadband_c: float = 1.0
    off_delay_s: int = 1800
    most_off_delay_s: int = 14_400
    stale_after_s: int | None = 900
    re_alarm_s: int | None = 3600
    escalate_after_s: int | None = 1800
    disagreement_c: float = 2.0
    disagreement_s: int = 900
    product_lag_s: int | None = 1800
    longest_interval_s: int | None = None
    intervals: tuple[IntervalRule, ...] = ()
    rules: tuple[LimitRule | CumulativeRule, ...] = field(init=False, repr=False, compare=False)
    quiet_above_c: float = field(init=False, repr=False, compare=False)
    quiet_below_c: float = field(init=False, repr=False, compare=False)
    silence_ms: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rules: tuple[LimitRule | CumulativeRule, ...] = (*self.limits, *self.cumulative)
        object.__setattr__(self, "rules", rules)
        highs = (rule.limit_c for rule in rules if rule.side is Side.HIGH)
        lows = (rule.limit_c for rule in rules if rule.side is Side.LOW)
        silence_ms = inf if self.stale_after_s is None else 1000 * self.stale_after_s
        object.__setattr__(self, "quiet_below_c", min(highs, default=inf))
        object.__setattr__(self, "quiet_above_c", max(lows, default=-inf))
        object.__setattr__(self, "silence_ms", silence_ms)

    @property
    def citation(self) -> str:
        """Name pack and version."""
        return f"{self.name}/{self.version}"
