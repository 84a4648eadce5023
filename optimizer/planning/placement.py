"""Points to grids under capacity: the arithmetic and the CP-SAT model behind ``territories``.

Each point goes to one of its candidate grids. A line that finds no room at its point's grid is
left out. Least drop cost comes first, least kilogram-metres second; the two are minimised one
after the other because their product of scales would pass what an integer holds:

    minimise  Σ drop_l y_lg, then Σ cost_pg x_pg − Σ cost_lg y_lg
    subject to  Σ_g x_pg = 1,  y_lg ≤ x_p(l)g,
                Σ_p volume_pz x_pg − Σ_l volume_l y_lg ≤ capacity_gz  for every grid and zone

x says that a point goes to a grid, y that a line is left out there. This is the generalised
assignment problem (Martello and Toth, Knapsack Problems, 1990, chapter 7) with outsourcing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import LARGEST_SUM, Cents, Millilitres

BoolArray = npt.NDArray[np.bool_]

NOWHERE = -1
UNLIMITED = LARGEST_SUM
DETERMINISTIC_TIME_PER_ITERATION = 0.01
LEAST_DETERMINISTIC_TIME = 0.5
WORKERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One line as a load: the column of its zone, its room, its share of the point's cost."""

    key: LineKey
    zone: int
    volume_ml: Millilitres
    mass_g: int
    drop_cents: Cents


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlacementCase:
    """Points that need a grid.

    Parameters
    ----------
    loads
        The lines of each point.
    grids
        Candidate grids of each point, the nearest first, padded with ``NOWHERE`` at the right;
        shape (points, candidates), every point has at least one.
    distance_m
        From those grids to the point, same shape.
    capacity_ml
        Room per grid and zone, ``UNLIMITED`` where there is no limit.
    """

    loads: tuple[tuple[Load, ...], ...]
    grids: IntArray
    distance_m: IntArray
    capacity_ml: IntArray

    @property
    def volume_ml(self) -> IntArray:
        """Demand per point and zone."""
        volume = np.zeros((len(self.loads), self.capacity_ml.shape[1]), dtype=np.int64)
        for point, loads in enumerate(self.loads):
            for load in loads:
                volume[point, load.zone] += load.volume_ml
        return volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The candidate that each point goes to, by column of ``grids``, and the lines left out."""

    columns: tuple[int, ...]
    left: frozenset[LineKey] = frozenset()


def place(case: PlacementCase, *, seed: int, limit: Limit) -> Placement:
    """Give every point a grid and leave out what costs least where room is short.

    Where the nearest grids have room, they are the answer and no solver is called.
    """
    volume = case.volume_ml
    if not _overfull(case, volume, case.grids[:, :1]).any():
        return Placement(columns=(0,) * len(case.loads))
    narrow = _without_idle_choices(case, volume)
    start = _first_fit(narrow, volume)
    if start.left:
        start = _Model(narrow, volume, start, may_leave=True).improve(
            seed=seed, limit=limit.share(0.5), by_distance=False
        )
        limit = limit.share(0.5)
    model = _Model(narrow, volume, start, may_leave=bool(start.left))
    return model.improve(seed=seed, limit=limit, by_distance=True)


def _overfull(case: PlacementCase, volume: IntArray, grids: IntArray) -> BoolArray:
    """Say which grid and zone would overflow if each point put its demand into all these grids."""
    demand = np.zeros_like(case.capacity_ml)
    for column in grids.T:
        np.add.at(demand, column[column != NOWHERE], volume[column != NOWHERE])
    overfull: BoolArray = np.greater(demand, case.capacity_ml)
    return overfull


def _without_idle_choices(case: PlacementCase, volume: IntArray) -> PlacementCase:
    """Fix each point whose nearest grid could take everything that might ever come to it.

    Such a point cannot do better and is in nobody's way, so the optimum is kept. Each point that
    is fixed frees other grids of its claims, hence the repetition.
    """
    grids = case.grids
    while True:
        contested: BoolArray = np.any(_overfull(case, volume, grids), axis=1)
        idle = ~contested[grids[:, 0]] & (grids[:, 1:] != NOWHERE).any(axis=1)
        if not idle.any():
            return replace(case, grids=grids)
        grids = grids.copy()
        grids[idle, 1:] = NOWHERE


def _first_fit(case: PlacementCase, volume: IntArray) -> Placement:
    """Place points one by one, those first that lose most by a detour, lines if not the whole."""
    room = case.capacity_ml.copy()
    columns = np.zeros(len(case.loads), dtype=np.int64)
    left: set[LineKey] = set()
    for point in _by_regret(case):
        open_columns = np.flatnonzero(case.grids[point] != NOWHERE)
        fits = (room[case.grids[point, open_columns]] >= volume[point]).all(axis=1)
        columns[point] = open_columns[int(np.argmax(fits))]
        rest = room[case.grids[point, columns[point]]]
        for load in sorted(case.loads[point], key=_dearest_first):
            if load.volume_ml <= rest[load.zone]:
                rest[load.zone] -= load.volume_ml
            else:
                left.add(load.key)
    return Placement(columns=tuple(columns.tolist()), left=frozenset(left))


def _by_regret(case: PlacementCase) -> list[int]:
    """Order points: single choices first, then by what the second-nearest grid would cost more."""
    if case.grids.shape[1] == 1:
        return list(range(len(case.loads)))
    mass = np.array([sum(load.mass_g for load in loads) for loads in case.loads], dtype=np.int64)
    regret = mass * (case.distance_m[:, 1] - case.distance_m[:, 0])
    regret[case.grids[:, 1] == NOWHERE] = LARGEST_SUM
    order: list[int] = np.argsort(-regret, kind="stable").tolist()
    return order


def _dearest_first(load: Load) -> tuple[float, LineKey]:
    return (-load.drop_cents / max(1, load.volume_ml), load.key)


class _Model:
    """The integer program over the choices that are open, with a placement to start from."""

    def __init__(
        self, case: PlacementCase, volume: IntArray, start: Placement, *, may_leave: bool
    ) -> None:
        self.case, self.volume, self.start = case, volume, start
        self.model = cp_model.CpModel()
        self.contested = _overfull(case, volume, case.grids)
        self.goes: dict[tuple[int, int], cp_model.IntVar] = {}
        self.leaves: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self._add_choices()
        if may_leave:
            self._add_leaving()
        self._add_capacity()

    def _columns(self, point: int) -> Iterable[int]:
        return np.flatnonzero(self.case.grids[point] != NOWHERE).tolist()

    def _add_choices(self) -> None:
        for point in range(len(self.case.loads)):
            columns = self._columns(point)
            for column in columns:
                goes = self.model.new_bool_var("")
                self.goes[point, column] = goes
                self.model.add_hint(goes, self.start.columns[point] == column)
            self.model.add_exactly_one(self.goes[point, column] for column in columns)

    def _add_leaving(self) -> None:
        for (point, column), goes in self.goes.items():
            contested = self.contested[self.case.grids[point, column]]
            here = self.start.columns[point] == column
            for number, load in enumerate(self.case.loads[point]):
                if contested[load.zone]:
                    leaves = self.model.new_bool_var("")
                    self.leaves[point, column, number] = leaves
                    self.model.add_implication(leaves, goes)
                    self.model.add_hint(leaves, here and load.key in self.start.left)

    def _add_capacity(self) -> None:
        terms: dict[tuple[int, int], list[tuple[cp_model.IntVar, int]]] = {}
        for (point, column), goes in self.goes.items():
            grid = int(self.case.grids[point, column])
            for zone in np.flatnonzero(self.contested[grid] & (self.volume[point] > 0)).tolist():
                terms.setdefault((grid, zone), []).append((goes, int(self.volume[point, zone])))
        for (point, column, number), leaves in self.leaves.items():
            load = self.case.loads[point][number]
            place = int(self.case.grids[point, column]), load.zone
            terms[place].append((leaves, -load.volume_ml))
        for place, summands in terms.items():
            self.model.add(_weighted(summands) <= int(self.case.capacity_ml[place]))

    def _drop_cents(self) -> cp_model.LinearExpr:
        return _weighted(
            (leaves, self.case.loads[point][number].drop_cents)
            for (point, _, number), leaves in self.leaves.items()
        )

    def _kilogram_metres(self) -> cp_model.LinearExpr:
        def cost(point: int, column: int, loads: Iterable[Load]) -> int:
            mass = sum(load.mass_g for load in loads)
            return round(mass * int(self.case.distance_m[point, column]) / 1000)

        summands = [
            (goes, cost(point, column, self.case.loads[point]))
            for (point, column), goes in self.goes.items()
        ]
        summands += [
            (leaves, -cost(point, column, self.case.loads[point][number : number + 1]))
            for (point, column, number), leaves in self.leaves.items()
        ]
        return _weighted(summands)

    def improve(self, *, seed: int, limit: Limit, by_distance: bool) -> Placement:
        """Minimise drop cost, or the distance without giving up on drop cost."""
        if by_distance:
            left = self.start.left
            worst = sum(o.drop_cents for loads in self.case.loads for o in loads if o.key in left)
            if self.leaves:
                self.model.add(self._drop_cents() <= worst)
            self.model.minimize(self._kilogram_metres())
        else:
            self.model.minimize(self._drop_cents())
        solver = cp_model.CpSolver()
        set_limit(solver, seed=seed, limit=limit)
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return self.start  # the limit was too short even to repeat the hint
        return self._read(solver)

    def _read(self, solver: cp_model.CpSolver) -> Placement:
        columns = list(self.start.columns)
        for (point, column), goes in self.goes.items():
            if solver.boolean_value(goes):
                columns[point] = column
        left = frozenset(
            self.case.loads[point][number].key
            for (point, _, number), leaves in self.leaves.items()
            if solver.boolean_value(leaves)
        )
        return Placement(columns=tuple(columns), left=left)


def _weighted(summands: Iterable[tuple[cp_model.IntVar, int]]) -> cp_model.LinearExpr:
    pairs = list(summands)
    variables, weights = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return cp_model.LinearExpr.weighted_sum(variables, weights)


def set_limit(solver: cp_model.CpSolver, *, seed: int, limit: Limit) -> None:
    """Make CP-SAT stop at the limit, and under iterations on the same bytes every time.

    Iterations become CP-SAT's deterministic time, which counts work and not seconds; its workers
    then take turns in a fixed order, whatever the number of cores.
    """
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = WORKERS
    solver.parameters.interleave_search = True
    if limit.iterations is None:
        assert limit.seconds is not None
        solver.parameters.max_time_in_seconds = limit.seconds
    else:
        solver.parameters.max_deterministic_time = max(
            LEAST_DETERMINISTIC_TIME, limit.iterations * DETERMINISTIC_TIME_PER_ITERATION
        )
