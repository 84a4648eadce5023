"""A plan as a dispatcher reads it on a terminal: sums, routes, what is left out, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from api.cli.check_view import show_verdict
from api.cli.layout import count, figures, tidy_table
from api.cli.outcome import one_line
from api.cli.terminal import console, money
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Advice, Plan, Route, Unserved
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import PER_THOUSAND, Seconds

if TYPE_CHECKING:
    from api.cli.plan_files import PlanFiles

MOST_UNSERVED_ROWS = 10
MOST_ROUTE_ROWS = 60
MOST_ADVICE_ROWS = 20
WIDTH_OF_FIGURES = 56
"""Columns of the route table beside names and types, one blank between them."""
ECHELON_TITLE = {Echelon.LINEHAUL: "linehaul", Echelon.LAST_MILE: "last mile"}
ZONE_TITLE = {Zone.FROZEN: "frozen", Zone.CHILLED: "chilled", Zone.CONTROLLED: "contr."}


def show_plan(problem: Problem, plan: Plan, files: PlanFiles | None) -> None:
    """Print a plan in the order in which a dispatcher asks: is it good, who drives, who is out."""
    out = console()
    out.print(Text(f"{one_line(plan.problem)}  from {_day(problem)}", style="bold"))
    out.print(_summary(problem, plan))
    if plan.routes:
        out.print()
        out.print(route_table(problem, plan.routes, width=out.width))
    if plan.unserved:
        out.print()
        out.print(unserved_table(plan.unserved, problem.collects, width=out.width))
    else:
        out.print()
    if plan.check is not None:
        show_verdict(out, plan.check)
    for line in advice_lines(plan.advice):
        out.print(line)
    if files is not None:
        out.print(_places(files, plan))


def _summary(problem: Problem, plan: Plan) -> Table:
    figure = plan.kpis
    parts = [f"{part.replace('_', ' ')} {money(cents)}" for part, cents in _charged(plan)]
    ordered = sum(line.mass_g for line in problem.lines.values()) / PER_THOUSAND
    lines = f"{figure['served_lines']:,.0f} of {len(problem.lines):,} lines"
    driven = figure["linehaul_km"] + figure["last_mile_km"]
    return figures(
        {
            "objective": f"{money(plan.cost.total)} = {' + '.join(parts) or '0.00'}",
            "served": f"{figure['served_kg_share']:.1%} of {ordered:,.1f} kg; {lines}",
            "on time": f"{figure['on_time_share']:.1%} of the lines ordered",
            "vehicles": f"{figure['vehicles_used']:.0f} of {len(problem.vehicles)},"
            f" {count(len(plan.routes), 'trip')}",
            "kilometres": f"{driven:,.1f} (linehaul {figure['linehaul_km']:,.1f},"
            f" last mile {figure['last_mile_km']:,.1f})",
        }
    )


def _charged(plan: Plan) -> Iterable[tuple[str, int]]:
    return ((part, cents) for part, cents in plan.cost.as_dict().items() if cents)


def route_table(problem: Problem, routes: Sequence[Route], *, width: int) -> Table:
    """List routes: what drives, when, how far, how full, and how near to spoiling."""
    table = tidy_table("Routes", width=width)
    typed = _has_room_for_types(routes, width)
    table.add_column("route", overflow="fold")
    if typed:
        table.add_column("type", no_wrap=True)
    for name in ("out", "back", "stops", "km", *ZONE_TITLE.values(), "margin"):
        table.add_column(name, justify="right", no_wrap=True)
    for echelon in Echelon:
        legs = [route for route in routes if route.echelon is echelon]
        if legs:
            table.add_section()
            table.add_row(Text(ECHELON_TITLE[echelon], style="italic"))
        for route in legs[:MOST_ROUTE_ROWS]:
            table.add_row(*_cells(problem, route, typed=typed))
        if len(legs) > MOST_ROUTE_ROWS:
            table.add_row(f"and {len(legs) - MOST_ROUTE_ROWS} more in the plan")
    table.caption = (
        "frozen, chilled, contr(olled): how full the compartment is; margin: how near a product"
        " comes to the edge of its temperature band"
    )
    return table


def _has_room_for_types(routes: Sequence[Route], width: int) -> bool:
    """Say whether names and types stand side by side; names alone must not be broken for them."""
    names = max(len(route.id) for route in routes)
    types = max(len(route.vehicle_type) for route in routes)
    return names + types + WIDTH_OF_FIGURES <= width


def _cells(problem: Problem, route: Route, *, typed: bool) -> list[str]:
    return [
        one_line(route.id),
        *([one_line(route.vehicle_type)] if typed else []),
        _clock(problem, route.departs),
        _clock(problem, route.returns),
        str(len(route.stops)),
        f"{route.distance_m / PER_THOUSAND:,.1f}",
        *(_share(fill) for fill in fills(route).values()),
        _margin(route),
    ]


def fills(route: Route) -> Mapping[Zone, float | None]:
    """Give the share of each compartment that is loaded at departure; None without compartment."""
    loaded: Counter[Zone] = Counter()
    for stop in route.stops:
        for item in stop.delivers:
            loaded[item.zone] += item.volume_ml
    room = route.compartments
    return {zone: loaded[zone] / room[zone] if room.get(zone) else None for zone in ZONES}


def unserved_table(
    unserved: Sequence[Unserved], collects: Collection[LineKey], *, width: int
) -> Table:
    """List what is left out: lines with the same reason and sentence share a row.

    Parameters
    ----------
    unserved
        Lines, and empties and returns left behind.
    collects
        The names of all empties and returns of the day.
    width
        Columns of the screen.
    """
    behind = [item for item in unserved if item.key in collects]
    table = tidy_table(
        f"Unserved: {_counted(len(unserved) - len(behind), len(behind))}", width=width
    )
    table.add_column("reason", overflow="fold")
    table.add_column("left" if behind else "lines", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    table.add_column("first" if behind else "first line", overflow="fold")
    groups = _worth_showing(_groups(unserved))
    for (reason, detail), lines in groups:
        table.add_row(reason, str(len(lines)), one_line(detail), one_line(str(lines[0].key)))
    shown = {item.key for _, items in groups for item in items}
    hidden = [item.key in collects for item in unserved if item.key not in shown]
    if hidden:
        more = _counted(len(hidden) - sum(hidden), sum(hidden))
        table.caption = f"and {more} more in the plan"
    return table


def _counted(lines: int, collects: int) -> str:
    """Count lines and collects apart; what there is none of is not named."""
    parts = [count(lines, "line")] * bool(lines or not collects)
    parts += [count(collects, "collect")] * bool(collects)
    return ", ".join(parts)


Group = tuple[tuple[str, str], list[Unserved]]


def _groups(unserved: Sequence[Unserved]) -> list[Group]:
    """Gather the lines of each reason and sentence, the largest groups first."""
    found: dict[tuple[str, str], list[Unserved]] = {}
    for item in unserved:
        found.setdefault((item.reason.value, item.detail), []).append(item)
    return sorted(found.items(), key=lambda group: (-len(group[1]), group[0]))


def _worth_showing(groups: Sequence[Group]) -> list[Group]:
    """Choose as many groups as a screen holds; every reason appears at least once."""
    largest = {reason: group for group in reversed(groups) for (reason, _), _ in [group]}
    others = [group for group in groups if largest[group[0][0]] is not group]
    kept = [*largest.values(), *others[: max(0, MOST_UNSERVED_ROWS - len(largest))]]
    return sorted(kept, key=lambda group: (group[0][0], -len(group[1]), group[0][1]))


def advice_lines(advice: Sequence[Advice]) -> list[Text]:
    """Word what a dispatcher should look into although no rule is broken: place, sentence."""
    lines = []
    for one in advice[:MOST_ADVICE_ROWS]:
        place = f" {one_line(one.where)}" if one.where else ""
        lines.append(Text.assemble(("advice", "yellow"), f"{place}: {one_line(one.detail)}"))
    if len(advice) > MOST_ADVICE_ROWS:
        lines.append(Text(f"and {len(advice) - MOST_ADVICE_ROWS} more in the plan"))
    return lines


def _places(files: PlanFiles, plan: Plan) -> Table:
    sheets = len({route.vehicle for route in plan.routes})
    return figures(
        {
            "plan": str(files.plan),
            "map": str(files.geojson),
            "manifests": f"{files.manifests} ({count(sheets, 'vehicle')})",
        }
    )


def _margin(route: Route) -> str:
    margins = [seen.margin_c for stop in route.stops for seen in stop.predicted.values()]
    return f"{min(margins):.1f} °C" if margins else "–"


def _share(fill: float | None) -> str:
    return "–" if fill is None else f"{fill:.0%}"


def _day(problem: Problem) -> str:
    return f"{problem.horizon.instant(0):%Y-%m-%d %H:%M %z} ({problem.horizon.time_zone})"


def _clock(problem: Problem, moment: Seconds) -> str:
    return problem.horizon.instant(moment).strftime("%H:%M")
