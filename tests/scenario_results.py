"""A result of a scenario made by hand, for tests of what is shown of it."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from scenarios.compare import compare
from scenarios.metrics import KPIS
from scenarios.results import (
    Compared,
    DayMap,
    KpiWords,
    MapRoute,
    MapSite,
    ScenarioResult,
    SeedResult,
    Sentence,
    TargetResult,
    VariantResult,
)

SEEDS = (1, 2, 3)
PROMISES = ("on_time_share_cold", "on_time_share_daily")
SQUARE = ((28.20, 113.00), (28.20, 113.01), (28.21, 113.01))
WORDS = (
    *(KpiWords(name=one.name, unit=one.unit, better=one.better, shown=False)
      for one in KPIS.values()),
    *(KpiWords(name=name, unit="share", better="more", shown=False) for name in PROMISES),
)  # fmt: skip


def day_map(**changes: Any) -> DayMap:
    """Give a grid with two points and a truck that feeds it."""
    sites = [
        ("C1", "central", "Stone Drum", 28.26, 112.92),
        ("G1", "grid", "West Bank", 28.20, 112.95),
        ("P1", "pickup", "Osmanthus Lane", 28.22, 112.97),
        ("P2", "pickup", "Mill Gate", 28.19, 113.02),
    ]
    routes = [("T1", "linehaul", ("C1", "G1", "C1")), ("V1", "last_mile", ("G1", "P1", "P2", "G1"))]
    given: dict[str, Any] = {
        "sites": tuple(
            MapSite(id=id_, kind=kind, name=name, lat=lat, lon=lon, lines=2, unserved=0)
            for id_, kind, name, lat, lon in sites
        ),
        "routes": tuple(
            MapRoute(id=f"{vehicle}-1", vehicle=vehicle, vehicle_type="van", echelon=echelon,
                     wave="morning", sites=places, distance_m=12_300)
            for vehicle, echelon, places in routes
        ),
    }  # fmt: skip
    return DayMap(**(given | changes))


def seed_result(seed: int, *, with_map: bool = True, **changes: Any) -> SeedResult:
    """Give a day; ``kpis`` among the changes replaces single figures."""
    figures = dict.fromkeys((kpi.name for kpi in WORDS), 0.0)
    figures |= {"on_time_share": 1.0, "cost_cents": 50_000.0 + seed, "km": 80.0}
    figures |= dict.fromkeys(PROMISES, 1.0) | changes.pop("kpis", {})
    given: dict[str, Any] = {
        "seed": seed,
        "plan_digest": "p",
        "problem_digest": "q",
        "violations": 0,
        "objective_cents": 48_000,
        "cost_cents": {"vehicles": 30_000, "distance": 18_000, "unserved": 0},
        "unserved": (),
        "kpis": figures,
        "withdrawn_lines": 0,
        "withdrawn_g": 0,
        "said": (),
        "map": day_map() if with_map and seed == SEEDS[0] else None,
    }
    return SeedResult(**(given | changes))


def variant_result(
    name: str, seeds: tuple[SeedResult, ...], baseline: tuple[SeedResult, ...], **changes: Any
) -> VariantResult:
    """Give a variant with the means and comparisons that follow from its seeds."""
    parts = sorted({part for one in seeds for part in one.cost_cents})
    given: dict[str, Any] = {
        "name": name,
        "title": Sentence(name, f"{name} 中"),
        "changed": seeds[0].said,
        "seeds": seeds,
        "means": {kpi.name: fmean(one.kpis[kpi.name] for one in seeds) for kpi in WORDS},
        "cost_cents": {part: fmean(one.cost_cents.get(part, 0) for one in seeds) for part in parts},
        "compared": {
            kpi.name: _compared(kpi, seeds, baseline) for kpi in WORDS if seeds is not baseline
        },
        "targets": (),
        "binding": (),
        "headline": Sentence(f"{name} in one sentence.", f"一句话说 {name}。"),
    }
    return VariantResult(**(given | changes))


def _compared(
    kpi: KpiWords, seeds: tuple[SeedResult, ...], baseline: tuple[SeedResult, ...]
) -> Compared:
    better = KPIS[kpi.name].better if kpi.name in KPIS else "more"
    one = compare(
        [x.kpis[kpi.name] for x in baseline], [x.kpis[kpi.name] for x in seeds], better=better
    )
    return Compared(
        baseline=one.baseline, variant=one.variant, difference=one.difference, low=one.low,
        high=one.high, share=one.share, pairs=one.pairs, verdict=one.verdict,
    )  # fmt: skip


def scenario_result(**changes: Any) -> ScenarioResult:
    """Give a baseline, a variant that leaves goods out cheaply, and one that changes the luck."""
    base = tuple(map(seed_result, SEEDS))
    cheap = tuple(
        seed_result(
            seed,
            kpis={"on_time_share": 0.5, "cost_cents": 30_000.0 + seed, "unserved_lines": 4.0},
            cost_cents={"vehicles": 20_000, "distance": 19_000, "unserved": 900_000},
            said=(Sentence("Closed: G2.", "关闭：G2。"),),
            withdrawn_lines=2,
            withdrawn_g=5_000,
            violations=1,
            map=day_map(closed=(SQUARE,)) if seed == SEEDS[0] else None,
        )
        for seed in SEEDS
    )
    rough = tuple(seed_result(seed, kpis={"on_time_share": 1.0 - seed / 50}) for seed in SEEDS)
    given: dict[str, Any] = {
        "scenario": "small",
        "title": Sentence("What if a grid closes?", "停一个网格仓会怎样？"),
        "problem": "small-city",
        "problem_digest": "sha256:12",
        "iterations": 4,
        "seeds": SEEDS,
        "kpis": WORDS,
        "variants": (
            variant_result("baseline", base, base),
            variant_result(
                "cheap", cheap, base, targets=(target(0.5),),
                binding=(Sentence("Ice is short.", "缺冰。"),),
            ),
            variant_result("rough", rough, base, targets=(target(0.96),)),
        ),
    }  # fmt: skip
    return ScenarioResult(**(given | changes))


def target(value: float, least: float = 0.95) -> TargetResult:
    """Give a target of what comes in time."""
    return TargetResult(kpi="on_time_share", value=value, met=value >= least, least=least)
