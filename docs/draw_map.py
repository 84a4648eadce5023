"""Draw the map of a plan as SVG: ``python docs/draw_map.py PLAN.geojson MAP.svg``.

Reads nothing but the GeoJSON that ``coldgrid plan`` writes. Legs are straight lines between
stops, as in the file: they show the order of the stops and not the roads.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import cos, floor, log10, radians
from pathlib import Path
from typing import Any

WIDTH, MARGIN, LEGEND = 920, 46, 225
KM_PER_DEGREE = 111.195
LONGEST_BAR = 150
TRUCK_COLOUR = "#4b5563"
VAN_COLOURS = (
    "#0f766e", "#c2410c", "#6d28d9", "#1d4ed8", "#a16207", "#be185d", "#15803d", "#0369a1",
)  # fmt: skip
STYLE = """
text { font: 13px system-ui, "Segoe UI", "Noto Sans", sans-serif; fill: #111827 }
.small { font-size: 11px; fill: #4b5563 }
.halo { paint-order: stroke; stroke: #f8fafc; stroke-width: 4px; stroke-linejoin: round }
.route { fill: none; stroke-linejoin: round; stroke-linecap: round }
"""

Feature = Mapping[str, Any]


class Sheet:
    """The drawing: turns degrees into pixels and collects shapes."""

    def __init__(self, positions: Sequence[Sequence[float]]) -> None:
        lons, lats = [p[0] for p in positions], [p[1] for p in positions]
        self.west, self.north = min(lons), max(lats)
        self.shrink = cos(radians((min(lats) + max(lats)) / 2))
        across = max((max(lons) - self.west) * self.shrink, 1e-3)
        self.scale = (WIDTH - LEGEND - 2 * MARGIN) / across
        self.height = round((self.north - min(lats)) * self.scale) + 2 * MARGIN
        self.height = max(self.height, 340)
        self.shapes: list[str] = []

    def at(self, position: Sequence[float]) -> tuple[float, float]:
        """Give the pixels of a longitude and latitude."""
        x = MARGIN + (position[0] - self.west) * self.shrink * self.scale
        return round(x, 1), round(MARGIN + (self.north - position[1]) * self.scale, 1)

    def line(self, points: Iterable[Sequence[float]], colour: str, style: str) -> None:
        """Draw a route."""
        path = " ".join(f"{x},{y}" for x, y in points)
        self.shapes.append(f'<polyline class="route" points="{path}" stroke="{colour}" {style}/>')

    def text(self, x: float, y: float, words: str, kind: str = "") -> None:
        """Write words."""
        self.shapes.append(f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>')

    def mark(self, kind: str, x: float, y: float, *, unserved: bool = False) -> None:
        """Draw a site's sign."""
        if kind == "central":
            shape = f'<rect x="{x - 9}" y="{y - 9}" width="18" height="18" rx="3" fill="#111827"/>'
        elif kind == "grid":
            shape = f'<rect x="{x - 7}" y="{y - 7}" width="14" height="14" rx="2" fill="#2563eb"'
            shape += ' stroke="#ffffff" stroke-width="2"/>'
        elif kind == "station":
            corners = f"{x},{y - 7} {x + 7},{y + 6} {x - 7},{y + 6}"
            shape = f'<polygon points="{corners}" fill="#ffffff" stroke="#dc2626"'
            shape += ' stroke-width="2"/>'
        else:
            fill, edge = ("#ffffff", "#dc2626") if unserved else ("#f8fafc", "#111827")
            shape = f'<circle cx="{x}" cy="{y}" r="4.5" fill="{fill}" stroke="{edge}"'
            shape += ' stroke-width="2"/>'
        self.shapes.append(shape)

    def svg(self, title: str) -> str:
        """Give the whole document."""
        frame = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}"'
            f' role="img" aria-label="{escape(title)}">'
        )
        paper = f'<rect width="{WIDTH}" height="{self.height}" rx="10" fill="#f8fafc"/>'
        body = "\n".join(self.shapes)
        return f"{frame}\n<style>{STYLE}</style>\n{paper}\n{body}\n</svg>\n"


def draw(collection: Mapping[str, Any], title: str) -> str:
    """Draw sites and routes of a plan."""
    features: Sequence[Feature] = collection["features"]
    sites = [f for f in features if f["properties"]["feature"] == "site"]
    routes = [f for f in features if f["properties"]["feature"] == "route"]
    sheet = Sheet([site["geometry"]["coordinates"] for site in sites])
    colours = _colours(routes)
    for route in sorted(routes, key=lambda r: r["properties"]["echelon"] != "linehaul"):
        _draw_route(sheet, route, colours[route["id"]])
    for site in sorted(sites, key=lambda s: s["properties"]["kind"] != "pickup"):
        _draw_site(sheet, site)
    _legend(sheet, title, routes, colours)
    _scale_bar(sheet)
    return sheet.svg(title)


def _colours(routes: Sequence[Feature]) -> dict[str, str]:
    vans = [r["id"] for r in routes if r["properties"]["echelon"] != "linehaul"]
    by_van = {van: VAN_COLOURS[i % len(VAN_COLOURS)] for i, van in enumerate(vans)}
    return {route["id"]: by_van.get(route["id"], TRUCK_COLOUR) for route in routes}


def _draw_route(sheet: Sheet, route: Feature, colour: str) -> None:
    points = [sheet.at(position) for position in route["geometry"]["coordinates"]]
    if route["properties"]["echelon"] == "linehaul":
        sheet.line(points, colour, 'stroke-width="3" stroke-dasharray="2 7"')
    else:
        sheet.line(points, colour, 'stroke-width="2.5" opacity="0.9"')


def _draw_site(sheet: Sheet, site: Feature) -> None:
    facts = site["properties"]
    x, y = sheet.at(site["geometry"]["coordinates"])
    sheet.mark(facts["kind"], x, y, unserved=facts["unserved"] > 0)
    words = f"{facts['id']}  {facts['name']}" if facts["kind"] in {"central", "grid"} else ""
    below = 18 if facts["kind"] == "station" else -9
    sheet.text(x + 10, y + below, words or facts["id"], "halo" if words else "small halo")


def _legend(
    sheet: Sheet, title: str, routes: Sequence[Feature], colours: Mapping[str, str]
) -> None:
    left, top = WIDTH - LEGEND + 6, MARGIN - 6
    sheet.text(left, top, title)
    for number, route in enumerate(routes, start=1):
        y, facts = top + 10 + 34 * number - 16, route["properties"]
        dashed = ' stroke-dasharray="2 7"' if facts["echelon"] == "linehaul" else ""
        ends = [(left, y - 4), (left + 26, y - 4)]
        sheet.line(ends, colours[route["id"]], f'stroke-width="3"{dashed}')
        sheet.text(left + 36, y, facts["id"])
        span = f"{facts['departs_at'][11:16]}–{facts['returns_at'][11:16]}"
        km = f"{facts['distance_m'] / 1000:.1f} km, {facts['mass_kg']:.0f} kg"
        sheet.text(left + 36, y + 14, f"{span}, {km}", "small")
    signs = {"central": "central warehouse", "grid": "grid warehouse", "pickup": "pickup point"}
    signs["station"] = "transfer station"
    for number, (kind, words) in enumerate(reversed(signs.items())):
        y = sheet.height - MARGIN + 8 - 22 * number
        sheet.mark(kind, left + 10, y - 4)
        sheet.text(left + 36, y, words, "small")


def _scale_bar(sheet: Sheet) -> None:
    pixels_per_km = sheet.scale / KM_PER_DEGREE
    km = 10 ** max(0, floor(log10(LONGEST_BAR / pixels_per_km)))
    x, y = MARGIN, sheet.height - 16
    sheet.line([(x, y), (round(x + km * pixels_per_km, 1), y)], "#111827", 'stroke-width="2"')
    sheet.text(x, y - 6, f"{km} km; legs are straight lines, not roads", "small")


def main(arguments: Sequence[str]) -> None:
    """Draw the map of one plan."""
    source, target = map(Path, arguments)
    collection = json.loads(source.read_text(encoding="utf-8"))
    target.write_text(draw(collection, "Small sample city"), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
