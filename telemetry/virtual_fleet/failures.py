"""What goes wrong in a fleet: when, where, for how long; planned, or drawn by rate."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from optimizer.domain.errors import ColdgridError


class FailureKind(StrEnum):
    """What can go wrong, and what it befalls."""

    UNIT_OFF = "unit_off"
    CAPACITY_LOSS = "capacity_loss"
    DOOR_OPEN = "door_open"
    SENSOR_LOST = "sensor_lost"
    SENSOR_DRIFT = "sensor_drift"
    SENSOR_STUCK = "sensor_stuck"
    CLOCK_SKEW = "clock_skew"
    GATEWAY_LOST = "gateway_lost"
    LATE_BATCH = "late_batch"
    DUPLICATES = "duplicates"
    GARBAGE = "garbage"


OF_SPACES = frozenset(
    {FailureKind.UNIT_OFF, FailureKind.CAPACITY_LOSS, FailureKind.DOOR_OPEN},
)
OF_SENSORS = frozenset(
    {
        FailureKind.SENSOR_LOST,
        FailureKind.SENSOR_DRIFT,
        FailureKind.SENSOR_STUCK,
        FailureKind.CLOCK_SKEW,
    },
)
OF_GATEWAYS = frozenset(set(FailureKind) - OF_SPACES - OF_SENSORS)

USUAL_AMOUNT: dict[FailureKind, float] = {
    FailureKind.CAPACITY_LOSS: 0.6,
    FailureKind.SENSOR_DRIFT: 1.0,
    FailureKind.CLOCK_SKEW: 600.0,
    FailureKind.DUPLICATES: 0.5,
    FailureKind.GARBAGE: 0.2,
}
"""Share of the capacity that is lost, °C an hour, seconds ahead, share of the messages."""

USUAL_MINUTES: dict[FailureKind, float] = {
    FailureKind.UNIT_OFF: 180.0,
    FailureKind.CAPACITY_LOSS: 360.0,
    FailureKind.DOOR_OPEN: 30.0,
    FailureKind.SENSOR_LOST: 120.0,
    FailureKind.SENSOR_DRIFT: 720.0,
    FailureKind.SENSOR_STUCK: 360.0,
    FailureKind.CLOCK_SKEW: 240.0,
    FailureKind.GATEWAY_LOST: 60.0,
    FailureKind.LATE_BATCH: 90.0,
    FailureKind.DUPLICATES: 60.0,
    FailureKind.GARBAGE: 60.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that goes wrong.

    Parameters
    ----------
    target
        A point, a sensor or a gateway, as the kind asks for; a point also stands for all its
        sensors and for the gateways they speak through.
    from_s, to_s
        Seconds from the beginning; infinite is until the end.
    amount
        How bad, in the unit of its kind (``USUAL_AMOUNT``).
    """

    kind: FailureKind
    target: str
    from_s: float
    to_s: float = math.inf
    amount: float = 0.0

    def on_at(self, elapsed_s: float) -> bool:
        """Say whether it lasts at an instant."""
        return self.from_s <= elapsed_s < self.to_s


def failure(
    kind: FailureKind,
    target: str,
    *,
    minute: float,
    minutes: float | None = None,
    amount: float | None = None,
) -> Failure:
    """Make a failure from minutes, as bad as usual where nobody says how bad.

    Parameters
    ----------
    kind, target
        What befalls whom.
    minute
        When it begins.
    minutes
        How long it lasts; None is until the end.
    amount
        How bad.
    """
    return Failure(
        kind=kind,
        target=target,
        from_s=minute * 60.0,
        to_s=math.inf if minutes is None else (minute + minutes) * 60.0,
        amount=USUAL_AMOUNT.get(kind, 0.0) if amount is None else amount,
    )


_WORDS = re.compile(
    r"(?P<kind>[a-z_]+)@(?P<minute>\d+(?:\.\d+)?)(?:\+(?P<minutes>\d+(?:\.\d+)?))?"
    r":(?P<target>[^=]+)(?:=(?P<amount>-?\d+(?:\.\d+)?))?"
)


def failure_from_words(words: str) -> Failure:
    """Understand ``KIND@MINUTE:POINT``, with ``+MINUTES`` and ``=AMOUNT`` where wanted.

    Raises
    ------
    ColdgridError
        It is no failure.
    """
    found = _WORDS.fullmatch(words)
    if found is None:
        raise ColdgridError("CG-8521", f"{words!r} is not KIND@MINUTE[+MINUTES]:POINT[=AMOUNT]")
    if found["kind"] not in set(FailureKind):
        raise ColdgridError("CG-8521", f"{found['kind']!r} is none of {', '.join(FailureKind)}")
    return failure(
        FailureKind(found["kind"]),
        found["target"],
        minute=float(found["minute"]),
        minutes=None if found["minutes"] is None else float(found["minutes"]),
        amount=None if found["amount"] is None else float(found["amount"]),
    )


class FailureDraw:
    """Draws failures one after another, as a Poisson process over the whole fleet.

    Parameters
    ----------
    per_day
        How many a day on average; 0 is none.
    spaces, sensors, gateways
        Whom they may befall.
    chance
        Where randomness comes from.
    """

    def __init__(
        self,
        per_day: float,
        *,
        spaces: Sequence[str],
        sensors: Sequence[str],
        gateways: Sequence[str],
        chance: np.random.Generator,
    ) -> None:
        self._per_day = per_day
        self._targets = {
            kind: spaces if kind in OF_SPACES else sensors if kind in OF_SENSORS else gateways
            for kind in FailureKind
        }
        self._chance = chance
        self._next_s = self._pause_s() if per_day > 0 else math.inf

    def until(self, elapsed_s: float) -> list[Failure]:
        """Draw those that begin up to an instant."""
        drawn = []
        while self._next_s <= elapsed_s:
            kinds = tuple(kind for kind in FailureKind if self._targets[kind])
            kind = kinds[int(self._chance.integers(len(kinds)))]
            targets = self._targets[kind]
            target = targets[int(self._chance.integers(len(targets)))]
            length = USUAL_MINUTES[kind] * float(self._chance.uniform(0.3, 1.7))
            drawn.append(failure(kind, target, minute=self._next_s / 60.0, minutes=length))
            self._next_s += self._pause_s()
        return drawn

    def _pause_s(self) -> float:
        return float(self._chance.exponential(86_400.0 / self._per_day))
