"""A plan on a map: GeoJSON (RFC 7946) with sites as points and routes as straight legs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from optimizer.domain.network import Site
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import thousands
from optimizer.formats.plan_json import at


def plan_geojson(problem: Problem, plan: Plan) -> dict[str, Any]:
    """Give a FeatureCollection: every site of the problem, then every route of the plan.

    Parameters
    ----------
    problem
        The problem that the plan answers.
    plan
        The plan.

    Raises
    ------
    KeyError
        The plan visits a site that the problem has not.
    """
    lines = Counter(line.site for line in problem.lines.values())
    left_out = Counter(problem.lines[unserved.key].site for unserved in plan.unserved)
    sites = [_site(site, lines[site.id], left_out[site.id]) for site in problem.sites.values()]
    return {
        "type": "FeatureCollection",
        "features": [*sites, *(_route(problem, plan, route) for route in plan.routes)],
    }


def _position(site: Site) -> list[float]:
    return [site.lon, site.lat]


def _site(site: Site, lines: int, unserved: int) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": f"site/{site.id}",
        "geometry": {"type": "Point", "coordinates": _position(site)},
        "properties": {
            "feature": "site",
            "id": site.id,
            "kind": site.kind.value,
            "name": site.name,
            "lines": lines,
            "unserved": unserved,
        },
    }


def _route(problem: Problem, plan: Plan, route: Route) -> dict[str, Any]:
    visited = [route.start_site, *(stop.site for stop in route.stops), route.end_site]
    load_g = sum(one.mass_g for stop in route.stops for one in stop.delivers)
    return {
        "type": "Feature",
        "id": f"route/{route.id}",
        "geometry": {
            "type": "LineString",
            "coordinates": [_position(problem.sites[site]) for site in visited],
        },
        "properties": {
            "feature": "route",
            "id": route.id,
            "echelon": route.echelon.value,
            "vehicle": route.vehicle,
            "vehicle_type": route.vehicle_type,
            "wave": route.wave,
            "trip": route.trip,
            "departs_at": at(plan.horizon, route.departs),
            "returns_at": at(plan.horizon, route.returns),
            "distance_m": route.distance_m,
            "cost_cents": route.cost_cents,
            "mass_kg": thousands(load_g),
            "stops": [stop.site for stop in route.stops],
        },
    }
