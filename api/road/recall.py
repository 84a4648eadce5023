"""Where the goods of a batch are, line by line, and where they have lain: what a recall acts on.

What was reported counts first. Where nobody reported anything, goods are where the plan has them
by now; a vehicle that should be back long ago with no report leaves the question open, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from msgspec import Struct

from api.road.lots import NO_ROUTE, Carried, Trip
from api.road.on_board import BACK_AFTER, LOADED_BEFORE
from api.road.progress import LineProgress
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.temperature import Zone


class Whereabouts(Enum):
    """Where a line of a batch is."""

    LEFT_OUT = "left_out"
    NOT_LOADED = "not_loaded"
    ON_TRUCK = "on_truck"
    AT_GRID = "at_grid"
    ON_VAN = "on_van"
    UNREPORTED = "unreported"
    BROUGHT_BACK = "brought_back"
    HANDED_OVER = "handed_over"
    COLLECTED = "collected"


class Leg(Struct, frozen=True, kw_only=True, gc=False):
    """A line on one trip of a plan.

    Parameters
    ----------
    is_planned
        Whether the version that counts has it; else only a report can make it count.
    progress
        What was reported of it at its stop.
    """

    plan: str
    starts_at: datetime
    trip: Trip
    carried: Carried
    is_planned: bool
    progress: LineProgress

    @property
    def is_told(self) -> bool:
        """Say whether anybody reported anything of it."""
        seen = self.progress
        moved_g = seen.handed_g + seen.refused_g + seen.damaged_g
        return moved_g > 0 or seen.collected_at is not None

    @property
    def loaded_at(self) -> datetime:
        """Give from when on it is on board, by the plan."""
        return self.trip.leaves_at - LOADED_BEFORE

    @property
    def left_board_at(self) -> datetime:
        """Give when it left the vehicle: its hand-over, else an hour after the return."""
        return self.progress.handed_at or self.trip.back_at + BACK_AFTER

    @property
    def arrived_at(self) -> datetime:
        """Give when it came to its stop: as reported, else by the plan."""
        return self.progress.handed_at or self.carried.arrives_at


class Affected(Struct, frozen=True, kw_only=True, gc=False):
    """A line, or a part of one, that is served from the batch.

    Parameters
    ----------
    where
        The site or vehicle at which it is; where it was to be where nobody knows.
    since
        From when on; None where it has not moved yet.
    vehicle
        The one that brings it, or is to bring it, to ``leg.carried.site``; empty without one.
    """

    leg: Leg
    whereabouts: Whereabouts
    where: str
    since: datetime | None
    vehicle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """A time that goods of the batch spent, or are to spend, on a vehicle or in a warehouse.

    Parameters
    ----------
    route
        The trip; empty for a stay at a site.
    mass_g, lines
        How much of it at the most.
    """

    plan: str
    asset: str
    route: str
    zone: Zone
    starts_at: datetime
    ends_at: datetime
    mass_g: int
    lines: int


@dataclass(slots=True)
class _Stay:
    starts_at: datetime
    ends_at: datetime
    mass_g: int = 0
    lines: set[LineKey] = field(default_factory=set)


def affected(legs: Iterable[Leg], now: datetime) -> Iterator[Affected]:
    """Say of every line of a batch where it is.

    Parameters
    ----------
    legs
        All legs of the lines.
    now
        The present instant.
    """
    for of_line in _by_line(legs).values():
        last = [leg for leg in of_line if _is(leg, Echelon.LAST_MILE)]
        brought = [leg for leg in of_line if _is(leg, Echelon.LINEHAUL)]
        counted = [leg for leg in last if leg.is_planned or leg.is_told]
        for leg in counted:
            yield _of_van(leg, brought, now)
        if not counted:
            yield from (_of_truck(leg, now) for leg in brought if leg.is_planned or leg.is_told)
        for leg in of_line:
            if leg.trip.route == NO_ROUTE and leg.is_planned:
                yield Affected(
                    leg=leg, whereabouts=Whereabouts.LEFT_OUT, where="", since=None, vehicle=""
                )


def lyings(legs: Sequence[Leg]) -> list[Lying]:
    """Say where goods of a batch lie and ride, from when to when, the earliest first.

    What no truck brings to a grid lies there, and what a truck fetches lies where the truck
    starts, from the plan's start on.
    """
    stays = _Stays()
    for of_line in _by_line(legs).values():
        counted = [leg for leg in of_line if leg.trip.route and (leg.is_planned or leg.is_told)]
        for leg in counted:
            trip, loaded_at = leg.trip, leg.loaded_at
            stays.add(leg, (trip.vehicle, trip.route), loaded_at, leg.left_board_at)
            came = leg.starts_at
            if _is(leg, Echelon.LAST_MILE):
                came = _came(leg, counted) or came
            stays.add(leg, (trip.from_site, ""), came, max(came, loaded_at))
    return stays.lyings()


class _Stays:
    """Puts the stays of lines together, place by place."""

    def __init__(self) -> None:
        self._stays: dict[tuple[str, str, str, Zone], _Stay] = {}

    def add(self, leg: Leg, place: tuple[str, str], starts_at: datetime, ends_at: datetime) -> None:
        """Add a line's stay at an asset, with its route there."""
        carried = leg.carried
        key = (leg.plan, *place, carried.zone)
        stay = self._stays.get(key)
        if stay is None:
            stay = self._stays[key] = _Stay(starts_at=starts_at, ends_at=ends_at)
        elif starts_at < stay.starts_at:
            stay.starts_at = starts_at
        stay.ends_at = max(stay.ends_at, ends_at)
        stay.mass_g += carried.mass_g
        stay.lines.add(carried.key)

    def lyings(self) -> list[Lying]:
        """Give all, the earliest first."""
        found = [
            Lying(
                plan=plan, asset=asset, route=route, zone=zone, starts_at=stay.starts_at,
                ends_at=stay.ends_at, mass_g=stay.mass_g, lines=len(stay.lines),
            )
            for (plan, asset, route, zone), stay in self._stays.items()
        ]  # fmt: skip
        return sorted(
            found, key=lambda one: (one.starts_at, one.ends_at, one.asset, one.zone.value)
        )


