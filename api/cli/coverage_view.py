"""Coverage for people: shares by grid and zone, then the points and the longest gaps without."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from api.cli.layout import tidy_table
from api.cli.outcome import one_line
from api.cli.terminal import console
from optimizer.coverage import Coverage, Gap, OpenPoint, Reason, Share
from optimizer.coverage.words import Nearest
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Metres

WHY = {
    Reason.NO_STATION: "the network has no station",
    Reason.NO_ROAD: "no road leads to one",
    Reason.TOO_FAR: "too far",
    Reason.NO_ROOM: "no room in the zone",
    Reason.CLOSED: "closed then",
}
MOST_ROWS = 20


def show_coverage(problem: Problem, found: Coverage) -> None:
    """Print shares, points without a station, and the longest stretches without one."""
    out = console()
    out.print(
        f"coverage  a transfer station within {_km(found.radius_m)} by road;"
        f" legs looked at each {found.every_m} m"
    )
    if not found.by_position:
        out.print("ways      measured from the sites around: distances are known from sites alone")
    out.print()
    out.print(_shares(found, out.width))
    _points(out, found.points)
    _gaps(out, problem, found.gaps)


def _shares(found: Coverage, width: int) -> Table:
    table = tidy_table("Covered", width=width)
    table.add_column("grid", overflow="fold")
    table.add_column("zone")
    for name in ("points", "share", "legs", "share", "km", "share"):
        table.add_column(name, justify="right")
    for share in found.shares:
        table.add_row(*_row(one_line(share.grid) or "-", share))
    table.add_section()
    for zone in Zone:
        total = found.total(zone)
        if total.points or total.legs:
            table.add_row(*_row("all", total))
    return table


def _row(grid: str, share: Share) -> tuple[str, ...]:
    return (
        grid,
        share.zone.value,
        f"{share.covered_points}/{share.points}",
        _part(share.covered_points, share.points),
        f"{share.covered_legs}/{share.legs}",
        _part(share.covered_legs, share.legs),
        f"{share.covered_metres / 1000:,.1f}/{share.metres / 1000:,.1f}",
        _part(share.covered_metres, share.metres),
    )


def _part(covered: int, whole: int) -> str:
    return f"{covered / whole:.1%}" if whole else "-"


def _points(out: Console, points: Sequence[OpenPoint]) -> None:
    if not points:
        return
    what = "1 point" if len(points) == 1 else f"{len(points):,} points"
    table = tidy_table(f"{what} without, by zone", width=out.width)
    for name in ("point", "grid", "zone", "why", "nearest"):
        table.add_column(name, overflow="fold")
    for one in points[:MOST_ROWS]:
        table.add_row(
            one_line(one.site),
            one_line(one.grid) or "-",
            one.zone.value,
            WHY[one.reason],
            _nearest(one.nearest),
        )
    _rest(table, len(points))
    out.print()
    out.print(table)


def _gaps(out: Console, problem: Problem, gaps: Sequence[Gap]) -> None:
    if not gaps:
        return
    what = "1 stretch" if len(gaps) == 1 else f"{len(gaps):,} stretches"
    table = tidy_table(f"{what} without, the longest first", width=out.width)
    for name in ("route", "leg", "zone", "metres", "driven", "why", "nearest"):
        table.add_column(name, overflow="fold")
    ranked = sorted(gaps, key=lambda gap: (-gap.metres, gap.route, gap.leg))
    for one in ranked[:MOST_ROWS]:
        clock = [problem.horizon.instant(at).strftime("%H:%M") for at in (one.starts, one.ends)]
        table.add_row(
            one_line(one.route),
            f"{one.leg}: {one_line(one.from_site)} to {one_line(one.to_site)}",
            one.zone.value,
            f"{one.from_m:,} to {one.to_m:,}",
            "-".join(clock),
            WHY[one.reason],
            _nearest(one.nearest),
        )
    _rest(table, len(gaps))
    out.print()
    out.print(table)


def _rest(table: Table, size: int) -> None:
    if size > MOST_ROWS:
        table.caption = f"and {size - MOST_ROWS} more; --json lists all"


def _nearest(one: Nearest | None) -> str:
    return "-" if one is None else f"{one_line(one.site)}, {_km(one.distance_m)}"


def _km(metres: Metres) -> str:
    return f"{metres / 1000:,.2f} km"
