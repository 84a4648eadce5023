"""Which tours are worth a place in the exact model: a linear relaxation over all of them.

With the quantities projected out, trucks must cover every set A of places (Hall's condition):

    sum_{o touching A} y[o] >= ceil(load(A) / q)        and, before rounding,
    sum_{o touching A} q[o] y[o] >= load(A)

Rows are added while they are violated; of few places all sets are looked at, of many the sets
that tours visit. Tours are kept in the order of their reduced cost. The value of the relaxation
is a lower bound on every choice of tours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.planning.linehaul.linear import FloatArray, LinearProgram
from optimizer.planning.linehaul.selection import Question, Rows

BoolArray = npt.NDArray[np.bool_]

MOST_PLACES_BY_SETS = 12
"""Up to so many places all sets of them are looked at."""

ROWS_PER_ROUND = 25
ROUNDS = 40
EPSILON = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pricing:
    """The options by rising reduced cost, the rows that bind, and a lower bound.

    Parameters
    ----------
    liking
        How often the relaxation drives each option.
    """

    order: tuple[int, ...]
    liking: FloatArray
    rows: Rows
    bound: float


def priced(question: Question) -> Pricing:
    """Solve the relaxation of a selection."""
    return _Relaxation(question).solve()


class _Relaxation:
    """The linear program, and the sets of places whose rows it may lack.

    Its first variables are the options, in their order.
    """

    def __init__(self, question: Question) -> None:
        self._places = sorted({goods.place for goods in question.goods})
        visits = _visits(question, self._places)
        self._sets = _family(visits)
        self._touches = (self._sets.astype(np.float64) @ visits.T.astype(np.float64)) > 0
        capacity = np.array([fleet.capacity for fleet in question.fleets], dtype=np.float64)
        # Goods for which no truck has room are left anyhow and ask for no trip.
        capacity = capacity[:, able := capacity.max(axis=0) > 0]
        load = _loads(question, self._places)[:, able]
        largest = capacity.max(axis=0)
        self._trucks = self._sets.astype(np.float64) @ (load / largest)
        self._needed = np.ceil(np.round(self._trucks.max(axis=1, initial=0.0), 6))
        self._worth = (capacity / largest)[[option.fleet for option in question.options]]
        self._program = LinearProgram()
        self._options = [self._program.variable(cost=o.cents) for o in question.options]
        self._man(question)
        self._left = [
            self._program.variable(cost=cents, upper=float(leavable))
            for leavable, cents in _leaving(question, self._places)
        ]
        # All trips: a row for a set that most tours touch is shorter as all less those that miss.
        self._trips = self._program.variable(cost=0)
        every = self._program.row(0, 0)
        self._program.put(every, self._trips, -1)
        for option in self._options:
            self._program.put(every, option, 1)
        self._rows: dict[tuple[int, int], int] = {}

    def _man(self, question: Question) -> None:
        rows = []
        for fleet in question.fleets:
            truck = self._program.variable(
                cost=fleet.fixed_cents, lower=min(fleet.fewest, fleet.trucks), upper=fleet.trucks
            )
            rows.append(self._program.row(0))
            self._program.put(rows[-1], truck, fleet.trips)
        for number, option in enumerate(question.options):
            self._program.put(rows[option.fleet], self._options[number], -1)

    def solve(self) -> Pricing:
        """Add violated rows until none is left, or enough is."""
        values = self._program.solve()
        for _ in range(ROUNDS):
            if not self._separate(values):
                break
            values = self._program.solve()
        bound, duals = self._program.cost, self._program.duals
        reduced = self._program.reduced_costs[self._options]
        rank = np.lexsort((np.arange(len(reduced)), reduced, values[self._options] <= EPSILON))
        rows = tuple(
            (
                frozenset(self._places[k] for k in np.flatnonzero(self._sets[subset])),
                int(self._needed[subset]),
            )
            for (subset, kind), row in self._rows.items()
            if kind == 0 and abs(duals[row]) > EPSILON
        )
        return Pricing(
            order=tuple(int(o) for o in rank),
            liking=values[self._options],
            rows=rows,
            bound=bound,
        )

    def _separate(self, values: FloatArray) -> bool:
        """Add the rows that are violated most; say whether there were any."""
        driven = values[self._options]
        touches = self._touches.astype(np.float64)
        forgiven = self._needed * (self._sets @ values[self._left])
        shortfalls = {0: self._needed - touches @ driven - forgiven}
        for d in range(self._trucks.shape[1]):
            # Where all trucks are equal the rounded row is the stronger one.
            if self._worth[:, d].min() < 1.0:
                held = touches @ (driven * self._worth[:, d])
                shortfalls[d + 1] = self._trucks[:, d] - held - forgiven
        before = len(self._rows)
        for kind, shortfall in shortfalls.items():
            for subset in np.argsort(-shortfall, kind="stable")[:ROWS_PER_ROUND]:
                if shortfall[subset] > EPSILON and (int(subset), kind) not in self._rows:
                    self._rows[int(subset), kind] = self._add(int(subset), kind)
        return len(self._rows) > before

    def _add(self, subset: int, kind: int) -> int:
        """Add the rounded row of a set (kind 0) or the one of dimension ``kind - 1``."""
        touches = self._touches[subset]
        if kind == 0:
            row = self._program.row(self._needed[subset])
            coefficients = touches.astype(np.float64)
            if touches.mean() > 0.5:  # noqa: PLR2004 - more than half
                self._program.put(row, self._trips, 1)
                coefficients -= 1.0
        else:
            row = self._program.row(self._trucks[subset, kind - 1])
            coefficients = np.where(touches, self._worth[:, kind - 1], 0.0)
        for o in np.flatnonzero(coefficients):
            self._program.put(row, self._options[o], coefficients[o])
        for k in np.flatnonzero(self._sets[subset]):
            self._program.put(row, self._left[k], self._needed[subset])
        return row


def _visits(question: Question, places: list[int]) -> BoolArray:
    column = {place: k for k, place in enumerate(places)}
    visits = np.zeros((len(question.options), len(places)), dtype=np.bool_)
    for o, option in enumerate(question.options):
        visits[o, [column[question.goods[c].place] for c in option.goods]] = True
    return visits


def _family(visits: BoolArray) -> BoolArray:
    """Give the sets of places whose rows are looked at: one row each, a column per place."""
    size = visits.shape[1]
    if size <= MOST_PLACES_BY_SETS:
        numbers = np.arange(1, 1 << size)
        return (numbers[:, None] >> np.arange(size) & 1).astype(np.bool_)
    alone, everything = np.eye(size, dtype=np.bool_), np.ones((1, size), dtype=np.bool_)
    return np.unique(np.concatenate([alone, visits, everything]), axis=0)


def _loads(question: Question, places: list[int]) -> FloatArray:
    column = {place: k for k, place in enumerate(places)}
    loads = np.zeros((len(places), len(question.fleets[0].capacity)))
    for goods in question.goods:
        loads[column[goods.place]] += np.array(goods.load) * goods.parts / question.divided
    return loads


def _leaving(question: Question, places: list[int]) -> list[tuple[bool, int]]:
    """Say for each place whether goods may be left there, and what the cheapest line costs."""
    cents: dict[int, list[int]] = {place: [] for place in places}
    for goods in question.goods:
        if goods.leave:
            cents[goods.place].append(goods.leave_first)
    return [(bool(cents[place]), min(cents[place], default=0)) for place in places]
