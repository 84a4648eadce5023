"""When a vehicle will be there: planned drives and services after the last known fact.

A delay travels along the route, and a wait for opening hours absorbs it. On the current leg the
latest position refines the drive: of the planned time remains the share of the great circle that
remains. What is expected never lies in the past. Times are seconds from the horizon start.

The span from ``earliest_s`` to ``latest_s`` covers four fifths of all days (p10 to p90) if drives
scatter by a fifth and services by three tenths of their planned time, starts by five minutes,
all independently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import hypot

from optimizer.domain.network import TimeWindow
from optimizer.domain.units import Seconds
from optimizer.travel.great_circle import haversine_m

DRIVE_SCATTER = 0.2
SERVICE_SCATTER = 0.3
START_SCATTER_S = 300.0
"""How far off the start is of a trip that has not left yet."""

P90 = 1.2816
"""The ninth decile of the standard normal distribution."""

AT_PLACE_M = 150.0
"""So near to a site, a vehicle stands there."""

SHORTEST_LEG_M = 300.0
"""On a shorter leg a position says nothing about how far the drive is."""

NOTHING_KNOWN = float("-inf")

LONGEST_SHARE = 3.0
"""A position that lies farther away than this many legs is a fault of the receiver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """WGS 84 degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A planned stop and what is known of it.

    Parameters
    ----------
    drive_s
        Planned time from the departure before it to the arrival, rests included.
    hours
        Opening hours of the site.
    not_before
        Where lines have booked windows, the latest of their beginnings.
    arrived, left
        What was reported. ``left`` is the departure, or the hand-over of the last line.
    """

    stop: str
    place: Place
    drive_s: Seconds
    service_s: Seconds
    hours: tuple[TimeWindow, ...] = ()
    not_before: Seconds = 0
    arrived: float | None = None
    left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A planned trip and what is known of it.

    Parameters
    ----------
    ready
        Before this moment it cannot leave, because the goods or the vehicle are not there.
    left
        When positions show that it left.
    back_s
        Planned drive from the last call to the end.
    """

    start: Place
    departs: Seconds
    calls: tuple[Call, ...]
    back_s: Seconds = 0
    ready: float = 0.0
    left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where the vehicle was, and when."""

    at: float
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected of a call that is still ahead."""

    stop: str
    arrives: float
    departs: float
    earliest: float
    latest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The calls that are still ahead, and when the vehicle is back.

    Parameters
    ----------
    leaves
        By call, when it was or will be left; calls that were passed over are not there. Where an
        arrival is the last report, the service is believed to have taken the planned time.
    """

    calls: tuple[Expected, ...]
    back: float
    leaves: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    """Where the reckoning starts: the place left, the moment of leaving, the calls ahead."""

    place: Place
    moment: float
    known_at: float
    ahead: tuple[Call, ...]
    standing: bool


def outlook(trip: Trip, position: Position | None, now: float) -> Outlook:
    """Reckon when each call ahead will be reached.

    Calls before the last one reported, of which nothing was reported, are not ahead: they were
    passed over, and nobody knows when they will be visited.

    Parameters
    ----------
    trip
        The trip.
    position
        The vehicle's latest position, where there is one.
    now
        The present moment.
    """
    fact = _last_fact(trip, now)
    expected = tuple(_calls_ahead(fact, position, now))
    leaving = expected[-1].departs if expected else fact.moment
    return Outlook(
        calls=expected,
        back=max(now, leaving + trip.back_s),
        leaves=dict(_left(trip)) | {one.stop: one.departs for one in expected},
    )


def _last_fact(trip: Trip, now: float) -> _Fact:
    known = [(_latest(call), i) for i, call in enumerate(trip.calls) if call.arrived is not None]
    if not known:
        moment = trip.left if trip.left is not None else max(float(trip.departs), trip.ready)
        return _Fact(
            place=trip.start,
            moment=moment,
            known_at=moment if trip.left is not None else NOTHING_KNOWN,
            ahead=trip.calls,
            standing=trip.left is None,
        )
    known_at, last = max(known)
    call = trip.calls[last]
    return _Fact(
        place=call.place,
        moment=_leaving(call, now),
        known_at=known_at,
        ahead=tuple(c for c in trip.calls[last + 1 :] if c.arrived is None),
        standing=call.left is None,
    )


def _left(trip: Trip) -> Iterator[tuple[str, float]]:
    for call in trip.calls:
        if call.left is not None:
            yield call.stop, call.left
        elif call.arrived is not None:
            yield call.stop, _start(call, call.arrived) + call.service_s


def _latest(call: Call) -> float:
    return max(moment for moment in (call.arrived, call.left) if moment is not None)


def _leaving(call: Call, now: float) -> float:
    """Say when a call that was reached is left: as reported, or after its service."""
    if call.left is not None:
        return call.left
    assert call.arrived is not None
    return max(now, _start(call, call.arrived) + call.service_s)


def _start(call: Call, arrival: float) -> float:
    begin = max(arrival, float(call.not_before))
    for window in call.hours:
        if begin <= window.closes:
            return max(begin, float(window.opens))
    return begin


def _calls_ahead(fact: _Fact, position: Position | None, now: float) -> Iterator[Expected]:
    moment = fact.moment
    scatter = START_SCATTER_S if fact.standing and fact.known_at == NOTHING_KNOWN else 0.0
    for i, call in enumerate(fact.ahead):
        arrival, drive_s = moment + call.drive_s, float(call.drive_s)
        if i == 0 and position is not None and position.at >= fact.known_at:
            arrival, drive_s = _refined(fact, call, position, now)
        arrival = max(now, arrival)
        scatter = hypot(scatter, DRIVE_SCATTER * drive_s)
        moment = _start(call, arrival) + call.service_s
        yield Expected(
            stop=call.stop,
            arrives=arrival,
            departs=moment,
            earliest=max(now, arrival - P90 * scatter),
            latest=arrival + P90 * scatter,
        )
        scatter = hypot(scatter, SERVICE_SCATTER * call.service_s)


def _refined(fact: _Fact, call: Call, position: Position, now: float) -> tuple[float, float]:
    """Give the arrival by a position, and the drive that remains."""
    planned = fact.moment + call.drive_s, float(call.drive_s)
    whole_m = _distance_m(fact.place, call.place)
    gone_m = _distance_m(fact.place, position.place)
    remains_m = _distance_m(position.place, call.place)
    if gone_m <= AT_PLACE_M < whole_m:
        # It still stands there; after the planned departure every minute is a delay.
        late = max(fact.moment, now) if fact.standing else max(fact.moment, position.at)
        return late + call.drive_s, float(call.drive_s)
    share = remains_m / whole_m if whole_m > 0 else 0.0
    if whole_m < SHORTEST_LEG_M or share > LONGEST_SHARE:
        return planned
    remaining = call.drive_s * share
    return position.at + remaining, remaining


def _distance_m(one: Place, other: Place) -> float:
    return float(haversine_m([one.lat], [one.lon], [other.lat], [other.lon])[0, 0])
