"""Room at the pickup points: litres per zone, and locker cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimizer.check.facts import Facts
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import OrderId, SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.orders import Mode
from optimizer.domain.plan import Violation
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Millilitres, ceil_div

Shelf = tuple[SiteId, Zone]


def pickup_points(facts: Facts) -> Iterator[Violation]:
    """Judge what waits at a point for its households; what goes to a door does not wait."""
    for (name, zone), orders in _waiting(facts).items():
        site, where = facts.problem.sites[name], f"{name}/{zone.value}"
        room = site.capacity_ml.get(zone)
        over = 0 if room is None else sum(orders.values()) - room
        if over > 0:
            yield Violation(code="site_capacity", where=where, amount=float(over))
        if zone in site.cells:
            short = _cells(site, orders) - site.cells[zone]
            if short > 0:
                yield Violation(code="locker", where=where, amount=float(short))


def _waiting(facts: Facts) -> dict[Shelf, dict[OrderId, Millilitres]]:
    """Sum up the litres of each order per point and zone."""
    problem = facts.problem
    limited = {
        site.id for site in problem.sites_of(SiteKind.PICKUP) if site.capacity_ml or site.cells
    }
    shelves: dict[Shelf, dict[OrderId, Millilitres]] = defaultdict(lambda: defaultdict(int))
    for route in facts.routes:
        if route.echelon is not Echelon.LAST_MILE:
            continue
        for stop in route.stops:
            for item in stop.delivers if stop.site in limited else ():
                if problem.lines[item.key].mode is Mode.PICKUP:
                    shelves[stop.site, item.zone][item.key.order] += item.volume_ml
    return shelves


def _cells(site: Site, orders: dict[OrderId, Millilitres]) -> int:
    """Count the cells that orders take which share none."""
    # A cell without room holds nothing; a millilitre each keeps the number finite.
    return sum(ceil_div(volume, max(1, site.cell_ml)) for volume in orders.values())
