"""Which wave carries a line: the one that reaches the point's window with the least waiting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from optimizer.domain.ids import LineKey, OrderId, SiteId, WaveId
from optimizer.domain.network import Site, TimeWindow
from optimizer.domain.orders import Collect, OrderLine
from optimizer.domain.problem import HORIZON_S, Problem, Wave
from optimizer.domain.units import Seconds
from optimizer.planning.freight import Freight
from optimizer.planning.whole_orders import order_at

NEVER: Seconds = HORIZON_S
"""A window that may be missed at its end closes when the horizon does."""


def binding_window(problem: Problem, item: Freight) -> TimeWindow | None:
    """Give the booked window outside which no service may start; None where none is booked."""
    if isinstance(item, Collect) or item.window is None:
        return None
    if problem.promises[item.promise].soft_window:
        return TimeWindow(opens=item.window.opens, closes=NEVER)
    return item.window


def service_window(site: Site, booked: TimeWindow | None, earliest: Seconds) -> TimeWindow | None:
    """Give the first interval in which a service may start, at or after a moment.

    It is the site's hours and the booked window together; None where nothing is left.
    """
    for hours in site.hours:
        opens, closes = hours.opens, hours.closes
        if booked is not None:
            opens, closes = max(opens, booked.opens), min(closes, booked.closes)
        if opens <= closes and closes >= earliest:
            return TimeWindow(opens=opens, closes=closes)
    return None


def choose_wave(
    problem: Problem, line: OrderLine, ride_s: Seconds, waves: Iterable[Wave]
) -> WaveId:
    """Choose the wave of one line.

    Of the waves that arrive before the window closes, the latest that arrives before it opens;
    if all of them arrive later than that, the earliest. A line that no wave reaches in time goes
    with the first wave, where it is left out with its reason. A window that may be missed at its
    end is kept where a wave reaches it.
    """
    site = problem.sites[line.site]
    ordered = sorted(waves, key=lambda wave: wave.departs)
    # Nothing leaves before it is ordered; later than all waves, the last one is late anyway.
    ordered = [wave for wave in ordered if wave.departs >= (line.ordered_s or 0)] or ordered[-1:]
    reachable: list[tuple[Wave, TimeWindow]] = []
    for booked in dict.fromkeys((line.window, binding_window(problem, line))):
        for wave in ordered if not reachable else ():
            window = service_window(site, booked, wave.departs + ride_s)
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
    chosen = {
        line.key: (line, choose_wave(problem, line, ride_s[line.site], ordered)) for line in lines
    }
    if problem.orders_together:
        chosen = _as_one(chosen, [wave.id for wave in ordered])
    for line, wave_id in chosen.values():
        groups[wave_id].append(line)
    return groups


def _as_one(
    chosen: Mapping[LineKey, tuple[OrderLine, WaveId]], order: Sequence[WaveId]
) -> dict[LineKey, tuple[OrderLine, WaveId]]:
    """Let all lines of an order wait for the latest wave that one of them takes."""
    latest: dict[tuple[OrderId, SiteId], WaveId] = {}
    for line, wave_id in chosen.values():
        known = latest.setdefault(order_at(line), wave_id)
        latest[order_at(line)] = max(known, wave_id, key=order.index)
    return {key: (line, latest[order_at(line)]) for key, (line, _) in chosen.items()}
