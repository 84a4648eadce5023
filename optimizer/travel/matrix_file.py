"""Distances, and measured times, from a CSV file with ``from,to,distance_m,duration_s``.

The file is directed: a way back needs a row of its own. A pair without a row has no way, a site
is at no distance from itself. ``duration_s`` stands in every row or in none.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path

import numpy as np

from optimizer.domain.errors import Fault, InputRefused, TravelUnavailable
from optimizer.domain.file_text import text_of
from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site
from optimizer.domain.plan import TravelSource
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, TravelMatrix
from optimizer.domain.units import nearest_int

NAME = "matrix"
COLUMNS = ("from", "to", "distance_m")
DURATION = "duration_s"
LARGEST = 10**8
"""Metres or seconds of one pair; more is a slip of units, and sums must stay exact."""
LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatrixFile:
    """A travel file held as sorted pairs: 24 bytes a row, however few of all pairs it has.

    Parameters
    ----------
    source
        Name and hash of the file's bytes.
    index
        Number of each site that the file names.
    pairs
        ``from * len(index) + to``, ascending.
    distance_m, duration_s
        In the order of ``pairs``; durations are None where the file has none.
    """

    source: TravelSource
    index: dict[SiteId, int]
    pairs: IntArray
    distance_m: IntArray
    duration_s: IntArray | None

    @classmethod
    def read(cls, path: Path, *, sites: Collection[SiteId] | None = None) -> MatrixFile:
        """Read a travel file and report all of its faults at once.

        Parameters
        ----------
        path
            The file; whoever passes it has made sure that it may be read.
        sites
            The problem's sites; with them a row that names any other site is a fault.

        Raises
        ------
        TravelUnavailable
            The file cannot be read at all.
        InputRefused
            Rows that are none.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"matrix file {path.name} cannot be read: {reason}"
            raise TravelUnavailable("CG-2002", message) from error
        reading = _Reading(file=path.name, sites=None if sites is None else frozenset(sites))
        reading.read(content)
        if reading.faults:
            raise InputRefused(reading.faults)
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        return cls._from_rows(reading, TravelSource(provider=NAME, digest=digest))

    @classmethod
    def _from_rows(cls, reading: _Reading, source: TravelSource) -> MatrixFile:
        index: dict[SiteId, int] = {}
        for pair in reading.rows:
            for site in pair:
                index.setdefault(site, len(index))
        pairs = np.array(
            [index[a] * len(index) + index[b] for a, b in reading.rows], dtype=np.int64
        )
        numbers = list(reading.rows.values())
        order = np.argsort(pairs)
        distance = np.array([metres for metres, _ in numbers], dtype=np.int64)[order]
        seconds = [duration for _, duration in numbers if duration is not None]
        return cls(
            source=source,
            index=index,
            pairs=pairs[order],
            distance_m=distance,
            duration_s=np.array(seconds, dtype=np.int64)[order] if seconds else None,
        )

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        """Look up all pairs of origins and destinations; ``UNREACHABLE`` where no row is."""
        rows, columns = self._numbers(origins), self._numbers(destinations)
        wanted = rows[:, None] * len(self.index) + columns[None, :]
        at = np.searchsorted(self.pairs, wanted)
        at = np.minimum(at, max(0, self.pairs.size - 1))
        found = (rows[:, None] >= 0) & (columns[None, :] >= 0)
        found &= self.pairs[at] == wanted if self.pairs.size else False
        names = tuple(site.id for site in origins), tuple(site.id for site in destinations)
        same = np.array(names[0], dtype=object)[:, None] == np.array(names[1], dtype=object)

        def answer(values: IntArray) -> IntArray:
            held = values[at] if values.size else np.zeros_like(at)
            return np.where(same, 0, np.where(found, held, UNREACHABLE)).astype(np.int64)

        return TravelMatrix(
            origins=names[0],
            destinations=names[1],
            distance_m=answer(self.distance_m),
            duration_s=None if self.duration_s is None else answer(self.duration_s),
        )

    def _numbers(self, sites: Sequence[Site]) -> IntArray:
        return np.array([self.index.get(site.id, -1) for site in sites], dtype=np.int64)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One pass over a file: its good rows and all of its faults."""

    file: str
    sites: frozenset[SiteId] | None
    rows: dict[tuple[SiteId, SiteId], tuple[int, int | None]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def read(self, content: bytes) -> None:
        """Take in the whole file."""
        try:
            text = text_of(content)
        except ValueError as error:
            self._fault("CG-2004", None, str(error), "Save it as CSV in UTF-8 or GBK")
            return
        reader = csv.DictReader(StringIO(text, newline=""), strict=True)
        try:
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                names = ", ".join(missing)
                wanted = f"Begin with the row {','.join(COLUMNS)},{DURATION}"
                self._fault("CG-2004", 1, f"column {names} is missing", wanted)
                return
            for row in reader:
                self._row(reader.line_num, row)
        except csv.Error as error:
            self._fault("CG-2004", reader.line_num, f"not CSV: {error}", "Correct the row")
        self._all_or_no_durations()

    def _row(self, number: int, row: dict[str, str | None]) -> None:
        pair = ((row["from"] or "").strip(), (row["to"] or "").strip())
        distance = self._number(number, "distance_m", row["distance_m"])
        text = (row.get(DURATION) or "").strip()
        duration = self._number(number, DURATION, text) if text else None
        known = [self._is_known(number, "from", pair[0]), self._is_known(number, "to", pair[1])]
        if None in row:
            action = "Write numbers with a point and put names that hold a comma in quotes"
            self._fault("CG-2004", number, "more cells than columns", action)
        if pair in self.rows:
            cause = f"{_shown(pair[0])} to {_shown(pair[1])} stands in an earlier row as well"
            self._fault("CG-2007", number, cause, "Keep one row for each direction of a pair")
        elif pair[0] == pair[1] and (distance or duration):
            cause = f"{_shown(pair[0])} is not at distance 0 from itself"
            self._fault("CG-2005", number, cause, "Write 0 or leave the row out")
        elif distance is not None and all(known):
            self.rows[pair] = (distance, duration)

    def _is_known(self, number: int, column: str, site: SiteId) -> bool:
        if site and (self.sites is None or site in self.sites):
            return True
        unknown = f"{column} {_shown(site)} is no site of the problem"
        cause = unknown if site else f"{column} is empty"
        self._fault("CG-2006", number, cause, "Write the id of a site in sites.csv")
        return False

    def _number(self, number: int, column: str, text: str | None) -> int | None:
        """Read whole metres or seconds; a fraction is rounded to the nearest."""
        written = (text or "").strip()
        try:
            value = Decimal(written)
        except InvalidOperation:
            value = Decimal("NaN")
        if value.is_finite() and 0 <= value <= LARGEST:
            return nearest_int(value)
        action = f"Write a number from 0 to {LARGEST}; leave the row out where there is no way"
        self._fault("CG-2005", number, f"{column} {_shown(written)} is not such a number", action)
        return None

    def _all_or_no_durations(self) -> None:
        """Refuse a file that measured only some pairs: the others would have no time at all."""
        without = [pair for pair, (_, duration) in self.rows.items() if duration is None]
        if 0 < len(without) < len(self.rows):
            cause = (
                f"{len(without)} rows have no {DURATION}, the first is {' to '.join(without[0])}"
            )
            self._fault("CG-2008", None, cause, f"Give {DURATION} in every row or in none")

    def _fault(self, code: str, row: int | None, cause: str, action: str) -> None:
        place = self.file if row is None else f"{self.file} row {row}"
        self.faults.append(Fault(code=code, place=place, cause=cause, action=action))


def _shown(text: str) -> str:
    """Quote a user's text, cut to a length that a line can hold."""
    return repr(text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…")
