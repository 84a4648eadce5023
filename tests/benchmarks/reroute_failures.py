"""How good diversions are: ``python -m tests.benchmarks.reroute_failures``.

Compartments fail on the routes of a planned city. What the decision sees are readings of a sensor
through the alarm rules and the estimate; what becomes of the goods, the virtual fleet says, which
shares nothing with either. The first proposal is accepted at once, and held against the best in
hindsight among all ways out that were judged. Exit status 1 says that too little is saved, too much
is diverted needlessly, or the checker refuses a plan.

JSON goes to standard output, a table to standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.executors.processes import processes
from optimizer.formats.plan_json import dump_plan
from optimizer.formats.plan_reading import read_plan
from optimizer.formats.problem_reading import read_problem
from optimizer.response.words import BreachTimes, Disruption
from optimizer.solve import solve
from optimizer.travel.means import NO_MEANS
from optimizer.travel.open_provider import open_provider
from optimizer.travel.provider import TravelProvider
from tests.benchmarks.reroute_failures_cases import Case, cases_of, made_failures, read_failures
from tests.benchmarks.reroute_failures_decide import Asked, Decided, Desk, asked_all, decided_all
from tests.benchmarks.reroute_failures_figures import Result, summary_of
from tests.benchmarks.reroute_failures_fleet import Vans
from tests.benchmarks.reroute_failures_herd import Course
from tests.benchmarks.reroute_failures_outcome import idle_lost, judge, spoilt_at
from tests.benchmarks.reroute_failures_watch import Seen, Watched

DATA = Path(os.environ.get("COLDGRID_DATA", "../shared/data"))
PLANS = Path("build/reroute_failures")
ITERATIONS = 60


def main() -> None:
    """Print one JSON document and a table."""
    given = _arguments().parse_args()
    begun = perf_counter()
    problem = read_problem(given.problem).problem
    travel = open_provider(problem.travel, given.problem, sites=problem.sites, means=NO_MEANS)
    with processes(given.workers) as executor:
        plan = _plan(problem, travel, given.seed, executor, given.workers)
        failures = (
            read_failures(given.failures, given.seed)
            if given.made is None
            else made_failures(given.made)
        )
        cases = cases_of(plan, failures)[:: given.every]
        results: list[Result] = []
        for ambient_c in sorted({one.failure.ambient_c for one in cases}):
            mine = [one for one in cases if one.failure.ambient_c == ambient_c]
            trial = _Trial(
                desk=Desk(
                    problem=replace(problem, ambient_c=ambient_c),
                    plan=plan,
                    travel=travel,
                    delay_s=60 * given.delay_min,
                ),
                executor=executor,
                given=given,
            )
            results += trial.results(mine)
    found = summary_of(results)
    found["seconds"] = round(perf_counter() - begun)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    _show(found)
    sys.exit(0 if found["reached"] else 1)


def _arguments() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--problem", type=Path, default=DATA / "city")
    words.add_argument("--failures", type=Path, default=DATA / "failures" / "failures.csv")
    words.add_argument("--made", type=int, help="draw other failures, from this seed")
    words.add_argument("--every", type=int, default=1, help="take one failure of so many")
    words.add_argument("--seed", type=int, default=1, help="of plan, fleet and sensors")
    words.add_argument("--delay-min", type=int, default=0, help="from the alarm to the answer")
    words.add_argument("--days-before", type=int, default=5)
    words.add_argument("--workers", type=int, default=2)
    return words


def _plan(
    problem: Problem, travel: TravelProvider, seed: int, executor: Executor, workers: int
) -> Plan:
    """Plan the day once; it is kept under ``build``."""
    name = f"{problem.digest.partition(':')[2][:12]}-{seed}-{ITERATIONS}.json"
    path = PLANS / name
    if not path.exists():
        plan = solve(
            problem,
            travel=travel,
            limit=Limit(iterations=ITERATIONS),
            seed=seed,
            executor=executor,
            workers=workers,
        )
        PLANS.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dump_plan(plan))
    return read_plan(path)


class _Trial:
    """The cases of one weather."""

    def __init__(self, desk: Desk, executor: Executor, given: argparse.Namespace) -> None:
        self._desk, self._executor, self._given = desk, executor, given

    def results(self, cases: Sequence[Case]) -> list[Result]:
        """Decide about every case and judge it by the truth."""
        given, desk = self._given, self._desk
        vans = Vans(desk.problem, cases, given.seed)
        days = [vans.day(number, fails=False) for number in range(given.days_before)]
        days.append(vans.day(given.days_before, fails=True))
        truth = days[-1]
        decided = self._decided(vans, days)
        answers = judge(
            desk.problem,
            desk.plan,
            vans,
            truth,
            [(place, asked) for place, one in enumerate(decided) for asked in one.asked],
        )
        results = []
        for place, one in enumerate(decided):
            mine = tuple(answers[: len(one.asked)])
            answers = answers[len(one.asked) :]
            lost = idle_lost(desk.problem, vans, truth, place)
            results.append(Result(case=cases[place], decided=one, idle_lost=lost, answers=mine))
        return self._with_knowledge(vans, truth, results)

    def _decided(self, vans: Vans, days: Sequence[Course]) -> list[Decided]:
        given = self._given
        watched = [
            Watched(
                problem=self._desk.problem,
                plan=self._desk.plan,
                case=case,
                days=[Seen.of(day, vans.failing(place)) for day in days],
                pair=vans.is_front(place, case.failure.zone),
                seed=given.seed,
            )
            for place, case in enumerate(vans.cases)
        ]
        parts = [watched[first :: given.workers] for first in range(given.workers)]
        found = list(self._executor.map(decided_all, repeat(self._desk), parts))
        return [found[at % given.workers][at // given.workers] for at in range(len(watched))]

    def _with_knowledge(self, vans: Vans, truth: Course, results: Sequence[Result]) -> list[Result]:
        """Ask again, knowing when the goods break: when the unit fails, and when was decided."""
        early = {
            place: self._knowing(vans, truth, place, one.case.fails)
            for place, one in enumerate(results)
            if one.idle_lost and one.case.fails < one.case.route.returns
        }
        late = {
            place: self._knowing(vans, truth, place, one.decided.asked[-1].told.at)
            for place, one in enumerate(results)
            if one.answers and one.answers[-1].nothing.lost
        }
        told = [*early.items(), *late.items()]
        asked = self._asked([one for _, one in told])
        known = [(place, one) for (place, _), one in zip(told, asked, strict=True)]
        answered = iter(
            judge(
                self._desk.problem,
                self._desk.plan,
                vans,
                truth,
                [(place, one) for place, one in known if one is not None],
            )
        )
        found = [None if one is None else next(answered) for _, one in known]
        by_early = dict(zip(early, found[: len(early)], strict=True))
        by_late = dict(zip(late, found[len(early) :], strict=True))
        return [
            replace(one, early=by_early.get(place), knowing=by_late.get(place))
            for place, one in enumerate(results)
        ]

    def _asked(self, told: Sequence[Disruption]) -> list[Asked | None]:
        workers = self._given.workers
        parts = [told[first::workers] for first in range(workers)]
        found = list(self._executor.map(asked_all, repeat(self._desk), parts))
        return [found[at % workers][at // workers] for at in range(len(told))]

    def _knowing(self, vans: Vans, truth: Course, place: int, at: int) -> Disruption:
        case, space = vans.cases[place], vans.failing(place)
        row = truth.row(at)
        breach = spoilt_at(vans, truth, place, case.route.returns)
        moment = HORIZON_S if breach is None else max(at, breach)
        return Disruption(
            vehicle=case.route.vehicle,
            zone=case.failure.zone,
            at=at,
            product_c=float(truth.goods_c[row, space]),
            product_sd_c=0.01,
            air_c=float(truth.states[row].air_c[space]),
            breach=BreachTimes(p10=moment, p50=moment, p90=moment),
            ambient_c=case.failure.ambient_c,
        )


def _show(found: dict[str, object]) -> None:
    console = Console(stderr=True)
    table = Table(title="Diversions on trial")
    table.add_column("what")
    table.add_column("figure", justify="right")
    for name, value in found.items():
        if isinstance(value, dict):
            for inner, figure in value.items():
                table.add_row(f"{name}: {inner}", _shown(figure))
        else:
            table.add_row(name, _shown(value))
    console.print(table)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {figure}" for name, figure in value.items())
    return str(value)


if __name__ == "__main__":
    main()
