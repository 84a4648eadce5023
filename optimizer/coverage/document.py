"""Coverage as one JSON document, for the command line and the service."""

from __future__ import annotations

from typing import Any

from optimizer.coverage.words import Coverage, Gap, Nearest, OpenPoint, Share
from optimizer.domain.problem import Horizon
from optimizer.domain.temperature import Zone
from optimizer.formats.plan_json import at

COVERAGE_SCHEMA = "coldgrid/coverage/1"
DIGITS = 6
"""Of a coordinate: a tenth of a metre."""


def coverage_document(
    horizon: Horizon, problem: str, found: Coverage, plan_version: int | None = None
) -> dict[str, Any]:
    """Give the JSON form; instants are RFC 3339 with the local offset.

    Parameters
    ----------
    horizon, problem
        From which seconds count, and the problem's id.
    found
        What is to be written.
    plan_version
        Of the plan whose legs were looked at; None where points alone were.
    """
    totals = [found.total(zone) for zone in Zone]
    return {
        "schema": COVERAGE_SCHEMA,
        "problem": problem,
        "plan_version": plan_version,
        "radius_m": found.radius_m,
        "every_m": found.every_m,
        "measured_from": "position" if found.by_position else "sites",
        "whole": found.is_whole,
        "totals": [_share(one) for one in totals if one.points or one.legs],
        "grids": [_share(one) for one in found.shares],
        "points": [_point(horizon, one) for one in found.points],
        "gaps": [_gap(horizon, one) for one in found.gaps],
    }


def part_of(covered: int, whole: int) -> float | None:
    """Give a share to four decimals; None of nothing."""
    return round(covered / whole, 4) if whole else None


def _share(one: Share) -> dict[str, Any]:
    return {
        "grid": one.grid or None,
        "zone": one.zone.value,
        "points": one.points,
        "covered_points": one.covered_points,
        "points_share": part_of(one.covered_points, one.points),
        "legs": one.legs,
        "covered_legs": one.covered_legs,
        "legs_share": part_of(one.covered_legs, one.legs),
        "distance_m": one.metres,
        "covered_m": one.covered_metres,
        "distance_share": part_of(one.covered_metres, one.metres),
    }


def _point(horizon: Horizon, one: OpenPoint) -> dict[str, Any]:
    return {
        "site": one.site,
        "grid": one.grid or None,
        "zone": one.zone.value,
        "reason": one.reason.value,
        "nearest": _nearest(one.nearest),
        "at": None if one.at is None else at(horizon, one.at),
    }


def _gap(horizon: Horizon, one: Gap) -> dict[str, Any]:
    return {
        "route": one.route,
        "vehicle": one.vehicle,
        "leg": one.leg,
        "from_site": one.from_site,
        "to_site": one.to_site,
        "grid": one.grid,
        "zone": one.zone.value,
        "from_m": one.from_m,
        "to_m": one.to_m,
        "starts_at": at(horizon, one.starts),
        "ends_at": at(horizon, one.ends),
        "lat": round(one.lat, DIGITS),
        "lon": round(one.lon, DIGITS),
        "reason": one.reason.value,
        "nearest": _nearest(one.nearest),
    }


def _nearest(one: Nearest | None) -> dict[str, Any] | None:
    return None if one is None else {"site": one.site, "distance_m": one.distance_m}