def _by_line(legs: Iterable[Leg]) -> Mapping[tuple[str, LineKey], list[Leg]]:
    lines: dict[tuple[str, LineKey], list[Leg]] = {}
    for leg in legs:
        lines.setdefault((leg.plan, leg.carried.key), []).append(leg)
    return lines


def _is(leg: Leg, echelon: Echelon) -> bool:
    return leg.trip.echelon is echelon


def _came(leg: Leg, others: Sequence[Leg]) -> datetime | None:
    """Give when a truck brought a van's line to where the van starts; None where none did."""
    return min((one.arrived_at for one in others if _brings(one, leg.trip.from_site)), default=None)


def _brings(leg: Leg, site: SiteId) -> bool:
    return _is(leg, Echelon.LINEHAUL) and leg.carried.site == site


def _of_van(leg: Leg, brought: Sequence[Leg], now: datetime) -> Affected:
    told = _reported(leg)
    if told is not None:
        return told
    if leg.loaded_at <= now:
        if leg.trip.back_at + BACK_AFTER <= now:
            return _at(leg, Whereabouts.UNREPORTED, leg.carried.site, None)
        return _at(leg, Whereabouts.ON_VAN, leg.trip.vehicle, leg.loaded_at)
    bringing = [one for one in brought if _brings(one, leg.trip.from_site)]
    if not bringing:
        return _at(leg, Whereabouts.NOT_LOADED, leg.trip.from_site, None)
    return _still_to_come(leg, max(bringing, key=lambda one: one.arrived_at), now)


def _reported(leg: Leg) -> Affected | None:
    """Say where a line is by what was told of it at its point; None where nothing was."""
    seen, site = leg.progress, leg.carried.site
    if seen.collected_at is not None:
        return _at(leg, Whereabouts.COLLECTED, site, seen.collected_at)
    if seen.handed_g > 0:
        return _at(leg, Whereabouts.HANDED_OVER, site, seen.handed_at)
    if seen.has_failed:
        return _at(leg, Whereabouts.BROUGHT_BACK, leg.trip.from_site, None)
    return None


def _of_truck(leg: Leg, now: datetime) -> Affected:
    return _still_to_come(leg, leg, now)


def _still_to_come(leg: Leg, bringing: Leg, now: datetime) -> Affected:
    """Say where a line is that no van has loaded yet."""
    if bringing.progress.has_failed:
        return _at(leg, Whereabouts.BROUGHT_BACK, bringing.trip.from_site, None)
    if bringing.arrived_at <= now:
        return _at(leg, Whereabouts.AT_GRID, bringing.carried.site, bringing.arrived_at)
    if bringing.loaded_at <= now:
        return _at(leg, Whereabouts.ON_TRUCK, bringing.trip.vehicle, bringing.loaded_at)
    return _at(leg, Whereabouts.NOT_LOADED, bringing.trip.from_site, None)


def _at(leg: Leg, whereabouts: Whereabouts, where: str, since: datetime | None) -> Affected:
    return Affected(
        leg=leg, whereabouts=whereabouts, where=where, since=since, vehicle=leg.trip.vehicle
    )
