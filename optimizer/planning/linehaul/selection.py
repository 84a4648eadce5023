"""Choose tours and how the goods are split over them, as one CP-SAT model.

Goods are what one place needs that tours may bring whole or in parts; a tour may be driven by
several trucks of its fleet. For tours o, goods c with loads l[c,d] per part, capacities q[d]:

    minimise    cost of tours and trucks, of goods left, of more work than a truck's day holds
    subject to  sum_o n[o,c] + left[c] = parts[c]
                sum_c l[c,d] n[o,c] <= q[d] y[o]
                sum_{o touching A} y[o] >= ceil(load(A) / q)     for sets A in ``Question.rows``

The last family is implied, yet without it the linear relaxation buys fractions of trucks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from optimizer.domain.limit import Limit
from optimizer.domain.units import SECONDS_PER_MINUTE, Cents, Millilitres, Seconds, ceil_div
from optimizer.planning.linehaul.sat import run

FINEST = 10_000
"""Goods are counted in at most about so many units, which keeps coefficients small."""

FEWEST_PARTS = 1000
FORGIVEN_PARTS = 4
"""Parts that may be missing in the lenient reading, because a truck's share is seldom round.

Only goods that are divided finely enough are forgiven anything."""

Rows = tuple[tuple[frozenset[int], int], ...]
"""Sets of places, and how many trips must touch each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What one place needs of one kind.

    Parameters
    ----------
    place
        Goods of one place are unloaded at one visit.
    load
        Load in each dimension of ``Fleet.capacity``; of one part, or of everything where
        ``Question.divided`` says so.
    parts
        In how many equal parts the goods may be divided.
    leave
        Parts that may be left and the cents for each of them; empty where all must be carried.
    leave_first
        Cents for leaving anything at all: what the cheapest line costs.
    """

    place: int
    load: tuple[int, ...]
    parts: int
    leave: tuple[tuple[int, Cents], ...] = ()
    leave_first: Cents = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulkheads:
    """Dimensions that share one body, in steps; the last of them is at the door."""

    dimensions: tuple[int, ...]
    step_ml: Millilitres
    body_ml: Millilitres


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Equal trucks.

    Parameters
    ----------
    trips
        Most trips of one truck.
    fewest
        Trucks that must be used at least.
    begins, closes
        The day of one truck, from its first loading.
    """

    trucks: int
    trips: int
    fixed_cents: Cents
    capacity: tuple[int, ...]
    bulkheads: Bulkheads | None = None
    fewest: int = 0
    begins: Seconds = 0
    closes: Seconds = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A tour that may be driven.

    Parameters
    ----------
    busy_s
        Time of one truck, loading included.
    home_leg_s
        The part of it after the last unloading.
    due
        When its last unloading should be done; None where nothing waits for it.
    """

    fleet: int
    goods: tuple[int, ...]
    cents: Cents
    busy_s: Seconds = 0
    home_leg_s: Seconds = 0
    due: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything a selection needs to know.

    Parameters
    ----------
    divided
        By how much the loads of a part must be divided to be in the units of the capacity:
        1, or the number of parts where loads are those of all parts together.
    rows
        Hold unless something is left at one of the places.
    """

    goods: tuple[Goods, ...]
    fleets: tuple[Fleet, ...]
    options: tuple[Option, ...]
    divided: int = 1
    late_cents_per_min: Cents = 0
    rows: Rows = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The tours chosen.

    Parameters
    ----------
    copies
        How many trucks drive each chosen option.
    shares
        Parts per (option, goods), over all its copies.
    blocks
        Bulkhead steps per (option, dimension), over all its copies.
    trucks
        How many trucks of each fleet are used.
    short
        Goods of which a part is left.
    cents, bound
        The cost, and a proved lower bound on the least.
    """

    copies: Mapping[int, int]
    shares: Mapping[tuple[int, int], int]
    blocks: Mapping[tuple[int, int], int]
    trucks: Mapping[int, int]
    short: frozenset[int]
    cents: Cents
    bound: float


def select(
    question: Question,
    *,
    limit: Limit,
    seed: int,
    strict: bool = True,
    start: Selection | None = None,
) -> Selection | None:
    """Choose tours; None where nothing fits or nothing was found within the limit.

    The lenient reading forgives what is lost by rounding, so it may promise a little more than
    the trucks hold; the strict one never does. The search begins at ``start``.
    """
    model = _Model(question, strict)
    if start is not None:
        model.hint(start)
    answer = run(model.model, limit=limit, seed=seed)
    if answer is None:
        return None
    value = answer.solver.value
    return Selection(
        copies={o: value(y) for o, y in model.copies.items() if value(y)},
        shares={key: value(n) for key, n in model.shares.items() if value(n)},
        blocks={key: value(b) for key, b in model.blocks.items() if value(b)},
        trucks={f: value(used) for f, used in model.used.items()},
        short=frozenset(c for c, is_short in model.short.items() if value(is_short)),
        cents=round(answer.cost),
        bound=answer.bound,
    )


class _Model:
    """The variables of the model and the rows that bind them."""

    def __init__(self, question: Question, strict: bool) -> None:
        self.model = cp_model.CpModel()
        self._question = question
        self._strict = strict
        self._costs: list[cp_model.LinearExprT] = []
        self.copies = {o: self._copies(o) for o in range(len(question.options))}
        self.shares = {
            (o, c): self.model.new_int_var(0, question.goods[c].parts, f"n{o}_{c}")
            for o, option in enumerate(question.options)
            for c in option.goods
        }
        self.blocks: dict[tuple[int, int], cp_model.IntVar] = {}
        self.short: dict[int, cp_model.IntVar] = {}
        self.used: dict[int, cp_model.IntVar] = {}
        self._cover()
        for o in self.copies:
            self._fill(o)
        for f in range(len(question.fleets)):
            self._man(f)
        self._round_up()
        self.model.minimize(sum(self._costs))

    def hint(self, start: Selection) -> None:
        """Tell the solver where to begin."""
        for given, variables in (
            (start.copies, self.copies),
            (start.trucks, self.used),
            (dict.fromkeys(start.short, 1), self.short),
        ):
            for index, variable in variables.items():
                self.model.add_hint(variable, given.get(index, 0))
        for key, share in self.shares.items():
            self.model.add_hint(share, start.shares.get(key, 0))
        for key, block in self.blocks.items():
            self.model.add_hint(block, start.blocks.get(key, 0))

    def _copies(self, o: int) -> cp_model.IntVar:
        option = self._question.options[o]
        fleet = self._question.fleets[option.fleet]
        wanted = [
            ceil_div(self._total(option.goods, d), capacity)
            for d, capacity in enumerate(fleet.capacity)
            if capacity
        ]
        # Steps of bulkheads cost room in each truck: one truck more may be needed.
        enough = max([1, *wanted]) + (fleet.bulkheads is not None)
        y = self.model.new_int_var(0, min(fleet.trucks * fleet.trips, enough), f"y{o}")
        self._costs.append(y * option.cents)
        return y

    def _total(self, goods: Iterable[int], d: int) -> int:
        """Give the load of goods in one dimension, in the units of the capacity, rounded up."""
        loads = (self._question.goods[c].load[d] * self._question.goods[c].parts for c in goods)
        return ceil_div(sum(loads), self._question.divided)

    def _cover(self) -> None:
        """Carry all parts, or pay for those that are left."""
        carriers: dict[int, list[cp_model.IntVar]] = {}
        for (_, c), share in self.shares.items():
            carriers.setdefault(c, []).append(share)
        for c, goods in enumerate(self._question.goods):
            left = [self.model.new_int_var(0, parts, f"l{c}") for parts, _ in goods.leave]
            if left:
                self.short[c] = self.model.new_bool_var(f"s{c}")
                self.model.add(sum(left) <= goods.parts * self.short[c])
                self._costs.append(self.short[c] * goods.leave_first)
                self._costs += [
                    tier * cents for tier, (_, cents) in zip(left, goods.leave, strict=True)
                ]
            forgiven = 0 if self._strict or goods.parts < FEWEST_PARTS else FORGIVEN_PARTS
            total = sum([*carriers.get(c, []), *left])
            self.model.add_linear_constraint(total, goods.parts - forgiven, goods.parts)

    def _fill(self, o: int) -> None:
        """Keep the load of all copies of a tour within their capacity."""
        option, y = self._question.options[o], self.copies[o]
        fleet = self._question.fleets[option.fleet]
        linked: set[int] = set()
        shared = fleet.bulkheads.dimensions if fleet.bulkheads else ()
        for d, capacity in enumerate(fleet.capacity):
            total = self._total(option.goods, d)
            fits = total <= capacity
            # Where one truck holds everything there is, the row says no more than "driven".
            if d in shared or (fits and linked.issuperset(option.goods)):
                continue
            linked |= {c for c in option.goods if self._question.goods[c].load[d]}
            amount, unit = self._amount(o, d)
            self.model.add(amount <= self._room(min(capacity, total), unit) * y)
        for c in set(option.goods) - linked:
            self.model.add(self.shares[o, c] <= self._question.goods[c].parts * y)
        if fleet.bulkheads:
            self._place_bulkheads(o, fleet.bulkheads)

    def _amount(self, o: int, d: int) -> tuple[cp_model.LinearExprT, int]:
        """Give the load of a tour in one dimension, and the unit in which it is counted."""
        goods = self._question.goods
        members = [c for c in self._question.options[o].goods if goods[c].load[d]]
        unit = max([1, *(goods[c].load[d] * goods[c].parts for c in members)])
        unit = max(1, unit // (FINEST * self._question.divided))
        up = unit - 1 if self._strict else 0
        return sum(self.shares[o, c] * ((goods[c].load[d] + up) // unit) for c in members), unit

    def _room(self, capacity: int, unit: int) -> int:
        room = capacity * self._question.divided
        return room // unit if self._strict else ceil_div(room, unit)

    def _place_bulkheads(self, o: int, bulkheads: Bulkheads) -> None:
        """Give every compartment whole steps; the rearmost one also takes the rest of the body.

        A step is the same wherever it lies, so whatever adds up over the copies of a tour can be
        dealt out to them.
        """
        y = self.copies[o]
        fleet = self._question.fleets[self._question.options[o].fleet]
        most = fleet.trucks * fleet.trips
        steps, rest_ml = divmod(bulkheads.body_ml, bulkheads.step_ml)
        dealt = []
        for d in bulkheads.dimensions:
            amount, unit = self._amount(o, d)
            if self._total(self._question.options[o].goods, d) == 0:
                continue
            block = self.model.new_int_var(0, steps * most, f"b{o}_{d}")
            rest = self._room(rest_ml, unit) * y if d == bulkheads.dimensions[-1] else 0
            self.model.add(amount <= self._room(bulkheads.step_ml, unit) * block + rest)
            self.blocks[o, d] = block
            dealt.append(block)
        self.model.add(sum(dealt) <= steps * y)

    def _man(self, f: int) -> None:
        """Use as many trucks as the trips need, in number and in hours."""
        fleet = self._question.fleets[f]
        mine = [o for o, option in enumerate(self._question.options) if option.fleet == f]
        if not mine:
            return
        used = self.model.new_int_var(min(fleet.fewest, fleet.trucks), fleet.trucks, f"used{f}")
        self.used[f] = used
        self._costs.append(used * fleet.fixed_cents)
        self.model.add(sum(self.copies[o] for o in mine) <= fleet.trips * used)
        if fleet.trips == 1:
            return
        options = self._question.options
        work = sum(self.copies[o] * options[o].busy_s for o in mine)
        self.model.add(work <= (fleet.closes - fleet.begins) * used)
        dues = {o: due for o in mine if (due := options[o].due) is not None}
        for due in sorted(set(dues.values())):
            self._charge_overtime(used, [o for o in dues if dues[o] <= due], due)

    def _charge_overtime(self, used: cp_model.IntVar, urgent: list[int], due: Seconds) -> None:
        """Charge what the trucks cannot do before a due time, their last way home left out."""
        options = self._question.options
        fleet = self._question.fleets[options[urgent[0]].fleet]
        home_s = max(options[o].home_leg_s for o in urgent)
        work = sum(self.copies[o] * options[o].busy_s for o in urgent)
        most = sum(options[o].busy_s for o in urgent) * fleet.trucks * fleet.trips
        minutes = self.model.new_int_var(0, 1 + most // SECONDS_PER_MINUTE, "over")
        held = (max(0, due - fleet.begins) + home_s) * used
        self.model.add(work <= held + SECONDS_PER_MINUTE * minutes)
        self._costs.append(minutes * self._question.late_cents_per_min)

    def _round_up(self) -> None:
        """Demand whole trips for sets of places, unless goods there are left."""
        goods = self._question.goods
        for places, trips in self._question.rows:
            members = {c for c, item in enumerate(goods) if item.place in places}
            touching = [
                y
                for o, y in self.copies.items()
                if members.intersection(self._question.options[o].goods)
            ]
            left = [self.short[c] for c in sorted(members) if c in self.short]
            self.model.add(sum(touching) + trips * sum(left) >= trips)
