"""Docks: how many trucks stand at a warehouse at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimizer.check.facts import Facts
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import SiteId
from optimizer.domain.plan import Violation
from optimizer.domain.units import Seconds


def docks(facts: Facts) -> Iterator[Violation]:
    """Find warehouses at which more trucks are loaded or unloaded at once than there are docks.

    A truck holds a dock from the start of its service until it leaves; at its central warehouse it
    loads for the site's service time before it departs. A dock is free again in the very second in
    which a truck leaves.
    """
    visits: dict[SiteId, list[tuple[Seconds, int]]] = defaultdict(list)
    for one in facts.judged:
        route = one.route
        if route.echelon is not Echelon.LINEHAUL:
            continue
        loading = facts.problem.sites[route.start_site].service_s
        held = [(route.start_site, route.departs - loading, route.departs)]
        held += [(stop.site, stop.service_starts, stop.departs) for stop in route.stops]
        for site, start, end in held:
            if end > start:
                visits[site] += [(start, 1), (end, -1)]
    for site, moments in visits.items():
        room = facts.problem.sites[site].docks
        most = now = 0
        for _, change in sorted(moments):
            now += change
            most = max(most, now)
        if room is not None and most > room:
            yield Violation(code="docks", where=site, amount=float(most - room))
