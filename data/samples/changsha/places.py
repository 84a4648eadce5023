"""Where things stand in the Changsha sample: warehouses, stations, pickup points.

District centres and the course of the river are taken from the map, rounded; all else is invented.
"""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, radians, sin, sqrt
from random import Random

Row = dict[str, object]
"""The cells of one row by column."""
Place = tuple[float, float]
KM_PER_DEGREE = 111.2
GRIDS = {
    "G1": ("Yuelu", 28.228, 112.925, 17),
    "G2": ("Kaifu", 28.245, 112.990, 17),
    "G3": ("Furong", 28.192, 113.020, 17),
    "G4": ("Tianxin", 28.150, 112.985, 17),
    "G5": ("Yuhua", 28.135, 113.035, 16),
    "G6": ("Xingsha", 28.246, 113.080, 16),
}
"""District, place and pickup points of each grid warehouse."""
RIVER = ((28.06, 112.945), (28.15, 112.958), (28.20, 112.965), (28.25, 112.972), (28.32, 112.948))
"""The Xiang river: no point stands in it, and none is served across it."""
HALF_RIVER_DEG = 0.007
APART_KM = 0.3
LANES_KM, POINTS_KM = (0.5, 2.2), (0.5, 3.6)
"""Least and greatest distance from the grid, as the crow flies."""
STATIONS = {
    "S1": ("Yuelu Ice House", 28.219, 112.934, 2),
    "S2": ("Kaifu Cold Store", 28.233, 113.000, 1),
    "S3": ("Yuhua Cold Store", 28.150, 113.020, 2),
    "S4": ("Xingsha Ice House", 28.237, 113.066, 1),
}
LANES = {"G2": 4, "G3": 4, "G4": 4}
"""Points of a grid that lie in lanes which no van can enter."""
OFFICE_EVERY = 4
OFFICE_OPENS = "08:00"
FIRST_WORDS = (
    "Camphor", "Osmanthus", "Lotus", "Orange", "Peach", "Heron", "Maple", "Bamboo", "Jade",
    "Lantern", "Willow", "Plum", "Mill", "Stone", "Cloud", "Magnolia", "Swallow", "Silk", "Bell",
    "Reed",
)  # fmt: skip
LAST_WORDS = {
    "homes": ("Court", "Garden", "Terrace", "Village", "Homes"),
    "lane": ("Lane", "Alley", "Steps", "Gate", "Well"),
    "office": ("Tower", "Plaza", "Office Park", "Campus", "Square"),
}


def river_lon(lat: float) -> float:
    """Give the longitude of the river at a latitude."""
    for (south, one), (north, other) in pairwise(RIVER):
        if lat <= north:
            return one + (other - one) * (lat - south) / (north - south)
    return RIVER[-1][1]


def km_between(one: Place, other: Place) -> float:
    """Give kilometres between two places near each other, on a flat map."""
    north = (other[0] - one[0]) * KM_PER_DEGREE
    east = (other[1] - one[1]) * KM_PER_DEGREE * cos(radians(one[0]))
    return sqrt(north * north + east * east)


def point_near(draw: Random, grid: Place, least_km: float, most_km: float) -> Place:
    """Draw a place at such a distance from its grid, on its own bank and not on the water."""
    bank = grid[1] > river_lon(grid[0])
    while True:
        km, angle = least_km + (most_km - least_km) * sqrt(draw.random()), 2 * pi * draw.random()
        lat = grid[0] + km * cos(angle) / KM_PER_DEGREE
        lon = grid[1] + km * sin(angle) / (KM_PER_DEGREE * cos(radians(grid[0])))
        lat, lon = round(lat, 5), round(lon, 5)
        dry = abs(lon - river_lon(lat)) > HALF_RIVER_DEG
        if dry and (lon > river_lon(lat)) == bank:
            return lat, lon


def pickup_points(draw: Random) -> list[Row]:
    """Draw the points of all grids, at least 300 m apart, with hours and service by their kind."""
    rows: list[Row] = []
    taken: list[Place] = []
    names: set[str] = set()
    for grid, (_, lat, lon, count) in GRIDS.items():
        for number in range(count):
            kind = _kind(grid, number)
            reach = LANES_KM if kind == "lane" else POINTS_KM
            place = point_near(draw, (lat, lon), *reach)
            while any(km_between(place, other) < APART_KM for other in taken):
                place = point_near(draw, (lat, lon), *reach)
            taken.append(place)
            name: Row = {"id": f"P{len(rows) + 1:03d}", "name": _name(draw, kind, names)}
            rows.append(name | _point(draw, grid, kind, place))
    return rows


def _kind(grid: str, number: int) -> str:
    if number < LANES.get(grid, 0):
        return "lane"
    return "office" if number % OFFICE_EVERY == OFFICE_EVERY - 1 else "homes"


def _name(draw: Random, kind: str, names: set[str]) -> str:
    while (name := f"{draw.choice(FIRST_WORDS)} {draw.choice(LAST_WORDS[kind])}") in names:
        continue
    names.add(name)
    return name


def _point(draw: Random, grid: str, kind: str, place: Place) -> Row:
    hours = (OFFICE_OPENS, "20:00") if kind == "office" else ("07:00", "21:00")
    return {
        "kind": "pickup",
        "lat": place[0],
        "lon": place[1],
        "opens": hours[0],
        "closes": hours[1],
        "service_s": draw.choice((120, 150, 180)),
        "grid": grid,
        "needs": "narrow_lane" if kind == "lane" else "",
    }


def warehouses() -> list[Row]:
    """Give the central warehouse, the grids with their cold rooms and docks, and the stations."""
    central: Row = {
        "id": "C1", "kind": "central", "name": "Wangcheng Central", "lat": 28.320, "lon": 112.870,
        "opens": "20:00", "closes": "18:00", "service_s": 900, "docks": 4,
    }  # fmt: skip
    rows = [central]
    for grid, (district, lat, lon, _) in GRIDS.items():
        rows.append(
            {
                "id": grid, "kind": "grid", "name": f"{district} Grid", "lat": lat, "lon": lon,
                "opens": "00:00", "closes": "23:59", "service_s": 600, "docks": 2,
                "sorting_min": 40, "cap_frozen_l": 1500, "cap_chilled_l": 3000,
                "cap_controlled_l": 3000,
            }
        )  # fmt: skip
    for station, (name, lat, lon, docks) in STATIONS.items():
        rows.append(
            {
                "id": station, "kind": "station", "name": name, "lat": lat, "lon": lon,
                "opens": "00:00", "closes": "23:59", "service_s": 600, "docks": docks,
                "cap_frozen_l": 400 * docks, "cap_chilled_l": 700 * docks,
                "cap_controlled_l": 700 * docks,
            }
        )  # fmt: skip
    return rows
