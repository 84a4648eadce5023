"""A city made up by a seed, as the JSON form of a problem, for tests that need a certain size."""

from __future__ import annotations

import random
from typing import Any

Document = dict[str, Any]

LAT, LON = 28.2, 112.95
ZONES = ("frozen", "chilled", "controlled")


def city(*, orders: int = 200, points: int = 80, grids: int = 4, seed: int = 1) -> Document:
    """Make a city whose fleet can serve its orders with ease."""
    draw = random.Random(seed)
    names = [f"G{number}" for number in range(1, grids + 1)]
    places = {name: _near(draw, LAT, LON, 0.08) for name in names}
    sites: list[Document] = [
        {"id": "C1", "kind": "central", "lat": LAT, "lon": LON - 0.1, "docks": 4, "opens": "20:00",
         "closes": "12:00"},
    ]  # fmt: skip
    for name, (lat, lon) in places.items():
        sites.append(
            {"id": name, "kind": "grid", "lat": lat, "lon": lon, "docks": 2, "service_s": 600,
             "sorting_min": 30}
        )  # fmt: skip
    for number in range(1, points + 1):
        grid = names[number % grids]
        lat, lon = _near(draw, *places[grid], 0.02)
        sites.append(
            {"id": f"P{number}", "kind": "pickup", "lat": lat, "lon": lon, "opens": "07:00",
             "closes": "13:00", "service_s": 180, "grid": grid}
        )  # fmt: skip
    return {
        "schema": "coldgrid/problem/1",
        "id": f"city-{orders}",
        "time_zone": "Asia/Shanghai",
        "horizon_start": "2026-07-14T20:00:00+08:00",
        "sites": sites,
        "vehicles": _fleet(names),
        "orders": [_order(draw, number, points) for number in range(1, orders + 1)],
    }


def _near(draw: random.Random, lat: float, lon: float, degrees: float) -> tuple[float, float]:
    return (
        round(lat + draw.uniform(-degrees, degrees), 6),
        round(lon + draw.uniform(-degrees, degrees), 6),
    )


def _fleet(grids: list[str]) -> list[Document]:
    truck = {
        "type": "truck", "home": "C1", "echelon": "linehaul", "payload_kg": 3000,
        "cap_frozen_l": 3000, "cap_chilled_l": 5000, "cap_controlled_l": 4000,
        "fixed_cents": 20000, "cents_per_km": 380, "cents_per_h": 2500, "shift_start": "20:30",
        "shift_end": "05:30", "max_trips": 2, "live_temperature": "yes",
    }  # fmt: skip
    van = {
        "type": "van", "echelon": "last_mile", "payload_kg": 700, "cap_frozen_l": 500,
        "cap_chilled_l": 900, "cap_controlled_l": 800, "fixed_cents": 5000, "cents_per_km": 150,
        "cents_per_h": 1800, "shift_start": "05:30", "shift_end": "13:00", "max_trips": 1,
        "live_temperature": "yes",
    }  # fmt: skip
    trucks = [{"id": f"T{number}", **truck} for number in range(1, len(grids) + 1)]
    vans = [{"id": f"V{n}{grid}", "home": grid, **van} for grid in grids for n in range(1, 5)]
    return [*trucks, *vans]


def _order(draw: random.Random, number: int, points: int) -> Document:
    mass = round(draw.uniform(1, 20), 1)
    return {
        "order": f"N{number}", "line": "1", "site": f"P{draw.randint(1, points)}",
        "zone": draw.choice(ZONES), "mass_kg": mass, "volume_l": round(2.2 * mass, 1),
        "value_cents": round(900 * mass),
    }  # fmt: skip
