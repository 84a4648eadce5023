"""Linehaul from demand to routes, whichever way of bringing several waves together is cheapest.

Own trucks plan alone; backup trucks join where something was left or late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import TravelMatrix
from optimizer.domain.units import Cents
from optimizer.planning.linehaul.demand import GridDemand, LinehaulPlan
from optimizer.planning.linehaul.drafts import Draft, Drafts
from optimizer.planning.linehaul.ground import Ground
from optimizer.planning.linehaul.merging import Merged, in_order_of_waves, mergings
from optimizer.planning.linehaul.network import network_of
from optimizer.planning.linehaul.routes import ready_times
from optimizer.planning.linehaul.sat import Budget
from optimizer.planning.linehaul.shortage import unserved_lines
from optimizer.planning.linehaul.tours import Tour, candidate_tours
from optimizer.planning.underway import Underway

LATE_CENTS_PER_MIN: Cents = 1000
"""What a minute costs by which goods for one wave are unloaded late: a van fleet waits for it."""

DRAWINGS = 3
"""What a way of merging takes however short its time is, in times of drawing its tours."""


def plan_linehaul(
    problem: Problem,
    travel: TravelMatrix,
    demands: Sequence[GridDemand],
    *,
    leaving_cents: Mapping[LineKey, Cents],
    seed: int,
    limit: Limit,
    late_cents_per_min: Cents = LATE_CENTS_PER_MIN,
    underway: Underway | None = None,
) -> LinehaulPlan:
    """Plan how trucks bring the goods of all waves to their grid warehouses.

    Parameters
    ----------
    problem
        The network, the trucks and the rules.
    travel
        Distances between the homes of the trucks and the grids.
    demands
        What to bring; each line belongs to one of them.
    leaving_cents
        What it costs to leave a line.
    seed, limit
        The same seed and iterations give the same plan.
    late_cents_per_min
        What it costs to unload goods after their due time.
    underway
        What trucks whose routes stay take from the day.
    """
    wanted = in_order_of_waves(problem, demands)
    network = network_of(problem, travel, (demand.grid for demand in wanted), underway)
    ground = Ground.of(
        network, wanted, time_on_board_s=problem.time_on_board_s, leaving_cents=leaving_cents
    )
    contest = _Contest(ground, late_cents_per_min, seed, Budget(limit))
    entry, draft = contest.winner()
    return LinehaulPlan(
        routes=draft.routes,
        ready=ready_times(ground, draft.routes),
        unserved=unserved_lines(network, entry.merged.demands, entry.tours, draft.left),
        gap=draft.gap,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Entry:
    """One way of merging waves, the tours there are then, and those of own trucks alone."""

    merged: Merged
    tours: tuple[Tour, ...]
    own: tuple[Tour, ...]
    drafts: Drafts


class _Contest:
    """The ways of merging waves against each other."""

    def __init__(
        self,
        ground: Ground,
        late_cents_per_min: Cents,
        seed: int,
        budget: Budget,
    ) -> None:
        self._ground = ground
        self._late_cents_per_min = late_cents_per_min
        self._seed = seed
        self._budget = budget
        self._ways = mergings(ground.demands)
        self._entries: dict[int, _Entry] = {}

    def winner(self) -> tuple[_Entry, Draft]:
        """Give the cheapest draft; backup trucks drive only where own ones leave or delay goods."""
        entry, draft = self._round(hired=False)
        # Backup trucks get their try even when the time is up: nobody else brings what is left.
        if (draft.left or draft.late_s) and len(entry.own) < len(entry.tours):
            other, with_backup = self._round(hired=True)
            if with_backup.cents < draft.cents:
                return other, with_backup
        return entry, draft

    def _round(self, *, hired: bool) -> tuple[_Entry, Draft]:
        """Try one way after another while there is time."""
        best: tuple[_Entry, Draft] | None = None
        bound: float | None = None
        seconds_per_demand = 0.0
        for number, way in enumerate(self._ways):
            if best is not None and not self._may_try(number, best[1], seconds_per_demand):
                continue
            left_s = self._budget.left_s
            entry = self._entry(number)
            if best is None:
                drawing_s = left_s - self._budget.left_s
                seconds_per_demand = DRAWINGS * drawing_s / max(1, len(way.demands))
            budget = self._budget.part(1 if number == len(self._ways) - 1 else 2)
            draft = entry.drafts.best(entry.tours if hired else entry.own, budget)
            if len(way.demands) == len(self._ground.demands):
                bound = draft.bound
            if best is None or draft.cents < best[1].cents:
                best = entry, draft
        assert best is not None
        # Only where all waves stand apart does the bound hold for every way of merging them.
        return best[0], replace(best[1], bound=bound)

    def _may_try(self, number: int, best: Draft, seconds_per_demand: float) -> bool:
        """Say whether there is time for one more way; waves apart are tried where goods suffer."""
        if number == 1 and (best.left or best.late_s):
            return True
        if self._budget.clockless:
            return not self._budget.spent
        return len(self._ways[number].demands) * seconds_per_demand < self._budget.left_s

    def _entry(self, number: int) -> _Entry:
        if number not in self._entries:
            ground, merged = self._ground, self._ways[number]
            tours = candidate_tours(
                ground.network,
                merged.demands,
                time_on_board_s=ground.time_on_board_s,
                seed=self._seed,
            )
            groups = ground.network.groups
            self._entries[number] = _Entry(
                merged=merged,
                tours=tuple(tours),
                own=tuple(tour for tour in tours if not groups[tour.group].is_backup),
                drafts=Drafts(
                    ground,
                    merged,
                    tours,
                    late_cents_per_min=self._late_cents_per_min,
                    seed=self._seed,
                ),
            )
        return self._entries[number]
