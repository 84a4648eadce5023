"""Strip plots: every seed of every variant on one scale per key figure, with the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.report.figures import figure, place
from scenarios.report.words import Speaker
from scenarios.results import KpiWords, ScenarioResult, TargetResult, VariantResult

MARGIN = 3.0
SPREAD_PX = 8.0
MIDDLE_PX = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A ring: from the left in per cent, from the top in pixels."""

    x: str
    y: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A variant in a strip plot.

    Parameters
    ----------
    name, mean, label
        Its title, its mean as text, and all of it in words.
    seeds
        Rings.
    x
        Of the mean, in per cent from the left.
    holds
        Whether no target is missed.
    """

    name: str
    mean: str
    label: str
    seeds: tuple[Seed, ...]
    x: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A key figure.

    Parameters
    ----------
    title, low, high
        Its name, and the ends of its scale in words.
    target, target_words
        Dashed lines in per cent from the left, and what is asked in words.
    """

    title: str
    low: str
    high: str
    target: tuple[str, ...]
    target_words: str
    rows: tuple[Row, ...]


def strips(result: ScenarioResult, kpis: Sequence[KpiWords], speaker: Speaker) -> list[Strip]:
    """Draw key figures.

    Parameters
    ----------
    result
        What is told.
    kpis
        Those to draw.
    speaker
        Who tells it, in a language.
    """
    return [_strip(result, kpi, speaker) for kpi in kpis]


def _strip(result: ScenarioResult, kpi: KpiWords, speaker: Speaker) -> Strip:
    asked = next((x for x in result.variants[-1].targets if x.kpi == kpi.name), None)
    bounds = [] if asked is None else _bounds(asked, kpi, result.baseline.means[kpi.name])
    values = [one.kpis[kpi.name] for variant in result.variants for one in variant.seeds]
    low, high = min(*values, *bounds, values[0]), max(*values, *bounds, values[0])
    scale = _Scale(low, high)
    return Strip(
        title=speaker.kpi(kpi),
        low=figure(low, kpi.unit, speaker),
        high=figure(high, kpi.unit, speaker),
        target=tuple(scale(value) for value in bounds),
        target_words="" if asked is None else target_words(asked, kpi, speaker),
        rows=tuple(_row(one, kpi, scale, speaker) for one in result.variants),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    def __call__(self, value: float) -> str:
        if self.high <= self.low:
            return "50"
        share = (value - self.low) / (self.high - self.low)
        return place(MARGIN + share * (100.0 - 2.0 * MARGIN))


def _row(one: VariantResult, kpi: KpiWords, scale: _Scale, speaker: Speaker) -> Row:
    count = len(one.seeds)
    mean = figure(one.means[kpi.name], kpi.unit, speaker)
    shown = [figure(seed.kpis[kpi.name], kpi.unit, speaker) for seed in one.seeds]
    return Row(
        name=speaker.variant(one),
        mean=mean,
        label=speaker.say(
            "strip.label", name=speaker.variant(one), mean=mean, seeds=speaker.names(shown)
        ),
        # One above the other, so that equal figures do not hide each other.
        seeds=tuple(
            Seed(
                x=scale(seed.kpis[kpi.name]),
                y=place(MIDDLE_PX + SPREAD_PX * (2 * (number + 0.5) / count - 1)),
            )
            for number, seed in enumerate(one.seeds)
        ),
        x=scale(one.means[kpi.name]),
        holds=all(target.met for target in one.targets if target.kpi == kpi.name),
    )


def _bounds(target: TargetResult, kpi: KpiWords, baseline: float) -> list[float]:
    found = [value for value in (target.least, target.most) if value is not None]
    if target.better_by is not None:
        way = 1.0 if kpi.better == "more" else -1.0
        found.append(baseline + way * target.better_by * abs(baseline))
    return found


def target_words(target: TargetResult, kpi: KpiWords, speaker: Speaker) -> str:
    """Say what is asked of a key figure."""
    said = []
    if target.least is not None:
        said.append(speaker.say("target.least", value=figure(target.least, kpi.unit, speaker)))
    if target.most is not None:
        said.append(speaker.say("target.most", value=figure(target.most, kpi.unit, speaker)))
    if target.better_by is not None:
        share = figure(target.better_by, "share", speaker)
        said.append(speaker.say("target.better_by", share=share))
    return speaker.names(said)
