"""Synchronisation: a van leaves with goods that trucks have brought and hands have sorted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimizer.check.facts import Facts
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.plan import Violation
from optimizer.domain.units import Seconds


def synchronisation(facts: Facts) -> Iterator[Violation]:
    """Find vans that depart before the last truck with their goods is unloaded and sorted.

    Lines that no truck brings come from stock, which is ready at any time.
    """
    ready: dict[tuple[SiteId, LineKey], Seconds] = defaultdict(int)
    for one in facts.judged:
        if one.route.echelon is Echelon.LINEHAUL:
            for stop in one.route.stops:
                sorted_at = stop.departs + facts.problem.sites[stop.site].sorting_s
                for item in stop.delivers:
                    place = stop.site, item.key
                    ready[place] = max(ready[place], sorted_at)
    for one in facts.judged:
        route = one.route
        if route.echelon is not Echelon.LAST_MILE:
            continue
        keys = (item.key for stop in route.stops for item in stop.delivers)
        latest = max((ready.get((route.start_site, key), 0) for key in keys), default=0)
        if route.departs < latest:
            amount = float(latest - route.departs)
            yield Violation(code="synchronisation", where=route.id, amount=amount)
