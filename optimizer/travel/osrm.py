"""Distances and times from an OSRM server, asked through its table service.

A table is asked for in blocks, because a server refuses tables that are too large. A pair for
which the server knows no way is ``UNREACHABLE``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from optimizer.domain.errors import Fault, InputRefused, TravelUnavailable
from optimizer.domain.network import Site
from optimizer.domain.plan import TravelSource
from optimizer.domain.problem import digest_of
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, TravelMatrix

NAME = "osrm"
SMALLEST = 2
"""A table has an origin and a destination."""

LARGEST = 2**31 - 1
"""Metres or seconds of one pair; more is no answer of a road."""

LAST_NUMBER = re.compile(r"(\d+)\D*$")


class Asking(Protocol):
    """Sends a request for a table and brings the answer."""

    def get(self, path: str) -> tuple[int, bytes]:
        """Give status and body of the answer to ``GET`` of a path below the server's address.

        Raises
        ------
        TravelUnavailable
            No answer can be had.
        """
        ...


class TooBig(Exception):
    """The server refuses a table of this size."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Osrm:
    """The table service of one server.

    Parameters
    ----------
    source
        Name, and hash of server, profile and the label of its road data.
    asking
        The way to the server.
    profile
        Name of the profile in the path of a request.
    block
        Most coordinates of one request; halved for good when the server says that it is too big.
    """

    source: TravelSource
    asking: Asking
    profile: str
    block: int
    _halved: list[int] = field(default_factory=list, repr=False)

    @classmethod
    def at(cls, asking: Asking, *, address: str, profile: str, data: str = "", block: int) -> Osrm:
        """Name a server.

        Parameters
        ----------
        asking
            The way to it.
        address
            Its address.
        profile
            As of the class.
        data
            The operator's label of its road data; another label makes another source.
        block
            As of the class.
        """
        source = TravelSource(provider=NAME, digest=digest_of([NAME, address, profile, data]))
        return cls(source=source, asking=asking, profile=profile, block=block)

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        """Ask for all pairs.

        Raises
        ------
        TravelUnavailable
            The server gives no table.
        InputRefused
            A site that is near no road of the server.
        """
        shape = len(origins), len(destinations)
        distance = np.full(shape, UNREACHABLE, dtype=np.int64)
        duration = distance.copy()
        tiles = list(_tiles(shape, self._most())) if 0 not in shape else []
        while tiles:
            rows, columns = tiles.pop()
            try:
                answer = self._block(origins[rows], destinations[columns])
            except TooBig:
                self._halve()
                inner = (len(origins[rows]), len(destinations[columns]))
                tiles += list(_tiles(inner, self._most(), rows.start, columns.start))
                continue
            distance[rows, columns], duration[rows, columns] = answer
        here = np.array([(site.lat, site.lon) for site in origins]).reshape(-1, 1, 2)
        there = np.array([(site.lat, site.lon) for site in destinations]).reshape(1, -1, 2)
        same = (here == there).all(axis=2)
        return TravelMatrix(
            origins=tuple(site.id for site in origins),
            destinations=tuple(site.id for site in destinations),
            distance_m=np.where(same, 0, distance),
            duration_s=np.where(same, 0, duration),
        )

    def _most(self) -> int:
        return self._halved[-1] if self._halved else self.block

    def _halve(self) -> None:
        """Ask for less from now on."""
        most = self._most() // 2
        if most < SMALLEST:
            message = "the OSRM server refuses a table of two coordinates as too big"
            raise TravelUnavailable("CG-2022", message)
        self._halved.append(most)

    def _block(
        self, origins: Sequence[Site], destinations: Sequence[Site]
    ) -> tuple[IntArray, IntArray]:
        numbers: dict[tuple[float, float], int] = {}
        places: list[Site] = []
        for site in (*origins, *destinations):
            if numbers.setdefault((site.lon, site.lat), len(numbers)) == len(places):
                places.append(site)
        query = {
            "annotations": "duration,distance",
            "sources": ";".join(str(numbers[site.lon, site.lat]) for site in origins),
            "destinations": ";".join(str(numbers[site.lon, site.lat]) for site in destinations),
        }
        where = ";".join(f"{site.lon:.6f},{site.lat:.6f}" for site in places)
        words = "&".join(f"{name}={value}" for name, value in query.items())
        status, body = self.asking.get(f"/table/v1/{self.profile}/{where}?{words}")
        return _tables(status, body, places, (len(origins), len(destinations)))


def _tiles(
    shape: tuple[int, int], most: int, top: int = 0, left: int = 0
) -> Iterator[tuple[slice, slice]]:
    """Cut a table into blocks with at most so many rows and columns together."""
    rows, columns = shape
    high = max(1, min(rows, max(most // 2, most - columns)))
    wide = max(1, min(columns, most - high))
    for row in range(0, rows, high):
        for column in range(0, columns, wide):
            yield (
                slice(top + row, top + min(row + high, rows)),
                slice(left + column, left + min(column + wide, columns)),
            )


def _tables(
    status: int, body: bytes, places: Sequence[Site], shape: tuple[int, int]
) -> tuple[IntArray, IntArray]:
    """Read distances and durations from an answer."""
    try:
        document = json.loads(body)
        code = document["code"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"the answer of the OSRM server (status {status}) is none of its table service"
        raise TravelUnavailable("CG-2022", message) from error
    if code == "TooBig":
        raise TooBig
    if code == "NoTable":
        nothing = np.full(shape, UNREACHABLE, dtype=np.int64)
        return nothing, nothing
    if code == "NoSegment":
        raise InputRefused([_no_road(str(document.get("message", "")), places)])
    if code != "Ok":
        said = str(document.get("message", ""))[:200]
        raise TravelUnavailable("CG-2022", f"the OSRM server refuses the table: {code} {said}")
    return _table(document, "distances", shape), _table(document, "durations", shape)


def _table(document: Mapping[str, Any], name: str, shape: tuple[int, int]) -> IntArray:
    try:
        table = np.array(document[name], dtype=np.float64)
    except (KeyError, ValueError, TypeError) as error:
        message = f"the OSRM server's answer has no table of {name}"
        raise TravelUnavailable("CG-2022", message) from error
    # null has become NaN: no way leads there.
    values = np.where(np.isnan(table), UNREACHABLE, np.rint(table))
    wrong = (values < UNREACHABLE) | (values > LARGEST) | ((table < 0) & (values != 0))
    if table.shape != shape or bool(wrong.any()):
        message = f"the OSRM server's table of {name} is not {shape[0]} by {shape[1]} numbers"
        raise TravelUnavailable("CG-2022", message)
    return values.astype(np.int64)


def _no_road(message: str, places: Sequence[Site]) -> Fault:
    found = LAST_NUMBER.search(message)
    at = int(found.group(1)) if found else len(places)
    named = f"site {places[at].id}" if at < len(places) else f"one of {len(places)} sites"
    return Fault(
        code="CG-2014",
        place=named,
        cause="the OSRM server knows no road near it",
        action="Correct the site's coordinates, or use a server whose map covers it",
    )
