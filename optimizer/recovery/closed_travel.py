"""Distances while an area is closed: along open streets, else around the area as the crow flies.

A road graph loses the streets that touch the area. Any other source knows no streets: a way whose
straight line leads through the area grows as the straight line around it does. Nobody gets to a
place inside; who is inside may leave as before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site
from optimizer.domain.plan import TravelSource
from optimizer.domain.problem import digest_of
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, TravelMatrix
from optimizer.recovery.around import Area, FloatArray
from optimizer.recovery.events import Ring
from optimizer.travel.closures import read_closures
from optimizer.travel.memory import Remembering
from optimizer.travel.provider import TravelProvider
from optimizer.travel.road_graph import RoadGraph
from optimizer.travel.road_network import RoadNetwork

Pairs = frozenset[tuple[SiteId, SiteId]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTravel:
    """A source of distances without an area.

    Parameters
    ----------
    before
        The source while everything was open.
    polygon
        The corners of the area.
    streets
        The open streets, where the source is a road graph.
    passed
        Ways that were driven before the area was closed, or will be after it opens again: they
        are as they were.
    """

    before: TravelProvider
    polygon: Ring
    streets: TravelProvider | None = None
    passed: Pairs = frozenset()
    _area: list[Area] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(cls, before: TravelProvider, polygon: Ring) -> ClosedTravel:
        """Close an area."""
        return cls(before=before, polygon=polygon, streets=_streets(before, polygon))

    @property
    def source(self) -> TravelSource:
        """Name the source, and all that determines its answers."""
        known = self.before.source
        parts = [known.digest, list(self.polygon), sorted(self.passed)]
        return TravelSource(provider=known.provider, digest=digest_of(parts))

    @property
    def area(self) -> Area:
        """The area as a shape on a plane, built once."""
        if not self._area:
            self._area.append(Area.of(self.polygon))
        return self._area[0]

    def holds(self, site: Site) -> bool:
        """Say whether a place lies inside."""
        return bool(self.area.holds(self.area.plane([site.lat], [site.lon]))[0])

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        """Give distances between all origins and destinations without the area."""
        known = self.before.matrix(origins, destinations)
        if not origins or not destinations:
            return known
        here, there = self._plane(origins), self._plane(destinations)
        locked = np.broadcast_to(self.area.holds(there)[None, :], known.distance_m.shape)
        leaving = np.broadcast_to(self.area.holds(here)[:, None], known.distance_m.shape)
        around = self._around(known, origins, destinations, (here, there))
        passed = np.array(
            [[a.id == b.id or (a.id, b.id) in self.passed for b in destinations] for a in origins]
        )

        def now(whole: IntArray, outside: IntArray) -> IntArray:
            closed = np.where(locked, UNREACHABLE, np.where(leaving, whole, outside))
            return np.where(passed, whole, closed).astype(np.int64)

        timed = known.duration_s is not None and around.duration_s is not None
        return TravelMatrix(
            origins=known.origins,
            destinations=known.destinations,
            distance_m=now(known.distance_m, around.distance_m),
            duration_s=now(known.duration_s, around.duration_s)
            if timed and known.duration_s is not None and around.duration_s is not None
            else None,
        )

    def _plane(self, sites: Sequence[Site]) -> FloatArray:
        return self.area.plane([site.lat for site in sites], [site.lon for site in sites])

    def _around(
        self,
        known: TravelMatrix,
        origins: Sequence[Site],
        destinations: Sequence[Site],
        places: tuple[FloatArray, FloatArray],
    ) -> TravelMatrix:
        if self.streets is not None:
            return self.streets.matrix(origins, destinations)
        factor = self.area.factor(*places)
        factor = np.where(np.isfinite(factor), factor, 1.0)

        def longer(values: IntArray) -> IntArray:
            grown = np.where(values == UNREACHABLE, UNREACHABLE, np.rint(values * factor))
            return grown.astype(np.int64)

        return TravelMatrix(
            origins=known.origins,
            destinations=known.destinations,
            distance_m=longer(known.distance_m),
            duration_s=None if known.duration_s is None else longer(known.duration_s),
        )


def _streets(before: TravelProvider, polygon: Ring) -> TravelProvider | None:
    """Take the streets that touch an area out of a road graph; each runs straight there."""
    graph = before.inner if isinstance(before, Remembering) else before
    if not isinstance(graph, RoadGraph):
        return None
    network = RoadNetwork(
        digest=graph.source.digest,
        lat=graph.lat,
        lon=graph.lon,
        tails=graph.tails,
        heads=graph.heads,
        length_m=graph.length_m,
        seconds=graph.seconds,
        shapes={},
    )
    closures = read_closures(geometry(polygon), file="event", digest=digest_of(list(polygon)))
    return RoadGraph.of(network, closures, circuity=graph.circuity, snap_m=graph.snap_m)


def geometry(polygon: Ring) -> bytes:
    """Write an area as GeoJSON."""
    ring = [[lon, lat] for lat, lon in (*polygon, polygon[0])]
    return json.dumps({"type": "Polygon", "coordinates": [ring]}).encode()
