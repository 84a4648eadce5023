"""A first choice of tours: the cheapest per filled truck, one after another.

Where a linear relaxation says how much it likes each tour, the liking makes a tour cheaper here;
several degrees of this are tried. The exact model starts from the best, so that it has an answer
however short its time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from optimizer.domain.units import Cents, ceil_div
from optimizer.planning.linehaul.linear import FloatArray
from optimizer.planning.linehaul.selection import Question, Selection

DEGREES = (0.0, 0.4, 0.7, 0.9)
"""By how much of its cost a tour of which the relaxation takes one or more is cheaper."""

IntArray = npt.NDArray[np.int64]


def first_choice(question: Question, liking: FloatArray) -> Selection:
    """Choose tours greedily; goods that no trip is left for are left."""
    drafts = [_Draft(question, 1.0 - degree * np.minimum(1.0, liking)) for degree in DEGREES]
    return min((draft.selection() for draft in drafts), key=lambda selection: selection.cents)


class _Draft:
    """The goods still to be carried and the trips already chosen."""

    def __init__(self, question: Question, factor: FloatArray) -> None:
        self._question = question
        self._rest = np.array([goods.parts for goods in question.goods], dtype=np.int64)
        self._trips = np.array([fleet.trucks * fleet.trips for fleet in question.fleets])
        self._load, self._capacity = _with_bodies(question)
        self._fleets = np.array([option.fleet for option in question.options], dtype=np.int64)
        self._brings = np.zeros((len(question.options), len(question.goods)))
        for o, option in enumerate(question.options):
            self._brings[o, list(option.goods)] = 1.0
        truck = np.array([fleet.fixed_cents / fleet.trips for fleet in question.fleets])
        cents = np.array([option.cents for option in question.options], dtype=np.float64)
        self._cost = (cents + truck[self._fleets]) * factor
        self._taken: list[tuple[int, dict[int, int]]] = []
        while (trip := self._next()) is not None:
            self._taken.append(trip)

    def _next(self) -> tuple[int, dict[int, int]] | None:
        """Take the trip that costs least for what it fills; None where nothing is to be had."""
        wanted = self._brings @ (self._rest[:, None] * self._load)
        room = np.maximum(self._capacity[self._fleets], 1e-9)
        fullness = np.minimum(1.0, (wanted / room).max(axis=1, initial=0.0))
        possible = (fullness > 0) & (self._trips[self._fleets] > 0)
        price = np.where(possible, self._cost / np.maximum(fullness, 1e-9), np.inf)
        for o in np.argsort(price, kind="stable"):
            if not possible[o]:
                return None
            parts = dict(self._fill(int(o)))
            if parts:
                self._trips[self._fleets[o]] -= 1
                for c, number in parts.items():
                    self._rest[c] -= number
                return int(o), parts
        return None

    def _fill(self, o: int) -> Iterator[tuple[int, int]]:
        """Load the goods of a tour in their order until the truck is full."""
        room = self._capacity[self._fleets[o]].copy()
        for c in self._question.options[o].goods:
            load = self._load[c]
            limits = np.floor(room[load > 0] / load[load > 0] + 1e-9)
            parts = int(min(self._rest[c], limits.min(initial=self._rest[c])))
            if parts:
                room -= parts * load
                yield c, parts

    def selection(self) -> Selection:
        """Give the choice with its true cost."""
        question = self._question
        copies: dict[int, int] = {}
        shares: dict[tuple[int, int], int] = {}
        blocks: dict[tuple[int, int], int] = {}
        for o, parts in self._taken:
            copies[o] = copies.get(o, 0) + 1
            for c, number in parts.items():
                shares[o, c] = shares.get((o, c), 0) + number
            for d, steps in self._steps(o, parts):
                blocks[o, d] = blocks.get((o, d), 0) + steps
        trips = np.bincount([self._fleets[o] for o, _ in self._taken], minlength=len(self._trips))
        trucks = {
            f: max(fleet.fewest, ceil_div(int(trips[f]), fleet.trips))
            for f, fleet in enumerate(question.fleets)
        }
        return Selection(
            copies=copies,
            shares=shares,
            blocks=blocks,
            trucks=trucks,
            short=frozenset(int(c) for c in np.flatnonzero(self._rest)),
            cents=sum(question.options[o].cents * count for o, count in copies.items())
            + sum(question.fleets[f].fixed_cents * count for f, count in trucks.items())
            + self._leaving(),
            bound=0.0,
        )

    def _steps(self, o: int, parts: dict[int, int]) -> Iterator[tuple[int, int]]:
        bulkheads = self._question.fleets[self._fleets[o]].bulkheads
        for d in bulkheads.dimensions if bulkheads else ():
            goods = self._question.goods
            load = sum(goods[c].load[d] * number for c, number in parts.items())
            if bulkheads and load:
                yield d, ceil_div(ceil_div(load, self._question.divided), bulkheads.step_ml)

    def _leaving(self) -> Cents:
        """Price what is left, tier by tier; what may not be left at all is beyond price."""
        cents = 0
        for goods, left in zip(self._question.goods, self._rest.tolist(), strict=True):
            rest = left
            if rest and goods.leave:
                cents += goods.leave_first
            for parts, price in goods.leave:
                cents += min(rest, parts) * price
                rest -= min(rest, parts)
            cents += rest * BEYOND_PRICE
        return cents


BEYOND_PRICE: Cents = 10**12


def _with_bodies(question: Question) -> tuple[FloatArray, FloatArray]:
    """Give loads per part and capacities, with the shared body as one dimension more.

    A step is kept back for each compartment but one, for the rounding of the bulkheads.
    """
    load = np.array([goods.load for goods in question.goods], dtype=np.float64)
    capacity = np.array([fleet.capacity for fleet in question.fleets], dtype=np.float64)
    body = np.full((len(question.fleets), 1), np.inf)
    shared: set[int] = set()
    for f, fleet in enumerate(question.fleets):
        if fleet.bulkheads:
            shared |= set(fleet.bulkheads.dimensions)
            kept_back = fleet.bulkheads.step_ml * (len(fleet.bulkheads.dimensions) - 1)
            body[f] = max(0, fleet.bulkheads.body_ml - kept_back)
    together = load[:, sorted(shared)].sum(axis=1, keepdims=True)
    return np.hstack([load, together]) / question.divided, np.hstack([capacity, body])
