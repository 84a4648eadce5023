"""Areas that are closed to all vehicles, from GeoJSON: every street that touches one is taken out.

A closure counts all day. The file is a ``FeatureCollection``, a ``Feature`` or a bare geometry;
its geometries are ``Polygon`` or ``MultiPolygon``, longitude before latitude.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from optimizer.domain.errors import Fault, InputRefused
from optimizer.travel.road_network import RoadNetwork

AREAS = frozenset({"Polygon", "MultiPolygon"})
WEST, SOUTH = -180.0, -90.0
_NO_AREA = (
    ValueError, TypeError, KeyError, IndexError, OverflowError, shapely.GEOSException,
)  # fmt: skip
TIMES = frozenset({"from", "to", "opens", "closes", "start", "end"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Closures:
    """Closed areas.

    Parameters
    ----------
    digest
        Hash of the file's bytes.
    areas
        Polygons in degrees, longitude before latitude.
    """

    digest: str
    areas: tuple[BaseGeometry, ...]

    def closed(self, network: RoadNetwork) -> npt.NDArray[np.bool_]:
        """Say of every edge whether any part of it lies in a closed area.

        Raises
        ------
        InputRefused
            The line of an edge is no well-known text.
        """
        closed = np.zeros(network.tails.size, dtype=np.bool_)
        if self.areas:
            hit = shapely.STRtree(_lines(network)).query(self.areas, predicate="intersects")
            closed[hit[1]] = True
        return closed


def read_closures(content: bytes, *, file: str, digest: str) -> Closures:
    """Read closed areas and report all faults at once.

    Raises
    ------
    InputRefused
        The file is not GeoJSON, or a feature is no area that is closed all day.
    """
    faults: list[Fault] = []

    def fault(code: str, at: str, cause: str, action: str) -> None:
        place = f"{file} {at}".strip()
        faults.append(Fault(code=code, place=place, cause=cause, action=action))

    areas: list[BaseGeometry] = []
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        fault("CG-2015", "", f"not JSON in UTF-8: {error}", "Save the areas as GeoJSON")
        raise InputRefused(faults) from error
    for at, properties, geometry in _features(document):
        timed = sorted(TIMES & properties.keys())
        if timed:
            cause = f"the closure has {' and '.join(timed)}, but a closure counts all day"
            fault("CG-2016", at, cause, "Take the times out, or leave the area out of the file")
        area = _area(geometry)
        if isinstance(area, str):
            fault("CG-2015", at, area, "Draw closed areas as Polygon or MultiPolygon in degrees")
        else:
            areas.append(area)
    if faults:
        raise InputRefused(faults)
    return Closures(digest=digest, areas=tuple(areas))


def _features(document: Any) -> Iterator[tuple[str, dict[str, Any], Any]]:  # noqa: ANN401 - JSON
    """Give place, properties and geometry of each feature."""
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        for number, feature in enumerate(document["features"]):
            for _, properties, geometry in _features(feature):
                yield f"/features/{number}", properties, geometry
    elif kind == "Feature":
        properties = document.get("properties")
        yield "", properties if isinstance(properties, dict) else {}, document.get("geometry")
    else:
        yield "", {}, document


def _area(geometry: Any) -> BaseGeometry | str:  # noqa: ANN401 - JSON
    """Build an area, or say what is wrong with it."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(kind, str) or kind not in AREAS:
        said = kind[:60] if isinstance(kind, str) else "none"
        return f"the geometry is {said}, not an area"
    try:
        area = shape(geometry)
    except _NO_AREA as error:
        return f"the coordinates are not those of an area: {error}"
    west, south, east, north = area.bounds if not area.is_empty else (np.nan,) * 4
    if not (WEST <= west <= east <= -WEST and SOUTH <= south <= north <= -SOUTH):
        return "the coordinates are not longitude and latitude in degrees"
    if not area.is_valid:
        return f"the outline crosses or touches itself: {shapely.is_valid_reason(area)}"
    return area


def _lines(network: RoadNetwork) -> npt.NDArray[np.object_]:
    """Draw every edge: along its own line, or straight from node to node."""
    ends = np.stack([network.tails, network.heads], axis=1)
    straight = shapely.linestrings(np.stack([network.lon[ends], network.lat[ends]], axis=2))
    lines: npt.NDArray[np.object_] = np.asarray(straight, dtype=object)
    bent = np.array(sorted(network.shapes), dtype=np.int64)
    if bent.size:
        texts = [network.shapes[number] for number in bent.tolist()]
        drawn = shapely.from_wkt(texts, on_invalid="ignore")
        wrong = [text for text, line in zip(texts, drawn, strict=True) if line is None]
        if wrong:
            raise InputRefused([_unreadable(wrong)])
        lines[bent] = drawn
    return lines


def _unreadable(texts: list[str]) -> Fault:
    cause = f"the geometry of {len(texts)} edges is no line, the first is {texts[0][:60]!r}"
    action = "Write geometry as well-known text, LINESTRING (lon lat, lon lat, …), or leave it out"
    return Fault(code="CG-2012", place="road graph", cause=cause, action=action)
