"""A first choice of tours: the cheapest per filled truck, one after another.

Tours that something speaks for, a linear relaxation or a heuristic that drew them together, are
taken to be cheaper here. The exact model starts from the best of several such choices, so that
it has an answer however short its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from optimizer.domain.units import SECONDS_PER_MINUTE, Cents, Seconds, ceil_div
from optimizer.planning.linehaul.linear import FloatArray
from optimizer.planning.linehaul.selection import Fleet, Question, Selection

IntArray = npt.NDArray[np.int64]

BEYOND_PRICE: Cents = 10**12
"""For goods that may not be left."""

NEVER: Seconds = 10**9
"""A moment after everything."""


def first_choice(question: Question, favours: Sequence[FloatArray]) -> Selection:
    """Choose tours greedily, once under each favour; goods that no trip is left for are left.

    A favour holds the share of its cost by which each tour is taken to be cheaper.
    """
    drafts = [_Draft(question, 1.0 - favour) for favour in favours]
    return min((draft.selection() for draft in drafts), key=lambda selection: selection.cents)


class _Draft:
    """The goods still to be carried, the trips already chosen and when each truck is free."""

    def __init__(self, question: Question, factor: FloatArray) -> None:
        self._question = question
        self._rest = np.array([goods.parts for goods in question.goods], dtype=np.int64)
        self._load, self._capacity = _with_bodies(question)
        options = question.options
        self._fleets = np.array([option.fleet for option in options], dtype=np.int64)
        self._brings = np.zeros((len(options), len(question.goods)))
        for o, option in enumerate(options):
            self._brings[o, list(option.goods)] = 1.0
        self._cents = np.array([option.cents for option in options]) * factor
        self._busy_s = np.array([option.busy_s for option in options], dtype=np.int64)
        # A trip that leaves its central after this comes late.
        self._last_s = np.array(
            [
                (NEVER if option.due is None else option.due) + option.home_leg_s - option.busy_s
                for option in options
            ]
        )
        self._garage = [_Garage(fleet) for fleet in question.fleets]
        self._lateness: Cents = 0
        self._taken: list[tuple[int, dict[int, int]]] = []
        while (trip := self._next()) is not None:
            self._taken.append(trip)

    def _next(self) -> tuple[int, dict[int, int]] | None:
        """Take the trip that costs least for what it fills; None where nothing is to be had."""
        wanted = self._brings @ (self._rest[:, None] * self._load)
        room = np.maximum(self._capacity[self._fleets], 1e-9)
        fullness = np.minimum(1.0, (wanted / room).max(axis=1, initial=0.0))
        price, late = self._prices()
        price = np.where(fullness > 0, price / np.maximum(fullness, 1e-9), np.inf)
        for o in np.argsort(price, kind="stable"):
            if not np.isfinite(price[o]):
                return None
            parts = dict(self._fill(int(o)))
            if parts:
                option = self._question.options[o]
                self._garage[option.fleet].send(option.busy_s, int(self._last_s[o]))
                self._lateness += round(late[o])
                for c, number in parts.items():
                    self._rest[c] -= number
                return int(o), parts
        return None

    def _prices(self) -> tuple[FloatArray, FloatArray]:
        """Price each option on the truck it would get, and the lateness in that."""
        price, late = np.full(len(self._cents), np.inf), np.zeros(len(self._cents))
        per_s = self._question.late_cents_per_min / SECONDS_PER_MINUTE
        for f, garage in enumerate(self._garage):
            mine = np.flatnonzero(self._fleets == f)
            for free, fixed in garage.offers():
                possible = free + self._busy_s[mine] <= garage.closes
                lateness = np.maximum(0, free - self._last_s[mine]) * per_s
                offer = np.where(possible, self._cents[mine] + fixed + lateness, np.inf)
                better = offer < price[mine]
                price[mine[better]] = offer[better]
                late[mine[better]] = lateness[better]
        return price, late

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
        trucks = {f: garage.used for f, garage in enumerate(self._garage)}
        return Selection(
            copies=copies,
            shares=shares,
            blocks=blocks,
            trucks=trucks,
            short=frozenset(int(c) for c in np.flatnonzero(self._rest)),
            cents=sum(question.options[o].cents * count for o, count in copies.items())
            + sum(question.fleets[f].fixed_cents * count for f, count in trucks.items())
            + self._lateness
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


class _Garage:
    """The trucks of a fleet: those in use with the moment each is free, and those that are not."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        # A fleet without times has a day as long as anybody wants.
        self.closes = fleet.closes if fleet.closes > fleet.begins else NEVER
        self._free: list[list[int]] = [[fleet.begins, 0] for _ in range(self._fewest)]

    @property
    def _fewest(self) -> int:
        return min(self._fleet.fewest, self._fleet.trucks)

    @property
    def used(self) -> int:
        """How many trucks are in use."""
        return len(self._free)

    def offers(self) -> list[tuple[int, Cents]]:
        """Give when the next truck in use is free, and a fresh truck with its price."""
        in_use = [free for free, trips in self._free if trips < self._fleet.trips]
        offers = [(min(in_use), 0)] if in_use else []
        if self.used < self._fleet.trucks:
            offers.append((self._fleet.begins, self._fleet.fixed_cents))
        return offers

    def send(self, busy_s: Seconds, last_s: Seconds) -> None:
        """Send the truck in use that is free first, if it is in time, else a fresh one."""
        ready = [truck for truck in self._free if truck[1] < self._fleet.trips]
        truck = min(ready, default=None)
        if (truck is None or truck[0] > last_s) and self.used < self._fleet.trucks:
            truck = [self._fleet.begins, 0]
            self._free.append(truck)
        assert truck is not None
        truck[0] += busy_s
        truck[1] += 1


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
