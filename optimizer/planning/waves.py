"""Which wave carries a line: the one that reaches the point's window with the least waiting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optimizer.domain.ids import SiteId, WaveId
from optimizer.domain.network import Site, TimeWindow
from optimizer.domain.orders import OrderLine
from optimizer.domain.problem import Problem, Wave
from optimizer.domain.units import Seconds


def service_window(site: Site, line: OrderLine, earliest: Seconds) -> TimeWindow | None:
    """Give the first interval in which a line's service may start, at or after a moment.

    It is the site's hours and the line's booked window together; None where nothing is left.
    """
    for hours in site.hours:
        opens, closes = hours.opens, hours.closes
        if line.window is not None:
            opens, closes = max(opens, line.window.opens), min(closes, line.window.closes)
        if opens <= closes and closes >= earliest:
            return TimeWindow(opens=opens, closes=closes)
    return None


def choose_wave(
    problem: Problem, line: OrderLine, ride_s: Seconds, waves: Iterable[Wave]
) -> WaveId:
    """Choose the wave of one line.

    Of the waves that arrive before the window closes, the latest that arrives before it opens;
    if all of them arrive later than that, the earliest. A line that no wave reaches in time goes
    with the first wave, where it is left out with its reason.
    """
    site = problem.sites[line.site]
    ordered = sorted(waves, key=lambda wave: wave.departs)
    reachable = []
    for wave in ordered:
        window = service_window(site, line, wave.departs + ride_s)
        if window is not None:
            reachable.append((wave, window))
    if not reachable:
        return ordered[0].id
    first_window = reachable[0][1]
    waiting = [
        wave
        for wave, window in reachable
        if window == first_window and wave.departs + ride_s <= window.opens
    ]
    return waiting[-1].id if waiting else reachable[0][0].id


def lines_by_wave(
    problem: Problem, lines: Iterable[OrderLine], ride_s: Mapping[SiteId, Seconds]
) -> dict[WaveId, list[OrderLine]]:
    """Group lines by wave, in the order of departure; ``ride_s`` is the way from the grid."""
    ordered = sorted(problem.waves, key=lambda wave: wave.departs)
    groups: dict[WaveId, list[OrderLine]] = {wave.id: [] for wave in ordered}
    for line in lines:
        groups[choose_wave(problem, line, ride_s[line.site], ordered)].append(line)
    return groups
