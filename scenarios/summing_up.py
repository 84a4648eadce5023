"""From the figures of every seed to the answer: means, comparisons, targets, sentences."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from optimizer.domain.problem import Problem
from scenarios.compare import Comparison, compare
from scenarios.metrics import Kpi, kpis_of
from scenarios.results import (
    Compared,
    KpiWords,
    ScenarioResult,
    SeedResult,
    Sentence,
    TargetResult,
    VariantResult,
)
from scenarios.spec import Scenario, Target, Variant
from scenarios.telling import asked_first, binding, headline


def summed_up(
    scenario: Scenario, problem: Problem, found: Sequence[Sequence[SeedResult]]
) -> ScenarioResult:
    """Put the answer together.

    Parameters
    ----------
    scenario
        What was asked.
    problem
        The base.
    found
        Per variant, the baseline first, one result per seed.
    """
    figures = kpis_of(problem)
    baseline = found[0]
    # A variant may add promise classes; what the baseline lacks cannot be compared.
    names = [name for name in figures if name in baseline[0].kpis]
    return ScenarioResult(
        scenario=scenario.name,
        title=Sentence(scenario.title.en, scenario.title.zh),
        problem=problem.id,
        problem_digest=problem.digest,
        iterations=scenario.iterations,
        seeds=scenario.seeds,
        kpis=tuple(
            KpiWords(name=name, unit=figures[name].unit, better=figures[name].better,
                     shown=name in scenario.kpis)
            for name in names
        ),
        variants=tuple(
            _variant(scenario, one, seeds, baseline, {name: figures[name] for name in names})
            for one, seeds in zip(scenario.variants, found, strict=True)
        ),
    )  # fmt: skip


def _variant(
    scenario: Scenario,
    variant: Variant,
    seeds: Sequence[SeedResult],
    baseline: Sequence[SeedResult],
    figures: dict[str, Kpi],
) -> VariantResult:
    is_base = variant is scenario.variants[0]
    means = {name: fmean(one.kpis[name] for one in seeds) for name in figures}
    compared = {
        name: _compared(
            compare(
                [one.kpis[name] for one in baseline],
                [one.kpis[name] for one in seeds],
                better=kpi.better,
            )
        )
        for name, kpi in figures.items()
        if not is_base
    }
    targets = tuple(
        _target(name, target, means[name], figures[name], compared.get(name))
        for name, target in scenario.kpis.items()
        if name in means and target != Target()
    )
    told = binding(seeds)
    parts = sorted({part for one in seeds for part in one.cost_cents})
    return VariantResult(
        name=variant.name,
        title=Sentence(variant.title.en, variant.title.zh),
        changed=seeds[0].said,
        seeds=tuple(seeds),
        means=means,
        cost_cents={part: fmean(one.cost_cents.get(part, 0) for one in seeds) for part in parts},
        compared=compared,
        targets=targets,
        binding=told,
        headline=headline(
            means, compared, told, asked_first(tuple(scenario.kpis), means, compared)
        ),
    )


def _compared(one: Comparison) -> Compared:
    return Compared(
        baseline=one.baseline,
        variant=one.variant,
        difference=one.difference,
        low=one.low,
        high=one.high,
        share=one.share,
        pairs=one.pairs,
        verdict=one.verdict,
    )


def _target(
    name: str, target: Target, value: float, kpi: Kpi, compared: Compared | None
) -> TargetResult:
    met = target.met(value)
    if target.better_by is not None and compared is not None:
        gain = compared.share if compared.share is not None else 0.0
        met = met and (gain if kpi.better == "more" else -gain) >= target.better_by
    return TargetResult(
        kpi=name,
        value=value,
        met=met,
        least=target.least,
        most=target.most,
        better_by=target.better_by,
    )
