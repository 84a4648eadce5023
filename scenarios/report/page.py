"""Puts the page together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from scenarios.report.answer import answer
from scenarios.report.figures import figure
from scenarios.report.maps import Drawing, Sheet, drawing, sheet_for
from scenarios.report.strips import strips
from scenarios.report.variants import COLD, lines, main_kpis, named_kpis, promises, targets
from scenarios.report.waterfall import Waterfall, waterfall
from scenarios.report.words import HTML_LANGUAGE, Language, Speaker
from scenarios.results import DayMap, ScenarioResult, VariantResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What is told of one variant.

    Parameters
    ----------
    headline
        Its answer in one sentence.
    changed, binds, targets
        Sentences; ``warnings`` are those that must not be overlooked.
    cost, routes
        Drawings; None where there is nothing to draw.
    """

    name: str
    headline: str
    warnings: tuple[str, ...]
    changed: tuple[str, ...]
    binds: tuple[str, ...]
    targets: tuple[str, ...]
    cost: Waterfall
    routes: Drawing | None
    routes_label: str


def page(result: ScenarioResult, language: Language) -> str:
    """Write a result as one HTML page that needs no other file, host or script.

    Parameters
    ----------
    result
        What is told.
    language
        ``en`` or ``zh``.
    """
    speaker = Speaker(language)
    maps = [day for one in result.variants if (day := _map_of(one)) is not None]
    sheet = sheet_for(maps) if maps else None
    first = _map_of(result.baseline)
    base_map = drawing(first, sheet) if first is not None and sheet is not None else None
    main = main_kpis(result)
    cold = named_kpis(result, COLD)
    return _environment().get_template("report.html").render(
        t=speaker.say,
        lang=HTML_LANGUAGE[language],
        result=result,
        title=speaker.sentence(result.title),
        answer=answer(result, speaker),
        seeds=speaker.names([str(seed) for seed in result.seeds]),
        lines=lines(result, main, speaker),
        main=[speaker.kpi(kpi) for kpi in main],
        strips=strips(result, main, speaker),
        promises=promises(result, speaker),
        cold=[speaker.kpi(kpi) for kpi in cold],
        cold_lines=lines(result, cold, speaker),
        chapters=[_chapter(result, one, sheet, speaker) for one in result.variants[1:]],
        sheet=sheet,
        base_map=base_map,
        base_label=_label(base_map, speaker.say("baseline"), speaker),
        every=[speaker.kpi(kpi) for kpi in result.kpis],
        every_lines=lines(result, result.kpis, speaker),
    )  # fmt: skip


def _chapter(
    result: ScenarioResult, one: VariantResult, sheet: Sheet | None, speaker: Speaker
) -> Chapter:
    day = _map_of(one)
    routes = drawing(day, sheet) if day is not None and sheet is not None else None
    name = speaker.variant(one)
    return Chapter(
        name=name,
        headline=speaker.sentence(one.headline),
        warnings=tuple(_warnings(one, speaker)),
        changed=tuple(map(speaker.sentence, one.changed)) or (speaker.say("changed.not"),),
        binds=tuple(map(speaker.sentence, one.binding)) or (speaker.say("binds.not"),),
        targets=tuple(targets(one, {kpi.name: kpi for kpi in result.kpis}, speaker)),
        cost=waterfall(result.baseline.cost_cents, one.cost_cents, speaker),
        routes=routes,
        routes_label=_label(routes, name, speaker),
    )


def _warnings(one: VariantResult, speaker: Speaker) -> list[str]:
    said = []
    violations = sum(seed.violations for seed in one.seeds)
    if violations:
        said.append(speaker.say("violations", count=violations))
    gone = one.seeds[0]
    if gone.withdrawn_lines:
        mass = figure(gone.withdrawn_g / 1000, "kg", speaker)
        said.append(speaker.say("withdrawn", lines=gone.withdrawn_lines, kg=mass))
    return said


def _map_of(one: VariantResult) -> DayMap | None:
    day = one.seeds[0].map
    return day if day is not None and day.sites else None


def _label(routes: Drawing | None, name: str, speaker: Speaker) -> str:
    if routes is None:
        return ""
    return speaker.say(
        "map.label",
        name=name,
        routes=routes.trips,
        km=figure(routes.km, "", speaker),
        points=routes.points_left,
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("scenarios.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
