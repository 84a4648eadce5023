"""One line of one plan as boards and scores count it: promised, planned and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from api.road.day import Day, Visit
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.temperature import TemperatureBand, Zone
from optimizer.domain.units import Grams


class Fate(Enum):
    """What became of a line, seen at one moment."""

    ON_TIME = "on_time"
    LATE = "late"
    FAILED = "failed"
    OPEN = "open"
    OPEN_OVERDUE = "open_overdue"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFact:
    """A line and its promise.

    Parameters
    ----------
    grid
        The grid warehouse whose van brings the line; None where the line is left out and its
        pickup point has no grid of its own.
    ordered_from
        The horizon start, for order rows have no time of their own.
    """

    key: LineKey
    promise: str
    site: SiteId
    grid: SiteId | None
    zone: Zone
    fate: Fate
    due_at: datetime
    ordered_from: datetime
    vehicle: VehicleId | None = None
    planned_at: datetime | None = None
    handed_at: datetime | None = None
    planned_g: Grams = 0
    damaged_g: Grams = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RideFact:
    """One zone's time on board of one leg, up to its hand-over at one stop.

    Parameters
    ----------
    limit
        The longest time that the zone may be on board; None where it has no limit.
    """

    echelon: Echelon
    zone: Zone
    site: SiteId
    grid: SiteId | None
    vehicle: VehicleId
    ride: timedelta
    limit: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFact:
    """A product temperature measured at a hand-over, and whether it was inside its band."""

    site: SiteId
    vehicle: VehicleId
    zone: Zone
    product_c: float
    inside: bool


def band(day: Day, zone: Zone) -> TemperatureBand:
    """Give the product band of a zone."""
    return day.problem.policies[zone].product


def line_facts(day: Day, now: datetime) -> Iterator[LineFact]:
    """Give every line of a plan's problem once.

    Parameters
    ----------
    day
        The plan and its events.
    now
        The moment at which open lines count as overdue or not.
    """
    visit_of: dict[LineKey, Visit] = {}
    for visit in day.visits.values():
        if visit.route.echelon is Echelon.LAST_MILE:
            visit_of |= dict.fromkeys(visit.progress.lines, visit)
    for key, line in day.problem.lines.items():
        due_at = day.problem.horizon.instant(day.problem.promises[line.promise].due(line))
        visit_at = visit_of.get(key)
        done = None if visit_at is None else visit_at.progress.lines[key]
        yield LineFact(
            key=key,
            promise=line.promise,
            site=line.site,
            grid=_grid(day, line.site, visit_at),
            zone=line.zone,
            fate=_fate(visit_at, key, due_at, now),
            due_at=due_at,
            ordered_from=day.problem.horizon.start,
            vehicle=None if visit_at is None else visit_at.route.vehicle,
            planned_at=_planned_at(day, visit_at),
            handed_at=None if done is None else done.handed_at,
            planned_g=line.mass_g,
            damaged_g=0 if done is None else done.damaged_g,
        )


def _planned_at(day: Day, visit: Visit | None) -> datetime | None:
    return None if visit is None else day.problem.horizon.instant(visit.stop.service_starts)


def _grid(day: Day, site: SiteId, visit: Visit | None) -> SiteId | None:
    return day.problem.sites[site].grid if visit is None else visit.route.start_site


def _fate(visit: Visit | None, key: LineKey, due_at: datetime, now: datetime) -> Fate:
    if visit is None:
        return Fate.LEFT_OUT
    done = visit.progress.lines[key]
    if done.has_failed:
        return Fate.FAILED
    if done.is_done and done.handed_at is not None:
        return Fate.ON_TIME if done.handed_at <= due_at else Fate.LATE
    return Fate.OPEN if now <= due_at else Fate.OPEN_OVERDUE


def ride_facts(day: Day) -> Iterator[RideFact]:
    """Give the time on board of every zone at every stop where something was handed over.

    The clock runs from the departure that positions show, or else from the planned one, to the
    last hand-over of the zone; what lies in a cold room of a grid warehouse is not on board.
    """
    limits = {zone: timedelta(seconds=s) for zone, s in day.problem.time_on_board_s.items()}
    for visit in day.visits.values():
        left = day.left.get(visit.route.id) or day.problem.horizon.instant(visit.route.departs)
        for zone, handed_at in _handed(visit).items():
            yield RideFact(
                echelon=visit.route.echelon,
                zone=zone,
                site=visit.stop.site,
                grid=_region(visit),
                vehicle=visit.route.vehicle,
                ride=max(timedelta(), handed_at - left),
                limit=limits.get(zone),
            )


def _handed(visit: Visit) -> Mapping[Zone, datetime]:
    last: dict[Zone, datetime] = {}
    for line in visit.progress.lines.values():
        if line.handed_at is not None:
            last[line.zone] = max(line.handed_at, last.get(line.zone, line.handed_at))
    return last


def _region(visit: Visit) -> SiteId:
    last_mile = visit.route.echelon is Echelon.LAST_MILE
    return visit.route.start_site if last_mile else visit.stop.site


def reading_facts(day: Day) -> Iterator[ReadingFact]:
    """Give every product temperature measured at a hand-over."""
    for visit in day.visits.values():
        for reading in visit.progress.readings:
            yield ReadingFact(
                site=visit.stop.site,
                vehicle=visit.route.vehicle,
                zone=reading.zone,
                product_c=reading.product_c,
                inside=reading.product_c in band(day, reading.zone),
            )
