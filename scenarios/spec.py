"""Read me first: what a scenario file says, once it has been read.

A scenario is a base problem and variants of it. A variant applies named lists of *overrides*, which
the planner knows of, and of *disturbances*, which hit the day that was planned without them. The
base itself is the first variant, called ``baseline``; every other one is compared with it.
"""

# ruff: noqa: RUF009 - told declares a field and makes no value

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scenarios.disturbances import Disturbance
from scenarios.language.kinds import MapOf, Number, Text
from scenarios.language.shapes import told
from scenarios.overrides.setting import Override, Said
from scenarios.variation import Variation

SCENARIO_SCHEMA = "coldgrid/scenario/1"
BASELINE = "baseline"
DEFAULT_SEEDS = (1, 2, 3, 4, 5)
DEFAULT_ITERATIONS = 10
DEFAULT_KPIS = ("on_time_share", "cost_cents", "km", "unserved_lines", "lost_kg", "alarms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One override with its place in the file.

    Parameters
    ----------
    name
        A key of ``overrides.every.OVERRIDES``.
    place
        File, line and column, for what is found only when it meets the base.
    change
        What it does.
    """

    name: str
    place: str
    change: Override


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One disturbance with its place in the file.

    Parameters
    ----------
    name
        A key of ``disturbances.DISTURBANCES``.
    place
        File, line and column.
    happening
        What happens.
    """

    name: str
    place: str
    happening: Disturbance


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a key figure shall reach: at least, at most, or nothing that is asked of it."""

    least: float | None = told("At least so much.", Number(least=-1e12, most=1e12), None)
    most: float | None = told("At most so much.", Number(least=-1e12, most=1e12), None)
    better_by: float | None = told(
        "Better than the baseline by this share, such as 0.2.", Number(least=0, most=10), None
    )

    def met(self, value: float) -> bool:
        """Say whether a figure reaches the bounds that need no baseline."""
        low = self.least is None or value >= self.least
        return low and (self.most is None or value <= self.most)


NO_TARGET = Target()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The base with some overrides and disturbances.

    Parameters
    ----------
    steps
        Overrides in the order in which they apply.
    hits
        What hits the planned day, in the order of time.
    variation
        How much this variant's day differs from its plan.
    """

    name: str
    title: Said
    steps: tuple[Step, ...] = ()
    hits: tuple[Hit, ...] = ()
    variation: Variation = Variation()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario file.

    Parameters
    ----------
    base
        The base problem; None where the file names none.
    variants
        The baseline first.
    seeds
        Of planner, overrides and simulated day; figures are compared seed by seed.
    iterations
        Of the planner for every plan.
    kpis
        Key figures that the answer shows first, with their targets.
    """

    name: str
    title: Said
    base: Path | None
    variants: tuple[Variant, ...]
    seeds: tuple[int, ...] = DEFAULT_SEEDS
    iterations: int = DEFAULT_ITERATIONS
    kpis: Mapping[str, Target]


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title in both languages."""

    en: str = told("In English.", Text())
    zh: str = told("In Chinese.", Text())


VARIED: tuple[str, ...] = (
    "travel_sd", "traffic_sd", "service_sd", "breakdowns_per_1000_h", "repair_s",
    "failures_per_1000_h", "cooling_left", "silent_per_1000_h", "stuck_per_1000_h",
    "drifting_per_1000_h", "drift_c_per_h", "door_factor", "ambient_c", "patience_s", "answer_s",
)  # fmt: skip
"""Quantities of ``variation.Variation`` that a file may set."""

VARIATION = MapOf(Number(least=-60, most=1e6), VARIED)
