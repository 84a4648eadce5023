"""In which compartments goods are, from when to when: what a plan says and what was reported.

A compartment is watched from before its route leaves, when it is loaded, until everything of its
zone was handed over; what is refused stays on board until the vehicle is back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.road.day import Day, Visit
from optimizer.domain.fleet import Echelon
from optimizer.domain.plan import Route
from optimizer.domain.temperature import Zone

LOADED_BEFORE = timedelta(minutes=30)
"""So long before a route leaves its goods are on board, at the latest."""

BACK_AFTER = timedelta(minutes=60)
"""So long after the planned return nothing is on board any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aboard:
    """The goods of a route in one compartment.

    Parameters
    ----------
    point
        Vehicle and zone, as the registry names the compartment.
    lane
        The site that the route starts from.
    is_over
        Whether the compartment is empty already, or nobody drives the plan.
    """

    plan: str
    route: str
    point: str
    lane: str
    starts_at: datetime
    ends_at: datetime
    is_over: bool = False


def aboard(
    day: Day, now: datetime, *, is_driven: bool, loaded_wave: str | None
) -> Iterator[Aboard]:
    """Say which compartments have goods of a plan in them, and when.

    Parameters
    ----------
    day
        The plan with its events.
    now
        The present instant.
    is_driven
        Whether the plan is in a state in which goods may be on board.
    loaded_wave
        The wave whose vans are being loaded, whatever the clock says.
    """
    for route in day.plan.routes:
        visits = day.route_visits(route.id)
        starts_at = day.plan.horizon.instant(route.departs) - LOADED_BEFORE
        if (route.wave, route.echelon) == (loaded_wave, Echelon.LAST_MILE):
            starts_at = min(starts_at, now)
        for zone in _zones(route):
            yield Aboard(
                plan=day.id,
                route=route.id,
                point=f"{route.vehicle}/{zone.value}",
                lane=route.start_site,
                starts_at=starts_at,
                ends_at=day.plan.horizon.instant(route.returns) + BACK_AFTER,
                is_over=not is_driven or _is_empty(visits, zone),
            )


def _zones(route: Route) -> list[Zone]:
    found = {item.zone for stop in route.stops for item in stop.delivers}
    return [zone for zone in Zone if zone in found]


def _is_empty(visits: list[Visit], zone: Zone) -> bool:
    lines = [line for visit in visits for line in visit.progress.lines.values()]
    mine = [line for line in lines if line.zone is zone]
    return bool(mine) and all(line.rest_g <= 0 and line.refused_g == 0 for line in mine)
