"""Ways along the streets of a network: each site joins it at its nearest node.

A way is the access of the origin, the shortest way between the two nodes and the access of the
destination. An access is the great circle between site and node times circuity. Where the
network has seconds, the shortest way is the quickest one, and its metres are those along it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.network import Site
from optimizer.domain.plan import TravelSource
from optimizer.domain.problem import digest_of
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, TravelMatrix
from optimizer.travel.closures import Closures
from optimizer.travel.great_circle import haversine_m
from optimizer.travel.road_network import FloatArray, RoadNetwork
from optimizer.travel.shortest_ways import ShortestWays, whole

NAME = "road_graph"
SNAP_M = 1000.0
"""A site may lie so far from its nearest node; beyond, the network is that of another place."""

ACCESS_KMH = 15.0
"""Speed between a site and its node where the network has seconds: a yard or a lane."""

METRES_PER_DEGREE = 111_000.0
"""Of latitude, a little less than anywhere on earth: a band of nodes is never too narrow."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadGraph:
    """A network of streets without those that are closed.

    Parameters
    ----------
    source
        Name, and hash of network, closures and the numbers below.
    lat, lon
        Degrees of each node.
    tails, heads, length_m, seconds
        The open edges; seconds are None where times follow from a vehicle's speed.
    circuity
        Metres per great-circle metre between a site and its node.
    snap_m
        Longest great circle between a site and its node.
    """

    source: TravelSource
    lat: FloatArray
    lon: FloatArray
    tails: IntArray
    heads: IntArray
    length_m: FloatArray
    seconds: FloatArray | None
    circuity: float
    snap_m: float = SNAP_M
    _ways: list[ShortestWays] = field(default_factory=list, repr=False)

    @classmethod
    def of(
        cls,
        network: RoadNetwork,
        closures: Closures | None = None,
        *,
        circuity: float = 1.3,
        snap_m: float = SNAP_M,
    ) -> RoadGraph:
        """Take the closed streets out of a network.

        Parameters
        ----------
        network, closures
            Streets, and areas that are closed; None where none is.
        circuity, snap_m
            As of the class.

        Raises
        ------
        InputRefused
            The line of an edge is no line.
        """
        shut = None if closures is None else closures.digest
        numbers = [NAME, network.digest, shut, float(circuity), float(snap_m), ACCESS_KMH]
        is_open = (
            np.ones(network.tails.size, dtype=np.bool_)
            if closures is None
            else ~closures.closed(network)
        )
        return cls(
            source=TravelSource(provider=NAME, digest=digest_of(numbers)),
            lat=network.lat,
            lon=network.lon,
            tails=network.tails[is_open],
            heads=network.heads[is_open],
            length_m=network.length_m[is_open],
            seconds=None if network.seconds is None else network.seconds[is_open],
            circuity=circuity,
            snap_m=snap_m,
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Leave the lists of the search behind: another process builds its own if it searches."""
        values = (
            self.source, self.lat, self.lon, self.tails, self.heads, self.length_m, self.seconds,
            self.circuity, self.snap_m,
        )  # fmt: skip
        return _rebuilt, values

    def ensure_near(self, sites: Iterable[Site]) -> None:
        """Find the node of every site.

        Raises
        ------
        InputRefused
            Sites that no node is near to, each with its place.
        """
        self._snapped(list(sites))

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        """Search the ways from each origin to all destinations.

        Raises
        ------
        InputRefused
            Sites that no node is near to, each with its place.
        """
        start, from_m = self._snapped(origins)
        end, to_m = self._snapped(destinations)
        cost, length = self._between(start, end)
        there = cost != UNREACHABLE
        access = (from_m[:, None] + to_m[None, :]) * self.circuity
        same = _same_place(origins, destinations)
        metres = np.where(there, np.rint(length / 1000.0 + access), UNREACHABLE)
        seconds = np.where(there, np.rint(cost / 1000.0 + access * 3.6 / ACCESS_KMH), UNREACHABLE)
        return TravelMatrix(
            origins=tuple(site.id for site in origins),
            destinations=tuple(site.id for site in destinations),
            distance_m=np.where(same, 0, metres).astype(np.int64),
            duration_s=(
                None if self.seconds is None else np.where(same, 0, seconds).astype(np.int64)
            ),
        )

    def _between(self, start: IntArray, end: IntArray) -> tuple[IntArray, IntArray]:
        """Give least cost and length from node to node in thousandths."""
        cost = np.full((start.size, end.size), UNREACHABLE, dtype=np.int64)
        length = cost.copy()
        wanted = set(end.tolist())
        for node in set(start.tolist()) if wanted else ():
            found = self._search().from_node(node, wanted)
            nothing = (UNREACHABLE, UNREACHABLE)
            pairs = np.array([found.get(other, nothing) for other in end.tolist()], dtype=np.int64)
            rows = start == node
            cost[rows], length[rows] = pairs[:, 0], pairs[:, 1]
        return cost, length

    def _search(self) -> ShortestWays:
        """Build the lists of the search when they are first needed."""
        if not self._ways:
            length = whole(self.length_m)
            self._ways.append(
                ShortestWays(
                    nodes=self.lat.size,
                    tails=self.tails,
                    heads=self.heads,
                    cost=length if self.seconds is None else whole(self.seconds),
                    length=length,
                )
            )
        return self._ways[0]

    def _snapped(self, sites: Sequence[Site]) -> tuple[IntArray, FloatArray]:
        """Give the nearest node of each site and how far it is as the crow flies."""
        order = np.argsort(self.lat, kind="stable")
        lat = self.lat[order]
        nodes = np.empty(len(sites), dtype=np.int64)
        away = np.empty(len(sites), dtype=np.float64)
        far: list[Fault] = []
        band = self.snap_m / METRES_PER_DEGREE
        for at, site in enumerate(sites):
            south, north = np.searchsorted(lat, [site.lat - band, site.lat + band])
            near = order[south:north]
            metres = haversine_m([site.lat], [site.lon], self.lat[near], self.lon[near])[0]
            best = int(metres.argmin()) if near.size else -1
            if best < 0 or metres[best] > self.snap_m:
                far.append(_far(site, self.snap_m))
            else:
                nodes[at], away[at] = near[best], metres[best]
        if far:
            raise InputRefused(far)
        return nodes, away


def _rebuilt(*values: object) -> RoadGraph:
    names = (
        "source", "lat", "lon", "tails", "heads", "length_m", "seconds", "circuity", "snap_m",
    )  # fmt: skip
    return RoadGraph(**dict(zip(names, values, strict=True)))  # type: ignore[arg-type]


def _same_place(origins: Sequence[Site], destinations: Sequence[Site]) -> np.ndarray:
    """Say which pairs have the same coordinates; between those nobody drives."""
    here = np.array([(site.lat, site.lon) for site in origins]).reshape(-1, 1, 2)
    there = np.array([(site.lat, site.lon) for site in destinations]).reshape(1, -1, 2)
    return np.asarray((here == there).all(axis=2))


def _far(site: Site, snap_m: float) -> Fault:
    return Fault(
        code="CG-2014",
        place=f"site {site.id}",
        cause=f"no street of the road graph lies within {snap_m:.0f} m of {site.lat}, {site.lon}",
        action="Correct the site's coordinates, or give a road graph that covers it",
    )
