"""Delivery sites with spots and parcels as the rows of a problem.

Each site becomes a grid warehouse, each of its spots a pickup point of it, each order as many
lines as its parcels have zones. Every parcel that goes in comes out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from math import asin, atan2, ceil, cos, degrees, radians, sin
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from optimizer.domain.temperature import COLD_ZONES, ZONES
from optimizer.formats.bogota_options import FleetRule
from optimizer.formats.settings import PROBLEM_SCHEMA
from optimizer.formats.shanghai_options import ShanghaiOptions
from optimizer.formats.shanghai_sites import CENTRAL, DeliverySite, Parcels, Place

EARTH_KM = 6371.0


def central_place(sites: Sequence[DeliverySite], options: ShanghaiOptions) -> Place:
    """Place the central warehouse: the parcels' centre, moved out to the rim.

    The centre is the mean of the spots weighted by their parcels; from there the way goes along
    a great circle.

    Parameters
    ----------
    sites
        All sites of the file: a warehouse does not move because fewer of them are planned.
    options
        How far and in which direction it is moved.
    """
    weights, lats, lons = [], [], []
    for site in sites:
        for order in site.orders:
            lat, lon = site.spots[order.spot]
            weights.append(order.number)
            lats.append(lat * order.number)
            lons.append(lon * order.number)
    lat, lon = radians(sum(lats) / sum(weights)), radians(sum(lons) / sum(weights))
    way, bearing = options.central_out_km / EARTH_KM, radians(options.central_bearing_deg)
    there = asin(sin(lat) * cos(way) + cos(lat) * sin(way) * cos(bearing))
    aside = atan2(sin(bearing) * sin(way) * cos(lat), cos(way) - sin(lat) * sin(there))
    return round(degrees(there), 6), round(degrees(lon + aside), 6)


def problem_tables(
    sites: Sequence[DeliverySite], central: Place, options: ShanghaiOptions
) -> dict[str, Any]:
    """Give the rows of ``sites``, ``vehicles``, ``orders`` and the content of ``settings``.

    Parameters
    ----------
    sites
        Those that are planned.
    central
        Where the central warehouse stands.
    options
        Everything the file does not say.
    """
    return {
        "sites": list(_site_rows(sites, central, options)),
        "vehicles": list(_vehicle_rows(sites, options)),
        "orders": [row for s in sites for order in s.orders for row in _order_rows(order, options)],
        "settings": _settings(len(sites), options),
    }


def _site_rows(
    sites: Sequence[DeliverySite], central: Place, options: ShanghaiOptions
) -> Iterator[dict[str, Any]]:
    house = {"opens": options.house_opens, "closes": options.house_closes}
    hours = {"opens": options.opens, "closes": options.closes}
    work = {
        "service_s": options.grid_service_s,
        "docks": options.grid_docks,
        "sorting_min": options.sorting_min,
    }
    yield {
        "id": CENTRAL,
        "kind": "central",
        "name": "Central warehouse",
        **_coordinates(central),
        **house,
        "service_s": 0,
    }
    for site in sites:
        name = {"id": site.id, "kind": "grid", "name": f"Site {site.id}"}
        yield {**name, **_coordinates(site.place), **house, **work}
    for site in sites:
        for spot, place in site.spots.items():
            name = {"id": spot, "kind": "pickup", "name": f"Spot {spot}"}
            service = {"service_s": options.spot_service_s, "grid": site.id}
            yield {**name, **_coordinates(place), **hours, **service}


def _coordinates(place: Place) -> dict[str, float]:
    return dict(zip(("lat", "lon"), place, strict=True))


def _vehicle_rows(
    sites: Sequence[DeliverySite], options: ShanghaiOptions
) -> Iterator[dict[str, Any]]:
    """Station trucks by all parcels or grids, vans by the parcels or spots of each grid."""
    parcels = sum(site.parcels for site in sites)
    trucks = ceil(
        max(_loads(parcels, options.truck, options), len(sites) / options.grids_per_truck)
    )
    yield from _vehicles("truck", options.truck, CENTRAL, trucks)
    largest = max(options.vans.values(), key=lambda van: van.body_l)
    for site in sites:
        mornings = float(options.fleet_factor) * len(site.spots) / options.spots_per_van
        count = ceil(max(_loads(site.parcels, largest, options), mornings))
        for kind, van in options.vans.items():
            yield from _vehicles(kind, van, site.id, count)


def _loads(parcels: int, rule: FleetRule, options: ShanghaiOptions) -> float:
    """Say how many bodies the parcels and their spare room fill, by room and by weight."""
    room = parcels * options.parcel_l / rule.body_l
    weight = parcels * options.parcel_kg / rule.payload_kg
    return float(options.fleet_factor * max(room, weight))


def _vehicles(kind: str, rule: FleetRule, home: str, count: int) -> Iterator[dict[str, Any]]:
    echelon = "linehaul" if home == CENTRAL else "last_mile"
    for number in range(1, count + 1):
        name = {"id": f"{home}-{kind}-{number:02d}", "type": kind, "home": home}
        yield {**name, "echelon": echelon, **rule.columns()}


def _order_rows(order: Parcels, options: ShanghaiOptions) -> Iterator[dict[str, Any]]:
    """Draw a zone for each parcel; the parcels of a zone are one line."""
    draw = Random(f"{options.seed}/{order.order}")
    weights = [options.zone_shares.get(zone, 0.0) for zone in ZONES]
    drawn = Counter(draw.choices(ZONES, weights, k=order.number))
    for number, zone in enumerate(sorted(drawn, key=ZONES.index), start=1):
        parcels = drawn[zone]
        yield {
            "order": order.order,
            "line": str(number),
            "site": order.spot,
            "article": f"{zone.value}_parcel",
            "zone": zone.value,
            "mass_kg": parcels * options.parcel_kg,
            "volume_l": parcels * options.parcel_l,
            "value_cents": parcels * options.parcel_cents,
            "promise": "cold" if zone in COLD_ZONES else "daily",
            "priority": 1,
            "mode": "pickup",
        }


def _settings(sites: int, options: ShanghaiOptions) -> dict[str, Any]:
    zone = ZoneInfo(options.time_zone)
    eve = options.day - timedelta(days=1)
    start = datetime.combine(eve, time.fromisoformat(options.start), zone)
    closing = datetime.combine(options.day, time.fromisoformat(options.closes), zone)
    due = {"cold": (closing - start).total_seconds() / 3600, "daily": options.daily_h}
    kinds = {"truck": options.truck, **options.vans}
    return {
        "schema": PROBLEM_SCHEMA,
        "id": f"shanghai-{sites}",
        "time_zone": options.time_zone,
        "horizon_start": start.isoformat(),
        "ambient_c": options.ambient_c,
        "travel": {
            "provider": "great_circle",
            "circuity": options.circuity,
            "speed_kmh": {kind: rule.speed_kmh for kind, rule in kinds.items()},
        },
        "waves": [{"id": "morning", "departs": options.wave}],
        "promises": {
            name: {"deadline_h": due[name], "cents_per_min_late": cents}
            for name, cents in options.cents_per_min_late.items()
        },
        "time_on_board_h": {
            cold.value: options.time_on_board_h for cold in ZONES if cold in COLD_ZONES
        },
        "radius_km": None,
    }
