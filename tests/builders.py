"""Small domain objects with defaults, for tests that need a handful of them and vary one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from optimizer.domain.fleet import Body, Cooling, Echelon, Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.network import Site, SiteKind, TimeWindow
from optimizer.domain.objective import ObjectiveWeights, Promise
from optimizer.domain.orders import Mode, OrderLine
from optimizer.domain.problem import HORIZON_S, Horizon, Problem, TravelSettings, Wave
from optimizer.domain.temperature import DEFAULT_POLICIES, Zone

HOUR = 3600
SIX = 10 * HOUR
"""Six in the morning, of a horizon that starts at eight in the evening."""
ALWAYS = (TimeWindow(opens=0, closes=HORIZON_S),)


def hours(opens_h: float, closes_h: float) -> TimeWindow:
    """Give a window in hours from the horizon start."""
    return TimeWindow(opens=int(opens_h * HOUR), closes=int(closes_h * HOUR))


def central(name: str = "C1", **changes: Any) -> Site:
    site = Site(
        id=name, kind=SiteKind.CENTRAL, name=name, lat=28.25, lon=112.90, hours=ALWAYS, docks=2
    )
    return replace(site, **changes)


def grid(name: str = "G1", **changes: Any) -> Site:
    site = Site(
        id=name,
        kind=SiteKind.GRID,
        name=name,
        lat=28.20,
        lon=113.00,
        hours=ALWAYS,
        service_s=600,
        docks=1,
        sorting_s=1800,
    )
    return replace(site, **changes)


def point(name: str, east_km: float = 1.0, north_km: float = 0.0, **changes: Any) -> Site:
    """Place a pickup point some kilometres from the default grid."""
    site = Site(
        id=name,
        kind=SiteKind.PICKUP,
        name=name,
        lat=28.20 + north_km / 111.2,
        lon=113.00 + east_km / 98.0,
        hours=(hours(11, 16),),
        service_s=180,
        grid="G1",
    )
    return replace(site, **changes)


def van(name: str = "V1", **changes: Any) -> Vehicle:
    vehicle = Vehicle(
        id=name,
        type="van",
        home="G1",
        echelon=Echelon.LAST_MILE,
        owner="own",
        payload_g=800_000,
        capacity_ml={Zone.FROZEN: 500_000, Zone.CHILLED: 800_000, Zone.CONTROLLED: 700_000},
        bulkhead_step_ml=None,
        fixed_cents=5000,
        cents_per_km=150,
        cents_per_h=0,
        shift=hours(9, 19),
        max_trips=1,
        cooling=Cooling.REFRIGERATED,
        live_temperature=True,
    )
    return replace(vehicle, **changes)


def truck(name: str = "T1", **changes: Any) -> Vehicle:
    return van(
        name,
        **{
            "type": "truck",
            "home": "C1",
            "echelon": Echelon.LINEHAUL,
            "payload_g": 6_000_000,
            "capacity_ml": dict.fromkeys(Zone, 6_000_000),
            "fixed_cents": 20_000,
            "cents_per_km": 400,
            "shift": hours(0.5, 13),
            **changes,
        },
    )


def line(order: str, site: str, zone: Zone = Zone.CHILLED, **changes: Any) -> OrderLine:
    item = OrderLine(
        key=LineKey(order, "1"),
        site=site,
        article="A1",
        batch=None,
        zone=zone,
        mass_g=20_000,
        volume_ml=50_000,
        value_cents=10_000,
        shelf_life_left_s=72 * HOUR,
        promise="daily",
        priority=1,
        window=None,
        mode=Mode.PICKUP,
    )
    return replace(item, **changes)


def problem(
    *,
    sites: Iterable[Site],
    vehicles: Iterable[Vehicle],
    lines: Iterable[OrderLine],
    **changes: Any,
) -> Problem:
    built = Problem(
        id="small",
        horizon=Horizon(
            start=datetime.fromisoformat("2026-02-10T20:00:00+08:00"), time_zone="Asia/Shanghai"
        ),
        sites={site.id: site for site in sites},
        vehicles={vehicle.id: vehicle for vehicle in vehicles},
        lines={item.key: item for item in lines},
        stock=(),
        waves=(Wave(id="morning", departs=SIX),),
        travel=TravelSettings(speed_kmh={"van": 25.0, "truck": 45.0}),
        policies=DEFAULT_POLICIES,
        promises={
            "cold": Promise(deadline_s=15 * HOUR, cents_per_min_late=20),
            "daily": Promise(deadline_s=24 * HOUR, cents_per_min_late=5),
        },
        time_on_board_s={Zone.FROZEN: 6 * HOUR, Zone.CHILLED: 6 * HOUR},
        objective=ObjectiveWeights(),
        bodies={"van": Body(cooling_w=4000), "truck": Body(cooling_w=8000)},
        radius_m=20_000,
        ambient_c=12.0,
    )
    return replace(built, **changes)
