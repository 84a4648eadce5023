"""What an accepted proposal takes at stations, and what of it counts for another plan.

A station is known by its id and its place: networks are sent inline as well as stored, and two of
them may each have an S1. Its dock is taken for as long as the goods change hands there, its room
for a day: goods that are kept cold are brought with the next day's vans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from optimizer.domain.ids import LineKey
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Millilitres
from optimizer.response.words import Reservation

KEPT_FOR = timedelta(hours=24)
"""Goods are fetched from a station within a day."""

SAME_PLACE_DEG = 1e-4
"""Two stations of one id that are nearer than this, some ten metres, are one."""


class Taken(Protocol):
    """A stored reservation."""

    @property
    def site(self) -> str:
        """The station."""

    @property
    def lat(self) -> float:
        """Its place."""

    @property
    def lon(self) -> float:
        """Its place."""

    @property
    def zone(self) -> str:
        """The zone of the room."""

    @property
    def volume_ml(self) -> int:
        """The room."""

    @property
    def dock_from(self) -> datetime:
        """Since when the dock is taken."""

    @property
    def dock_to(self) -> datetime:
        """Until when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Room and a dock of a station that a proposal needs."""

    site: Site
    zone: Zone
    volume_ml: Millilitres
    dock_from: datetime
    dock_to: datetime


def wanted(problem: Problem, plan: Plan, proposal: Mapping[str, Any]) -> list[Wanted]:
    """Say what a proposal takes at stations.

    Parameters
    ----------
    problem
        The day.
    plan
        The running plan: it says how many litres of each line are on board.
    proposal
        As ``optimizer.response.document`` writes it.
    """
    litres = _volumes(plan)
    found: list[Wanted] = []
    for hand in proposal["handovers"]:
        site = problem.sites[hand["site"]]
        if site.kind is not SiteKind.STATION and not hand.get("stored"):
            continue
        room: dict[Zone, Millilitres] = {}
        for line in hand["lines"]:
            key = LineKey(line["order"], line["line"])
            # What the running plan does not bring cannot be left anywhere.
            if key in litres:
                zone = problem.lines[key].zone
                room[zone] = room.get(zone, 0) + litres[key]
        found += [
            Wanted(
                site=site,
                zone=zone,
                volume_ml=volume,
                dock_from=datetime.fromisoformat(hand["starts_at"]),
                dock_to=datetime.fromisoformat(_left_at(proposal, hand)),
            )
            for zone, volume in room.items()
        ]
    return found


def _left_at(proposal: Mapping[str, Any], hand: Mapping[str, Any]) -> str:
    """Say when the giver leaves the dock; who fetches the goods later takes it for another time."""
    for route in proposal["plan"]["routes"]:
        if route["vehicle"] == hand["from_vehicle"]:
            for stop in route["stops"]:
                if (stop["site"], stop["service_starts_at"]) == (hand["site"], hand["starts_at"]):
                    left: str = stop["departs_at"]
                    return left
    ends: str = hand["ends_at"]
    return ends


def no_room(wanted: Iterable[Wanted], taken: Sequence[Reservation], problem: Problem) -> str | None:
    """Say why a station cannot take what is wanted of it any more; None where it can.

    Parameters
    ----------
    wanted
        What a proposal takes.
    taken
        What counts of the others' reservations.
    problem
        The plan's day.
    """
    for one in wanted:
        if one.site.kind is not SiteKind.STATION:
            # Cells of a pickup point are shared with nobody but the plan itself.
            continue
        here = [other for other in taken if other.site == one.site.id]
        room = one.site.capacity_ml.get(one.zone)
        used = sum(other.volume_ml for other in here if other.zone is one.zone)
        if room is not None and used + one.volume_ml > room:
            return f"{one.site.id} has no room left for {one.zone.value}"
        starts, ends = (problem.horizon.seconds(at) for at in (one.dock_from, one.dock_to))
        at_once = {(o.starts, o.ends) for o in here if o.starts < ends and o.ends > starts}
        if one.site.docks is not None and len(at_once) >= one.site.docks:
            return f"the docks of {one.site.id} are taken when the vehicle gets there"
    return None


def _volumes(plan: Plan) -> dict[LineKey, Millilitres]:
    return {
        item.key: item.volume_ml
        for route in plan.routes
        for stop in route.stops
        if stop.kind is SiteKind.PICKUP
        for item in stop.delivers
    }


def counting(problem: Problem, taken: Iterable[Taken], now: datetime) -> Iterator[Reservation]:
    """Give what of the stored reservations counts for a plan at a moment.

    Parameters
    ----------
    problem
        The plan's day, with its stations.
    taken
        What is stored, of any plan.
    now
        The present instant.
    """
    for one in taken:
        site = problem.sites.get(one.site)
        if site is None or not _same(site, one):
            continue
        if abs(one.dock_from - now) < KEPT_FOR:
            yield Reservation(
                site=site.id,
                zone=Zone(one.zone),
                volume_ml=one.volume_ml,
                starts=problem.horizon.seconds(one.dock_from),
                ends=problem.horizon.seconds(one.dock_to),
            )


def _same(site: Site, one: Taken) -> bool:
    return abs(site.lat - one.lat) < SAME_PLACE_DEG and abs(site.lon - one.lon) < SAME_PLACE_DEG
