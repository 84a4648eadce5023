"""Reads off a plan what a screen shows of it; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from api.life.freeze import Freeze
from api.manifests.docks import build_loading_list
from api.manifests.sheet import Heading
from api.schemas.plan_overview import (
    BerthOut,
    LeftOverviewOut,
    LoadOut,
    PlanOverviewOut,
    RouteOverviewOut,
    SiteOverviewOut,
    StopOverviewOut,
    StopZoneOut,
    YardOut,
)
from api.schemas.plans import ViolationOut
from api.services.plan_book import OpenPlan
from optimizer.domain.fleet import Echelon
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Delivery, Plan, Route, Stop, Unserved
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import thousands

SHOWN_ANYWAY = frozenset({SiteKind.CENTRAL, SiteKind.GRID, SiteKind.STATION})
WITH_DOCKS = (SiteKind.CENTRAL, SiteKind.GRID)
PLACES = 6
"""Decimals of a degree: a tenth of a metre."""


def written_overview(opened: OpenPlan, frozen: Freeze) -> bytes:
    """Show a version of a plan, as it is sent.

    Parameters
    ----------
    opened, frozen
        As in ``overview_of``.
    """
    return overview_of(opened, frozen).model_dump_json().encode()


def overview_of(opened: OpenPlan, frozen: Freeze) -> PlanOverviewOut:
    """Show a version of a plan.

    Parameters
    ----------
    opened
        The version with its problem and standing.
    frozen
        What stays of it.
    """
    head, plan, problem = opened.head, opened.plan, opened.problem
    check = plan.check
    left = [_left(problem, one) for one in plan.unserved]
    return PlanOverviewOut(
        plan=head.id,
        name=head.name,
        state=head.state,
        version=plan.version,
        newest_version=head.version,
        revision=head.revision,
        horizon_start=plan.horizon.instant(0),
        time_zone=plan.horizon.time_zone,
        feasible=check is not None and check.feasible,
        violations=[
            ViolationOut(code=one.code, where=one.where, amount=one.amount)
            for one in (check.violations if check else ())
        ],
        objective_cents=plan.cost.total,
        cost_breakdown_cents=plan.cost.as_dict(),
        kpis=dict(plan.kpis),
        pins=dict(head.pins),
        locks=list(head.locks),
        sites=[_site(site) for site in _sites(problem, plan, left)],
        routes=[_route(route, frozen.because) for route in plan.routes],
        yards=list(_yards(opened)),
        left_out=left,
    )


def _sites(problem: Problem, plan: Plan, left: list[LeftOverviewOut]) -> Iterator[Site]:
    touched = {stop.site for route in plan.routes for stop in route.stops}
    touched |= {one.site for one in left if one.site}
    for site in problem.sites.values():
        if site.kind in SHOWN_ANYWAY or site.id in touched:
            yield site


def _site(site: Site) -> SiteOverviewOut:
    return SiteOverviewOut(
        id=site.id,
        kind=site.kind,
        name=site.name,
        lat=round(site.lat, PLACES),
        lon=round(site.lon, PLACES),
    )


def _route(route: Route, because: Mapping[str, str]) -> RouteOverviewOut:
    return RouteOverviewOut(
        id=route.id,
        echelon=route.echelon,
        vehicle=route.vehicle,
        vehicle_type=route.vehicle_type,
        wave=route.wave,
        trip=route.trip,
        start_site=route.start_site,
        end_site=route.end_site,
        departs_s=route.departs,
        returns_s=route.returns,
        distance_m=route.distance_m,
        cost_cents=route.cost_cents,
        loads=list(_loads(route)),
        stays=because.get(route.id),
        stops=[_stop(stop, route.echelon) for stop in route.stops],
    )


def _loads(route: Route) -> Iterator[LoadOut]:
    goods = _by_zone(one for stop in route.stops for one in stop.delivers)
    for zone in ZONES:
        own, room = goods.get(zone, ()), route.compartments.get(zone)
        if own or room:
            yield LoadOut(
                zone=zone,
                kg=thousands(sum(one.mass_g for one in own)),
                litres=thousands(sum(one.volume_ml for one in own)),
                room_l=None if room is None else thousands(room),
            )


def _stop(stop: Stop, echelon: Echelon) -> StopOverviewOut:
    # Vans name every line once more; the names are half of the answer.
    lines = [str(one.key) for one in stop.delivers] if echelon is Echelon.LAST_MILE else []
    return StopOverviewOut(
        site=stop.site,
        arrives_s=stop.arrives,
        starts_s=stop.service_starts,
        departs_s=stop.departs,
        zones=list(_zones(stop)),
        lines=lines,
        collects=[str(one.key) for one in stop.collects],
    )


def _zones(stop: Stop) -> Iterator[StopZoneOut]:
    goods = _by_zone(stop.delivers)
    for zone in ZONES:
        if zone in goods:
            expected = stop.predicted.get(zone)
            yield StopZoneOut(
                zone=zone,
                kg=thousands(sum(one.mass_g for one in goods[zone])),
                product_c=None if expected is None else round(expected.product_c, 1),
                margin_c=None if expected is None else round(expected.margin_c, 1),
            )


def _by_zone(goods: Iterable[Delivery]) -> dict[Zone, list[Delivery]]:
    found: dict[Zone, list[Delivery]] = {}
    for one in goods:
        found.setdefault(one.zone, []).append(one)
    return found


def _yards(opened: OpenPlan) -> Iterator[YardOut]:
    head = opened.head
    heading = Heading(
        plan=head.id,
        name=head.name,
        version=opened.plan.version,
        state=head.state,
        made_at=opened.note.created_at,
    )
    for site in opened.problem.sites.values():
        if site.kind in WITH_DOCKS:
            docks = build_loading_list(opened.problem, opened.plan, site.id, heading)
            berths = [
                BerthOut(
                    dock=one.dock,
                    route=one.route,
                    vehicle=one.vehicle,
                    loads=one.loads,
                    starts_s=one.starts,
                    ends_s=one.ends,
                )
                for one in docks.times
            ]
            yield YardOut(site=site.id, docks=site.docks, berths=berths)


def _left(problem: Problem, one: Unserved) -> LeftOverviewOut:
    line = problem.lines.get(one.key) or problem.collects.get(one.key)
    zone: Zone | None = line.zone if line else None
    return LeftOverviewOut(
        order=one.key.order,
        line=one.key.line,
        site=line.site if line else None,
        zone=zone,
        kg=thousands(line.mass_g) if line else 0,
        reason=one.reason.value,
        detail=one.detail,
    )
