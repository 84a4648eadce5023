"""A variant in figures and words, as the tables show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from scenarios.report.figures import figure, interval, place, share
from scenarios.report.strips import target_words
from scenarios.report.words import PROMISE, Speaker
from scenarios.results import Compared, KpiWords, ScenarioResult, VariantResult

ON_TIME = "on_time_share"
MOST_TELLING = 10.0
"""Beyond so many times its baseline a share of it tells nobody anything: the baseline is tiny."""
MAIN = (ON_TIME, "cost_cents", "lost_kg", "km", "unserved_lines", "alarms")
COLD = (
    "lost_kg", "at_risk_kg", "alarms", "false_alarms", "diversions", "degree_minutes",
    "mkt_above_c",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A key figure of a variant.

    Parameters
    ----------
    name, mean
        What it is and its mean.
    difference, interval
        From the baseline, in words; empty for the baseline.
    verdict, sign
        ``better``, ``worse`` or ``same``, for the look, and the same in words.
    bar
        The difference beside the largest of its column, in per cent.
    note
        What else must be said beside the figure.
    """

    name: str
    mean: str
    difference: str = ""
    interval: str = ""
    verdict: str = ""
    sign: str = ""
    bar: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A variant as a line of a table."""

    name: str
    cells: tuple[Cell, ...]
    verdict: str
    missed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of a promise class a variant brings in time; ``width`` is None where it has none."""

    name: str
    text: str
    width: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A promise class over all variants."""

    name: str
    shares: tuple[Share, ...]


def named_kpis(result: ScenarioResult, names: Sequence[str]) -> list[KpiWords]:
    """Give those key figures that the result has, in this order."""
    known = {kpi.name: kpi for kpi in result.kpis}
    return [known[name] for name in names if name in known]


def main_kpis(result: ScenarioResult) -> list[KpiWords]:
    """Give the figures of the first table: always the same, and what the file asks for besides."""
    asked = [kpi.name for kpi in result.kpis if kpi.shown and kpi.name not in MAIN]
    return named_kpis(result, [*MAIN, *asked])


def lines(result: ScenarioResult, kpis: Sequence[KpiWords], speaker: Speaker) -> list[Line]:
    """Give a table with a line per variant, the baseline first."""
    largest = {
        kpi.name: max(
            (abs(one.compared[kpi.name].difference) for one in result.variants[1:]), default=0.0
        )
        for kpi in kpis
    }
    return [
        Line(
            name=speaker.variant(one),
            cells=tuple(_cell(one, kpi, largest[kpi.name], speaker) for kpi in kpis),
            verdict=_verdict(result, one, speaker),
            missed=one is not result.baseline and not all(x.met for x in one.targets),
        )
        for one in result.variants
    ]


def _cell(one: VariantResult, kpi: KpiWords, largest: float, speaker: Speaker) -> Cell:
    name, mean = speaker.kpi(kpi), figure(one.means[kpi.name], kpi.unit, speaker)
    note = ""
    if kpi.name == "unserved_lines":
        gone = fmean(seed.withdrawn_lines for seed in one.seeds)
        if gone:
            note = speaker.say("withdrawn.short", lines=figure(gone, "", speaker))
    against = one.compared.get(kpi.name)
    if against is None:
        return Cell(name=name, mean=mean, note=note)
    if not against.difference and not against.low and not against.high:
        # Figures that are equal under every seed need no numbers beside them.
        return Cell(name=name, mean=mean, verdict="same", sign=speaker.say("sign.equal"), note=note)
    # The smallest bar can still be seen.
    bar = max(100.0 * abs(against.difference) / largest, 2.0) if against.difference else 0.0
    return Cell(
        name=name,
        mean=mean,
        difference=_difference(against, kpi, speaker),
        interval=_interval(against, kpi, speaker),
        verdict=against.verdict if against.verdict in {"better", "worse"} else "same",
        sign=speaker.say(f"sign.{against.verdict}"),
        bar=place(bar),
        note=note,
    )


def _difference(against: Compared, kpi: KpiWords, speaker: Speaker) -> str:
    text = figure(against.difference, kpi.unit, speaker, signed=True)
    if kpi.unit == "share" or against.share is None or abs(against.share) > MOST_TELLING:
        return text
    return f"{text} ({share(against.share, signed=True)})"


def _interval(against: Compared, kpi: KpiWords, speaker: Speaker) -> str:
    if against.low is None or against.high is None:
        return ""
    return interval(against.low, against.high, kpi.unit, speaker)


def _verdict(result: ScenarioResult, one: VariantResult, speaker: Speaker) -> str:
    if one is result.baseline:
        return ""
    if one.targets:
        kpis = {kpi.name: speaker.kpi(kpi) for kpi in result.kpis}
        missed = [kpis[target.kpi] for target in one.targets if not target.met]
        if missed:
            return speaker.say("verdict.missed", names=speaker.names(missed))
        return speaker.say("verdict.all")
    verdicts = [one.compared[kpi.name].verdict for kpi in main_kpis(result)]
    better, worse = verdicts.count("better"), verdicts.count("worse")
    return speaker.say("verdict.none", better=better, worse=worse)


def promises(result: ScenarioResult, speaker: Speaker) -> list[Promise]:
    """Give the shares in time by promise class, those that only a variant has as well."""
    found = {
        name
        for variant in result.variants
        for seed in variant.seeds
        for name in seed.kpis
        if name.startswith(PROMISE)
    }
    return [
        Promise(
            name=name.removeprefix(PROMISE),
            shares=tuple(_share(one, name, speaker) for one in result.variants),
        )
        for name in sorted(found)
    ]


def _share(one: VariantResult, name: str, speaker: Speaker) -> Share:
    values = [seed.kpis[name] for seed in one.seeds if name in seed.kpis]
    if not values:
        return Share(name=speaker.variant(one), text=speaker.say("promises.none"), width=None)
    mean = fmean(values)
    return Share(name=speaker.variant(one), text=share(mean), width=place(100.0 * mean))


def targets(one: VariantResult, kpis: Mapping[str, KpiWords], speaker: Speaker) -> list[str]:
    """Say for every target what is asked, what was reached, and whether that is enough."""
    colon, comma = speaker.choose(": ", "："), speaker.choose(", ", "，")
    return [
        f"{speaker.kpi(kpis[x.kpi])}{colon}{target_words(x, kpis[x.kpi], speaker)}"
        f" → {figure(x.value, kpis[x.kpi].unit, speaker)}{comma}"
        f"{speaker.say('target.met' if x.met else 'target.missed')}"
        for x in one.targets
    ]
