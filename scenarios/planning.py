"""Plans a day under one seed and plays every variant that shares the plan; runs in any process."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from optimizer.domain.errors import ColdgridError, InputRefused
from optimizer.domain.limit import Halt, Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem, digest_of
from optimizer.formats.plan_json import plan_document
from optimizer.recovery.closed_travel import ClosedTravel
from optimizer.solve import solve
from optimizer.travel.provider import TravelProvider
from scenarios.applying import Base, applied, fault_of
from scenarios.day import play
from scenarios.disturbances import RunningDay, disturbed
from scenarios.metrics import kpis_of
from scenarios.overrides.setting import DoesNotFit, Setting
from scenarios.results import DayMap, MapRoute, MapSite, SeedResult, Sentence, Shortage
from scenarios.spec import Hit, Step
from scenarios.variation import Variation


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """What one variant adds to the plan that it shares with others."""

    hits: tuple[Hit, ...]
    variation: Variation


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A plan under one seed, and the days that are played of it.

    Parameters
    ----------
    base
        What the overrides meet.
    steps
        The overrides.
    seed, iterations
        Of the planner.
    plays
        What is played of the plan, one answer each.
    with_map
        Whether the answers have their maps.
    halt
        Asked whether to give up; None cannot be asked.
    """

    base: Base
    steps: tuple[Step, ...]
    seed: int
    iterations: int
    plays: tuple[Playing, ...]
    with_map: bool
    halt: Halt | None = None

    @property
    def effort(self) -> Limit:
        """Give the planner's limit."""
        return Limit(iterations=self.iterations, halt=self.halt)

    def ensure_wanted(self) -> None:
        """Give up where somebody asked to: what a halted planner leaves is no answer.

        Raises
        ------
        ColdgridError
            Somebody did.
        """
        if self.effort.halted:
            raise ColdgridError("CG-1617", f"seed {self.seed} was still being planned")


def plan_of(setting: Setting, *, seed: int, limit: Limit) -> Plan:
    """Plan a setting in this process."""
    with ThreadPoolExecutor(max_workers=1) as here:
        return solve(
            setting.problem,
            travel=setting.travel,
            limit=limit,
            seed=seed,
            executor=here,
        )


def carried_out(task: Task) -> tuple[SeedResult, ...]:
    """Plan, and play the plan for every variant that has it.

    Raises
    ------
    InputRefused
        An override or a disturbance does not fit.
    ColdgridError
        Somebody asked to give up.
    """
    task.ensure_wanted()
    setting = applied(task.base, task.steps, task.seed)
    plan = plan_of(setting, seed=task.seed, limit=task.effort)
    task.ensure_wanted()
    start = RunningDay(problem=setting.problem, plan=plan, travel=setting.travel)
    found = []
    for playing in task.plays:
        found.append(_played(task, setting, start, playing))
        task.ensure_wanted()
    return tuple(found)


def _played(task: Task, setting: Setting, start: RunningDay, playing: Playing) -> SeedResult:
    day = start
    for hit in playing.hits:
        try:
            day = disturbed(day, hit.happening, seed=task.seed, effort=task.effort)
        except DoesNotFit as refusal:
            raise InputRefused([fault_of(refusal, hit.name, hit.place)]) from refusal
    record = play(day.problem, day.plan, day.travel, variation=playing.variation, seed=task.seed)
    figures = kpis_of(day.problem)
    plan = start.plan
    return SeedResult(
        seed=task.seed,
        plan_digest=digest_of(plan_document(day.plan)),
        problem_digest=plan.problem_digest,
        violations=0 if plan.check is None else len(plan.check.violations),
        objective_cents=day.plan.cost.total,
        cost_cents=day.plan.cost.as_dict(),
        unserved=shortages(day.problem, day.plan),
        kpis={name: kpi.count(day.problem, day.plan, record) for name, kpi in figures.items()},
        withdrawn_lines=setting.withdrawn_lines,
        withdrawn_g=setting.withdrawn_g,
        said=tuple(Sentence(one.en, one.zh) for one in (*setting.said, *day.said)),
        map=day_map(day.problem, day.plan, day.travel) if task.with_map else None,
    )


def shortages(problem: Problem, plan: Plan) -> tuple[Shortage, ...]:
    """Gather what is left out by reason, grid warehouse and zone; the heaviest come first."""
    lines: Counter[tuple[str, str, str]] = Counter()
    mass: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in plan.unserved:
        line = problem.lines.get(one.key)
        if line is None:
            continue
        group = one.reason.value, problem.sites[line.site].grid or "", line.zone.value
        lines[group] += 1
        mass[group] += line.mass_g
    ordered = sorted(lines, key=lambda group: (-mass[group], group))
    return tuple(
        Shortage(reason=group[0], grid=group[1], zone=group[2], lines=lines[group],
                 mass_g=mass[group])
        for group in ordered
    )  # fmt: skip


def day_map(problem: Problem, plan: Plan, travel: TravelProvider) -> DayMap:
    """Give what a map shows of a planned day."""
    ordered = Counter(line.site for line in problem.lines.values())
    left = Counter(problem.lines[x.key].site for x in plan.unserved if x.key in problem.lines)
    return DayMap(
        sites=tuple(
            MapSite(
                id=site.id, kind=site.kind.value, name=site.name, lat=site.lat, lon=site.lon,
                lines=ordered[site.id], unserved=left[site.id],
            )
            for site in problem.sites.values()
        ),
        routes=tuple(
            MapRoute(
                id=route.id, vehicle=route.vehicle, vehicle_type=route.vehicle_type,
                echelon=route.echelon.value, wave=route.wave, distance_m=route.distance_m,
                sites=(route.start_site, *(stop.site for stop in route.stops), route.end_site),
            )
            for route in plan.routes
        ),
        closed=tuple(_closed(travel)),
    )  # fmt: skip


def _closed(travel: TravelProvider) -> Sequence[tuple[tuple[float, float], ...]]:
    found = []
    while isinstance(travel, ClosedTravel):
        found.append(tuple(travel.polygon))
        travel = travel.before
    return found[::-1]
