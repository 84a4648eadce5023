"""Asks a slow source once for each pair of places: remembers in this process and in files."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from optimizer.domain.network import Site
from optimizer.domain.plan import TravelSource
from optimizer.domain.travel_matrix import IntArray, TravelMatrix
from optimizer.travel.cache_files import Block, CacheFolder
from optimizer.travel.provider import TravelProvider
from optimizer.travel.road_network import FloatArray

MISSING = -2
"""A pair that nobody has asked for; -1 is a pair without a way."""

MOST_CELLS = 1 << 24
"""Pairs of one source that stay in memory: 256 MB with their times."""

MOST_SOURCES = 4
Place = tuple[float, float]


@dataclass(slots=True, kw_only=True)
class Memory:
    """What this process knows of one source, a row per origin; safe for several threads."""

    most_cells: int = MOST_CELLS
    files_read: set[str] = field(default_factory=set)
    _column: dict[Place, int] = field(default_factory=dict)
    _rows: OrderedDict[Place, IntArray] = field(default_factory=OrderedDict)
    _timed: bool = False
    _lock: Lock = field(default_factory=Lock)

    def recall(self, origins: FloatArray, destinations: FloatArray) -> tuple[IntArray, bool]:
        """Give distances and durations, shape (2, origins, destinations), and whether timed.

        Parameters
        ----------
        origins, destinations
            Latitude and longitude of each.
        """
        with self._lock:
            wanted = [self._column.get(place, -1) for place in _places(destinations)]
            columns = np.array(wanted, dtype=np.int64)
            answer = np.full((2, len(origins), columns.size), MISSING, dtype=np.int64)
            for at, place in enumerate(_places(origins)):
                row = self._rows.get(place)
                if row is not None:
                    self._rows.move_to_end(place)
                    there = (columns >= 0) & (columns < row.shape[1])
                    answer[:, at, there] = row[:, columns[there]]
            return answer, self._timed

    def remember(self, block: Block) -> None:
        """Take in a block; the rows that were not asked for longest make room."""
        with self._lock:
            if len(self._column) * len(self._rows) > self.most_cells:
                self._make_room(len(block.origins))
            self._timed = block.duration_s is not None
            for place in _places(block.destinations):
                self._column.setdefault(place, len(self._column))
            columns = np.array(
                [self._column[place] for place in _places(block.destinations)], dtype=np.int64
            )
            for at, place in enumerate(_places(block.origins)):
                row = np.full((2, len(self._column)), MISSING, dtype=np.int64)
                known = self._rows.get(place)
                if known is not None:
                    row[:, : known.shape[1]] = known
                row[0, columns], row[1, columns] = block.distance_m[at], block.times[at]
                self._rows[place] = row
                self._rows.move_to_end(place)

    def _make_room(self, wanted: int) -> None:
        """Forget half of the rows, or everything where places have come and gone for long.

        What is forgotten may still lie in files, so those count as unread again.
        """
        self.files_read.clear()
        if wanted * len(self._column) > self.most_cells:
            self._rows.clear()
            self._column.clear()
        for _ in range(len(self._rows) // 2):
            self._rows.popitem(last=False)


_MEMORIES: OrderedDict[str, Memory] = OrderedDict()
_MEMORIES_LOCK = Lock()


def _memory_of(digest: str) -> Memory:
    with _MEMORIES_LOCK:
        memory = _MEMORIES.setdefault(digest, Memory())
        _MEMORIES.move_to_end(digest)
        while len(_MEMORIES) > MOST_SOURCES:
            _MEMORIES.popitem(last=False)
        return memory


def forget() -> None:
    """Forget what this process knows; what lies in files stays."""
    with _MEMORIES_LOCK:
        _MEMORIES.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembering:
    """A source of distances that remembers another one's answers.

    Parameters
    ----------
    inner
        The source that is asked for what nobody knows yet.
    files
        Where answers are kept; None keeps them in memory alone.
    at_once
        Places that a row is asked for together with those wanted: for a source that searches
        from an origin once, however many places it looks for.
    """

    inner: TravelProvider
    files: CacheFolder | None = None
    at_once: tuple[Site, ...] = ()

    @property
    def source(self) -> TravelSource:
        """Name the source itself: remembering changes no answer."""
        return self.inner.source

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        """Give all pairs, of which only those that nobody knows are asked for."""
        here, there = _coordinates(origins), _coordinates(destinations)
        memory = _memory_of(self.source.digest)
        answer, timed = memory.recall(here, there)
        if bool((answer[0] == MISSING).any()) and self._read_files(memory):
            answer, timed = memory.recall(here, there)
        unknown = answer[0] == MISSING
        if bool(unknown.any()):
            rows = np.flatnonzero(unknown.any(axis=1)).tolist()
            columns = np.flatnonzero(unknown.any(axis=0)).tolist()
            block = self._ask(
                [origins[row] for row in rows], [destinations[column] for column in columns]
            )
            memory.remember(block)
            if self.files is not None:
                self.files.keep(self.source.digest, block)
            timed = block.duration_s is not None
            for at, table in enumerate((block.distance_m, block.times)):
                answer[at][np.ix_(rows, columns)] = table[:, : len(columns)]
        return TravelMatrix(
            origins=tuple(site.id for site in origins),
            destinations=tuple(site.id for site in destinations),
            distance_m=answer[0].copy(),
            duration_s=answer[1].copy() if timed else None,
        )

    def _read_files(self, memory: Memory) -> bool:
        """Take in the blocks that lie there by now; say whether there was one."""
        if self.files is None:
            return False
        blocks = list(self.files.blocks(self.source.digest, memory.files_read))
        for block in blocks:
            memory.remember(block)
        return bool(blocks)

    def _ask(self, origins: Sequence[Site], destinations: Sequence[Site]) -> Block:
        """Ask the source for each place once; the wanted destinations come first."""
        wanted = set(_places(_coordinates(destinations)))
        others = [site for site in self.at_once if (site.lat, site.lon) not in wanted]
        asked = [*destinations, *others]
        matrix = self.inner.matrix(origins, asked)
        return Block(
            origins=_coordinates(origins),
            destinations=_coordinates(asked),
            distance_m=matrix.distance_m,
            duration_s=matrix.duration_s,
        )


def _coordinates(sites: Sequence[Site]) -> FloatArray:
    return np.array([(site.lat, site.lon) for site in sites], dtype=np.float64).reshape(-1, 2)


def _places(coordinates: FloatArray) -> list[Place]:
    return [(lat, lon) for lat, lon in coordinates.tolist()]
