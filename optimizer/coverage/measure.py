"""Measures coverage: every pickup point, and every leg of a plan, against the stations."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.coverage.legs import legs_in
from optimizer.coverage.paths import legs_of, samples_of
from optimizer.coverage.points import points_of
from optimizer.coverage.stations import Stations
from optimizer.coverage.ways import ways_from
from optimizer.coverage.words import Coverage, Gap, Share
from optimizer.domain.ids import SiteId
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Metres
from optimizer.response.words import RADIUS_M
from optimizer.travel.provider import TravelProvider

EVERY_M: Metres = 500


def coverage(
    problem: Problem,
    plan: Plan | None = None,
    *,
    travel: TravelProvider,
    radius_m: Metres = RADIUS_M,
    every_m: Metres = EVERY_M,
) -> Coverage:
    """List every pickup point and every stretch of a leg without a station within reach.

    A station counts for a zone if it is within the radius by road, has room for what is on board,
    and is open when the vehicle would be there. What others have reserved there is not known.

    Parameters
    ----------
    problem
        The network and its orders.
    plan
        Whose legs are looked at, and when; None looks at points alone.
    travel
        Where distances come from.
    radius_m
        How far a station may be.
    every_m
        How often a leg is looked at, by its metres.
    """
    stations = Stations(problem.sites_of(SiteKind.STATION), radius_m)
    points = list(points_of(problem, plan, stations, travel))
    open_points = [one for _, one in points if one is not None]
    legs = [] if plan is None else legs_of(problem, plan, travel)
    gaps: list[Gap] = []
    shares = [share for share, _ in points]
    by_position = True
    if legs:
        samples = samples_of(legs, every_m)
        ways = ways_from(problem, legs, samples, stations.sites, travel)
        by_position = ways.by_position
        for zone in Zone:
            more, found = legs_in(legs, samples, ways, stations, zone)
            shares += more
            gaps += found
    return Coverage(
        radius_m=radius_m,
        every_m=every_m,
        by_position=by_position,
        points=tuple(sorted(open_points, key=lambda one: (one.grid, one.site, _rank(one.zone)))),
        gaps=tuple(sorted(gaps, key=lambda one: (one.route, one.leg, _rank(one.zone), one.from_m))),
        shares=_summed(shares),
    )


def _summed(shares: Sequence[Share]) -> tuple[Share, ...]:
    found: dict[tuple[SiteId, int], Share] = {}
    for share in shares:
        key = share.grid, _rank(share.zone)
        known = found.get(key)
        found[key] = share if known is None else known + share
    return tuple(found[key] for key in sorted(found))


def _rank(zone: Zone) -> int:
    return tuple(Zone).index(zone)
