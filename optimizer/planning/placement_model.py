"""The integer program behind ``placement``, solved by CP-SAT.

    minimise  Σ drop_l y_lg, then Σ cost_pg x_pg − Σ cost_lg y_lg
    subject to  Σ_g x_pg = 1,  y_lg ≤ x_p(l)g,
                Σ_p volume_pz x_pg − Σ_l volume_l y_lg ≤ capacity_gz  for every grid and zone

x says that a point goes to a grid, y that a line is left out there. This is the generalised
assignment problem (Martello and Toth, Knapsack Problems, 1990, chapter 7) with outsourcing.
The two objectives are minimised one after the other, because the product of their scales would
pass what an integer holds.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from ortools.sat.python import cp_model

from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import PER_THOUSAND
from optimizer.planning.halting import obeying
from optimizer.planning.placement_case import NOWHERE, Load, Placement, PlacementCase

DETERMINISTIC_TIME_PER_ITERATION = 0.002
LEAST_DETERMINISTIC_TIME = 0.1
"""One unit of CP-SAT's deterministic time took 5 to 10 s on these models."""
CLOSE_ENOUGH = 1e-4
"""Share of the distance that is not worth a proof: 0.5 m of 5 km."""


class PlacementModel:
    """The integer program over the choices that are open, with a placement to start from."""

    def __init__(
        self, case: PlacementCase, volume: IntArray, start: Placement, *, may_leave: bool
    ) -> None:
        self.case, self.volume, self.start = case, volume, start
        self.model = cp_model.CpModel()
        self.contested = case.contested(volume)
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
            return round(mass * int(self.case.distance_m[point, column]) / PER_THOUSAND)

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
        if by_distance:
            solver.parameters.relative_gap_limit = CLOSE_ENOUGH
        with obeying(limit, solver):
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
    """Make CP-SAT stop at the limit, and under iterations on the same answer every time.

    Iterations become CP-SAT's deterministic time, which counts work and not seconds. One worker,
    because several share what they find by the clock. The full linear relaxation is on, because
    it is what makes these models easy: 17,600 choices are proven in 2 s; without it 0.8 % were
    still open after 34 s.
    """
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = 1
    # CP-SAT would take Ctrl-C for itself and not give it back.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.linearization_level = 2
    if limit.iterations is None:
        assert limit.seconds is not None
        solver.parameters.max_time_in_seconds = limit.seconds
    else:
        solver.parameters.max_deterministic_time = max(
            LEAST_DETERMINISTIC_TIME, limit.iterations * DETERMINISTIC_TIME_PER_ITERATION
        )
