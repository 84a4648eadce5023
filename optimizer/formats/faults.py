"""Collects what is wrong with an input, so that a person hears of all of it at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import Fault, InputRefused

LONGEST_SHOWN = 60
MOST_COMPARED = 20_000
"""Words compared in the search for near misses: a file may have 20,000 misses of 1,000 ids."""


class CellError(Exception):
    """One value that cannot be used: a code, why, and what to write instead.

    Without an action the code's own row in the error table gives it.
    """

    def __init__(self, code: str, cause: str, action: str | None = None) -> None:
        super().__init__(cause)
        self.code = code
        self.cause = cause
        self.action = action


class RowPlace(NamedTuple):
    """A row of a table by the table's name and its position among the rows that were read."""

    table: str
    position: int


def shown(text: str) -> str:
    """Quote a user's text in a message, cut to a length that a line can hold."""
    short = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
    return repr(short)


def listed(words: Iterable[str], most: int = 12) -> str:
    """Name the words that are allowed, as many as a line can hold."""
    every = list(words)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that a person may have meant."""
    if len(word) > LONGEST_SHOWN:
        return None
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


class FaultLog:
    """The faults of one input, in the order in which a person finds them in it."""

    def __init__(self) -> None:
        self._faults: list[tuple[RowPlace | None, Fault]] = []
        self._bad_rows: dict[str, set[int]] = {}
        self._comparisons_left = MOST_COMPARED

    def add(
        self,
        code: str,
        place: str,
        cause: str,
        action: str | None = None,
        *,
        row: RowPlace | None = None,
    ) -> None:
        """Note one fault; a fault of a row makes the row unusable and nothing else."""
        words = action if action is not None else ERRORS[code].action
        fault = Fault(code=code, place=place, cause=cause.rstrip("."), action=words.rstrip("."))
        self._faults.append((row, fault))
        if row is not None:
            self._bad_rows.setdefault(row.table, set()).add(row.position)

    def error(self, place: str, error: CellError, *, row: RowPlace | None = None) -> None:
        """Note a value that could not be used."""
        self.add(error.code, place, error.cause, error.action, row=row)

    def bad_rows(self, table: str) -> frozenset[int]:
        """Give the indices of a table's unusable rows."""
        return frozenset(self._bad_rows.get(table, ()))

    def meant(self, word: str, known: Iterable[str]) -> str:
        """Word a suggestion for an unknown name; empty where nothing is near."""
        words = list(known)
        self._comparisons_left -= len(words)
        if self._comparisons_left < 0:
            return ""
        near = nearest(word, words)
        return "" if near is None else f" (did you mean {shown(near)}?)"

    def faults(self) -> tuple[Fault, ...]:
        """Give every fault, those of a table's rows by row."""
        return tuple(fault for _, fault in self._ordered())

    def refuse_all_but_rows_of(self, table: str | None) -> tuple[Fault, ...]:
        """Raise unless every fault lies in a row of this table; then give those faults.

        Raises
        ------
        InputRefused
            With all faults, those of the table's rows too.
        """
        ordered = self._ordered()
        if any(row is None or row.table != table for row, _ in ordered):
            raise InputRefused([fault for _, fault in ordered])
        return tuple(fault for _, fault in ordered)

    def _ordered(self) -> Sequence[tuple[RowPlace | None, Fault]]:
        """Sort the faults of rows by row inside the stretch where their table was read."""
        first_seen: dict[str | None, int] = {}
        for position, (row, _) in enumerate(self._faults):
            first_seen.setdefault(row.table if row else None, position)
        whole = [(row, fault) for row, fault in self._faults if row is None]
        of_rows = [(row, fault) for row, fault in self._faults if row is not None]
        of_rows.sort(key=lambda pair: (first_seen[pair[0].table], pair[0].position))
        return [*whole, *of_rows]
