"""Runs scenarios: plans and plays the baseline and every variant under each seed, and compares.

Variants that differ in disturbances or variation alone share their plan, and so do the baselines of
several files with one base. Everything is counted in iterations and drawn by name, and answers are
put together in the order of the files: the same seed gives the same bytes with any number of
workers. A file's answer is given out as soon as it is complete, so that a long run that is stopped
loses only what was still going on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, replace
from typing import TypeAlias

from msgspec import structs

from optimizer.domain.limit import Halt
from scenarios.applying import Base
from scenarios.planning import Playing, Task, carried_out
from scenarios.results import ScenarioResult, SeedResult
from scenarios.spec import Scenario, Step, Variant
from scenarios.summing_up import summed_up

Listener: TypeAlias = Callable[[int, int], None]
Taker: TypeAlias = Callable[[ScenarioResult], None]
PlanKey: TypeAlias = tuple[int, str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A scenario and the base that it is run on."""

    scenario: Scenario
    base: Base

    def changed(self, *, seeds: Sequence[int] | None, iterations: int | None) -> Asked:
        """Give the same with other seeds or iterations; None leaves those of the file."""
        scenario = self.scenario
        if seeds is not None:
            scenario = replace(scenario, seeds=tuple(seeds))
        if iterations is not None:
            scenario = replace(scenario, iterations=iterations)
        return replace(self, scenario=scenario)


def run(
    every: Sequence[Asked],
    *,
    executor: Executor,
    listener: Listener | None = None,
    taker: Taker | None = None,
    halt: Halt | None = None,
) -> list[ScenarioResult]:
    """Run scenarios.

    Parameters
    ----------
    every
        Scenarios with their bases; those that share a base share its baseline.
    executor
        Where plans are made and played side by side.
    listener
        Called with the number of plans that are done, and of all.
    taker
        Called with each result as soon as it is complete; its errors end the run.
    halt
        Asked in the middle of a plan whether to give up.

    Raises
    ------
    InputRefused
        An override or disturbance does not fit its base.
    ColdgridError
        Somebody asked to give up.
    """
    tasks, places = _tasks(every)
    futures = {
        executor.submit(carried_out, replace(task, halt=halt)): key for key, task in tasks.items()
    }
    answers: dict[PlanKey, tuple[SeedResult, ...]] = {}
    missing = [_keys(asked) for asked in every]
    results: dict[int, ScenarioResult] = {}
    if listener is not None:
        listener(0, len(futures))
    try:
        for future in as_completed(futures):
            key = futures[future]
            answers[key] = future.result()
            if listener is not None:
                listener(len(answers), len(futures))
            for number, asked in enumerate(every):
                missing[number].discard(key)
                if not missing[number] and number not in results:
                    results[number] = _result(asked, answers, places)
                    if taker is not None:
                        taker(results[number])
    except BaseException:
        for future in futures:
            future.cancel()
        raise
    return [results[number] for number in range(len(every))]


def _keys(asked: Asked) -> set[PlanKey]:
    scenario = asked.scenario
    return {_key(asked, one.steps, seed) for one in scenario.variants for seed in scenario.seeds}


def _result(
    asked: Asked,
    answers: Mapping[PlanKey, tuple[SeedResult, ...]],
    places: Mapping[PlanKey, Sequence[Playing]],
) -> ScenarioResult:
    scenario = asked.scenario

    def found(variant: Variant, seed: int) -> SeedResult:
        key = _key(asked, variant.steps, seed)
        answer = answers[key][places[key].index(_playing(variant))]
        # Whether another file wanted this map as well must not show.
        return answer if seed == scenario.seeds[0] else structs.replace(answer, map=None)

    return summed_up(
        scenario,
        asked.base.problem,
        [[found(one, seed) for seed in scenario.seeds] for one in scenario.variants],
    )


def _tasks(every: Sequence[Asked]) -> tuple[dict[PlanKey, Task], dict[PlanKey, list[Playing]]]:
    """Gather the plans that are needed, each once, with all that is played of it."""
    plays: dict[PlanKey, list[Playing]] = {}
    tasks: dict[PlanKey, Task] = {}
    for asked in every:
        scenario = asked.scenario
        for variant in scenario.variants:
            for seed in scenario.seeds:
                key = _key(asked, variant.steps, seed)
                wanted = plays.setdefault(key, [])
                if _playing(variant) not in wanted:
                    wanted.append(_playing(variant))
                shows = seed == scenario.seeds[0] or (key in tasks and tasks[key].with_map)
                tasks[key] = Task(
                    base=asked.base,
                    steps=variant.steps,
                    seed=seed,
                    iterations=scenario.iterations,
                    plays=tuple(wanted),
                    with_map=shows,
                )
    return tasks, plays


def _key(asked: Asked, steps: Sequence[Step], seed: int) -> PlanKey:
    changes = repr([(step.name, step.change) for step in steps])
    return id(asked.base), changes, asked.scenario.iterations, seed


def _playing(variant: Variant) -> Playing:
    return Playing(hits=variant.hits, variation=variant.variation)
