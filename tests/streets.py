"""A town with streets like a chessboard, as the files in which road graphs come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from optimizer.domain.network import Site, SiteKind
from optimizer.travel.great_circle import haversine_m

KEYS = ("y", "x", "length", "travel_time", "oneway", "geometry", "maxspeed")


def place(name: str, lat: float, lon: float) -> Site:
    return Site(id=name, kind=SiteKind.PICKUP, name=name, lat=lat, lon=lon, hours=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Crossings in rows from south to north and columns from west to east.

    `one_way` names streets (tail, head) that may not be driven back.
    """

    south: float
    west: float
    north: float
    east: float
    rows: int
    columns: int
    one_way: frozenset[tuple[str, str]] = frozenset()

    def lat(self, row: int) -> float:
        return round(self.south + (self.north - self.south) * row / (self.rows - 1), 7)

    def lon(self, column: int) -> float:
        return round(self.west + (self.east - self.west) * column / (self.columns - 1), 7)

    def crossings(self) -> dict[str, tuple[float, float]]:
        return {
            f"{row}.{column}": (self.lat(row), self.lon(column))
            for row in range(self.rows)
            for column in range(self.columns)
        }

    def streets(self) -> list[tuple[str, str, float]]:
        """Give both ends of each street, the west or south one first, and its metres."""
        where = self.crossings()
        pairs = [
            (f"{row}.{column}", f"{row + up}.{column + right}")
            for row in range(self.rows)
            for column in range(self.columns)
            for up, right in ((0, 1), (1, 0))
            if row + up < self.rows and column + right < self.columns
        ]
        return [(tail, head, round(metres(where[tail], where[head]), 3)) for tail, head in pairs]

    def edge_list(self, path: Path, *, kmh: float | None = None) -> Path:
        """Write the town as CSV; with a speed every street has its seconds."""
        where = self.crossings()
        rows = ["from,from_lat,from_lon,to,to_lat,to_lon,length_m,seconds,oneway"]
        rows += [
            f"{a},{where[a][0]},{where[a][1]},{b},{where[b][0]},{where[b][1]},{length},"
            f"{'' if kmh is None else length * 3.6 / kmh},{'yes' if (a, b) in self.one_way else ''}"
            for a, b, length in self.streets()
        ]
        path.write_text("\n".join(rows), encoding="utf-8")
        return path

    def graphml(self, path: Path, *, kmh: float | None = None) -> Path:
        """Write the town as the tools of street maps do: directed, two edges for a street."""
        edges = []
        for a, b, length in self.streets():
            both = [(a, b)] if (a, b) in self.one_way else [(a, b), (b, a)]
            said = {"length": str(length)}
            said |= {} if kmh is None else {"travel_time": str(length * 3.6 / kmh)}
            edges += [(tail, head, said) for tail, head in both]
        path.write_text(graphml(self.crossings(), edges), encoding="utf-8")
        return path


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(haversine_m([one[0]], [one[1]], [other[0]], [other[1]])[0, 0])


def graphml(
    nodes: dict[str, tuple[float, float]],
    edges: Iterable[tuple[str, str, dict[str, str]]],
    *,
    default: str = "directed",
) -> str:
    """Write GraphML by hand."""
    keys = "".join(
        f'<key id="d{at}" for="{"node" if at < 2 else "edge"}" attr.name="{name}"'
        ' attr.type="string"/>'
        for at, name in enumerate(KEYS)
    )
    points = "".join(
        f'<node id="{name}">{_data({"y": str(lat), "x": str(lon)})}</node>'
        for name, (lat, lon) in nodes.items()
    )
    lines = "".join(
        f'<edge source="{tail}" target="{head}">{_data(said)}</edge>' for tail, head, said in edges
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        f'{keys}<graph edgedefault="{default}">{points}{lines}</graph></graphml>'
    )


def _data(said: dict[str, str]) -> str:
    return "".join(
        f'<data key="d{KEYS.index(name)}">{escape(value)}</data>' for name, value in said.items()
    )


def closed_box(
    path: Path, south: float, west: float, north: float, east: float, **properties: str
) -> Path:
    """Write a rectangle that is closed."""
    ring: Sequence[tuple[float, float]] = [
        (west, south), (east, south), (east, north), (west, north), (west, south),
    ]  # fmt: skip
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path
