"""Events of a stop folded into its state.

Phones without a network report late and in any order, so the fold uses sums, minima and maxima
of what was reported, never the order in which it arrived: the same events give the same state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from api.road.words import MOVES_GOODS, SHOWS_PRESENCE, Event, Kind
from optimizer.domain.ids import LineKey
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Grams


class StopState(Enum):
    """How far a stop is."""

    PLANNED = "planned"
    ARRIVED = "arrived"
    SERVED = "served"
    DEPARTED = "departed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProgress:
    """What became of a line at a stop.

    Parameters
    ----------
    handed_at
        The last hand-over of any part.
    collected_at
        When the household collected the order.
    """

    key: LineKey
    zone: Zone
    planned_g: Grams
    handed_g: Grams = 0
    refused_g: Grams = 0
    damaged_g: Grams = 0
    handed_at: datetime | None = None
    collected_at: datetime | None = None

    @property
    def rest_g(self) -> Grams:
        """Give what is not accounted for yet."""
        return self.planned_g - self.handed_g - self.refused_g - self.damaged_g

    @property
    def is_done(self) -> bool:
        """Say whether the line is accounted for and some of it was handed over."""
        return self.rest_g <= 0 and self.handed_g > 0

    @property
    def has_failed(self) -> bool:
        """Say whether the line is accounted for and none of it was handed over."""
        return self.rest_g <= 0 and self.handed_g == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureReading:
    """A product temperature that was measured at a hand-over."""

    at: datetime
    zone: Zone
    product_c: float
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopProgress:
    """How far a stop is.

    Parameters
    ----------
    arrived_at
        Reported, or the earliest report that only a vehicle at the stop can give.
    returns
        Reports of refused and damaged goods, by their own time.
    last
        The latest event by its own time.
    """

    state: StopState
    lines: Mapping[LineKey, LineProgress]
    arrived_at: datetime | None = None
    handed_at: datetime | None = None
    departed_at: datetime | None = None
    readings: tuple[TemperatureReading, ...] = ()
    returns: tuple[Event, ...] = ()
    crates: int = 0
    boxes: int = 0
    last: Event | None = None

    @property
    def is_touched(self) -> bool:
        """Say whether a vehicle has been here."""
        return self.state is not StopState.PLANNED


def stop_progress(
    planned: Mapping[LineKey, tuple[Zone, Grams]], events: Iterable[Event]
) -> StopProgress:
    """Fold the events of one stop.

    Parameters
    ----------
    planned
        Zone and mass of every line that the stop delivers.
    events
        All events of the stop, in any order.
    """
    told = sorted(events, key=_by_own_time)
    if not told:
        return StopProgress(state=StopState.PLANNED, lines=_untouched(planned))
    lines = _lines(planned, told)
    arrived = min((e.at for e in told if e.kind in SHOWS_PRESENCE), default=None)
    departed = max((e.at for e in told if e.kind is Kind.DEPARTED), default=None)
    if arrived is None:
        arrived = departed
    return StopProgress(
        state=_state(lines, arrived, departed),
        lines=lines,
        arrived_at=arrived,
        handed_at=max((e.at for e in told if e.kind is Kind.HANDED_OVER), default=None),
        departed_at=departed,
        readings=tuple(_readings(told)),
        returns=tuple(e for e in told if e.kind in {Kind.REFUSED, Kind.DAMAGED}),
        crates=sum(e.report.crates for e in told if e.kind is Kind.EMPTIES),
        boxes=sum(e.report.boxes for e in told if e.kind is Kind.EMPTIES),
        last=told[-1],
    )


def line_progress(
    planned: Mapping[LineKey, tuple[Zone, Grams]], events: Iterable[Event]
) -> Mapping[LineKey, LineProgress]:
    """Fold the events of one stop into what became of its lines alone.

    Parameters
    ----------
    planned
        Zone and mass of every line that is asked about.
    events
        Events of the stop, in any order.
    """
    told = sorted(events, key=_by_own_time)
    return _lines(planned, told) if told else _untouched(planned)


def _by_own_time(event: Event) -> tuple[datetime, str]:
    # Not by number: that would be the order of arrival, which says nothing about the road.
    return event.at, event.id


def _state(
    lines: Mapping[LineKey, LineProgress], arrived: datetime | None, departed: datetime | None
) -> StopState:
    if departed is not None:
        return StopState.DEPARTED
    if arrived is None:
        return StopState.PLANNED
    served = bool(lines) and all(line.rest_g <= 0 for line in lines.values())
    return StopState.SERVED if served else StopState.ARRIVED


def _untouched(planned: Mapping[LineKey, tuple[Zone, Grams]]) -> dict[LineKey, LineProgress]:
    return {
        key: LineProgress(key=key, zone=zone, planned_g=mass_g)
        for key, (zone, mass_g) in planned.items()
    }


def _lines(
    planned: Mapping[LineKey, tuple[Zone, Grams]], told: Sequence[Event]
) -> dict[LineKey, LineProgress]:
    moved: dict[Kind, Counter[LineKey]] = {kind: Counter() for kind in MOVES_GOODS}
    handed_at: dict[LineKey, datetime] = {}
    collected_at: dict[str, datetime] = {}
    for event in told:
        if event.kind in MOVES_GOODS:
            for piece in event.report.pieces:
                moved[event.kind][piece.key] += piece.mass_g
                if event.kind is Kind.HANDED_OVER:
                    handed_at[piece.key] = event.at
        elif event.kind is Kind.COLLECTED and event.report.order is not None:
            collected_at.setdefault(event.report.order, event.at)
    return {
        key: LineProgress(
            key=key,
            zone=zone,
            planned_g=mass_g,
            handed_g=moved[Kind.HANDED_OVER][key],
            refused_g=moved[Kind.REFUSED][key],
            damaged_g=moved[Kind.DAMAGED][key],
            handed_at=handed_at.get(key),
            collected_at=collected_at.get(key.order),
        )
        for key, (zone, mass_g) in planned.items()
    }


def _readings(told: Sequence[Event]) -> Iterable[TemperatureReading]:
    for event in told:
        for zone in Zone:
            if zone in event.report.product_c:
                yield TemperatureReading(
                    at=event.at,
                    zone=zone,
                    product_c=event.report.product_c[zone],
                    event=event.id,
                )
