"""What a request asks for, read and ready: a problem to plan, or orders to store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from api.road.lots import asked_batches, lots_of
from api.storage.problems import ProblemRow
from optimizer.domain.errors import Fault
from optimizer.domain.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A problem, ready to be stored and planned.

    Parameters
    ----------
    document
        The JSON form, from which the same problem can be read again.
    refused
        Faults of order rows that were left out.
    resends
        Tasks whose order rows were taken along.
    """

    problem: Problem
    document: bytes
    resends: tuple[str, ...] = ()
    refused: Sequence[Fault] = ()
    order_rows: int = 0
    refused_rows: int = 0

    def row(self, at: datetime) -> ProblemRow:
        """Name the problem after its content, for the store."""
        return ProblemRow(
            id="problem-" + hashlib.sha256(self.document).hexdigest(),
            name=self.problem.id,
            digest=self.problem.digest,
            document=self.document,
            lines=len(self.problem.lines),
            created_at=at,
            batches=asked_batches(lots_of(self.problem)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrders:
    """Orders that are to be stored.

    Parameters
    ----------
    rows
        Rows, or a file: CSV or a workbook.
    collects
        What waits at the pickup points that day; None where nothing is said apart.
    horizon_start
        From when the times of these orders count; None means the network's.
    """

    network: str
    name: str
    rows: Sequence[object] | IO[bytes]
    keep_good_rows: bool
    horizon_start: str | None
    collects: Sequence[object] | IO[bytes] | None = None
