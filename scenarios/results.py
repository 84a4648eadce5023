"""The answer to a scenario as one document: ``coldgrid/scenario-result/1``.

It holds all that a report or a board shows, so that neither has to plan or play anything again:
figures per seed and their comparison, parts of the cost, what changed and what binds in words, and
the lines of a map.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

RESULT_SCHEMA = "coldgrid/scenario-result/1"


class Sentence(msgspec.Struct, frozen=True):
    """One sentence in English and Chinese."""

    en: str
    zh: str


class MapSite(msgspec.Struct, frozen=True, kw_only=True):
    """A site as a map shows it, with its order lines and those left out."""

    id: str
    kind: str
    name: str
    lat: float
    lon: float
    lines: int
    unserved: int


class MapRoute(msgspec.Struct, frozen=True, kw_only=True):
    """A trip as a map shows it: the sites in their order."""

    id: str
    vehicle: str
    vehicle_type: str
    echelon: str
    wave: str
    sites: tuple[str, ...]
    distance_m: int


class DayMap(msgspec.Struct, frozen=True, kw_only=True):
    """Sites and trips of one planned day; areas are those that are closed, [lat, lon]."""

    sites: tuple[MapSite, ...]
    routes: tuple[MapRoute, ...]
    closed: tuple[tuple[tuple[float, float], ...], ...] = ()


class Shortage(msgspec.Struct, frozen=True, kw_only=True):
    """Goods left out for one reason at one grid warehouse in one zone."""

    reason: str
    grid: str
    zone: str
    lines: int
    mass_g: int


class SeedResult(msgspec.Struct, frozen=True, kw_only=True):
    """A variant planned and played under one seed.

    Parameters
    ----------
    plan_digest, problem_digest
        Of the plan as it was made, and of what it answers.
    violations
        Findings of the checker.
    objective_cents, cost_cents
        Of the plan, and the parts that add up to it.
    unserved
        Shortages, the heaviest first.
    kpis
        Key figures of the played day.
    withdrawn_lines, withdrawn_g
        Orders that overrides took out.
    said
        What overrides and disturbances did.
    """

    seed: int
    plan_digest: str
    problem_digest: str
    violations: int
    objective_cents: int
    cost_cents: dict[str, int]
    unserved: tuple[Shortage, ...]
    kpis: dict[str, float]
    withdrawn_lines: int
    withdrawn_g: int
    said: tuple[Sentence, ...]
    map: DayMap | None = None


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A key figure beside that of the baseline; see ``scenarios.compare``."""

    baseline: float
    variant: float
    difference: float
    low: float | None
    high: float | None
    share: float | None
    pairs: int
    verdict: str


class TargetResult(msgspec.Struct, frozen=True, kw_only=True):
    """A target of a key figure, and whether the mean over the seeds reaches it."""

    kpi: str
    value: float
    met: bool
    least: float | None = None
    most: float | None = None
    better_by: float | None = None


class VariantResult(msgspec.Struct, frozen=True, kw_only=True):
    """A variant over all seeds.

    Parameters
    ----------
    changed
        What its overrides and disturbances did under the first seed.
    seeds
        In the order of the scenario; the first has the map.
    means
        Of the key figures.
    cost_cents
        Mean parts of the plan's cost.
    compared
        With the baseline, by key figure; empty for the baseline.
    targets
        Those that the scenario states.
    binding
        What keeps it from being better, heaviest first.
    headline
        The answer in one sentence.
    """

    name: str
    title: Sentence
    changed: tuple[Sentence, ...]
    seeds: tuple[SeedResult, ...]
    means: dict[str, float]
    cost_cents: dict[str, float]
    compared: dict[str, Compared]
    targets: tuple[TargetResult, ...]
    binding: tuple[Sentence, ...]
    headline: Sentence


class KpiWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a key figure of the document is."""

    name: str
    unit: str
    better: str
    shown: bool


class ScenarioResult(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a scenario; the baseline is the first variant."""

    schema: str = RESULT_SCHEMA
    scenario: str
    title: Sentence
    problem: str
    problem_digest: str
    iterations: int
    seeds: tuple[int, ...]
    kpis: tuple[KpiWords, ...]
    variants: tuple[VariantResult, ...]

    @property
    def baseline(self) -> VariantResult:
        """Give the base itself."""
        return self.variants[0]

    @property
    def falls_short(self) -> bool:
        """Say whether any variant but the baseline misses a target."""
        return any(not one.met for variant in self.variants[1:] for one in variant.targets)


def result_bytes(result: ScenarioResult) -> bytes:
    """Write a result as UTF-8 JSON; equal results give equal bytes."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


def result_from_bytes(content: bytes) -> ScenarioResult:
    """Read what ``result_bytes`` wrote.

    Raises
    ------
    msgspec.ValidationError
        It is another document.
    """
    return msgspec.json.decode(content, type=ScenarioResult)


def results_document(results: Mapping[str, ScenarioResult]) -> bytes:
    """Write several results as one JSON object by the names of their scenarios."""
    return msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n"
