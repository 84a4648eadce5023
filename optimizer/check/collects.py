"""Empties and returns: each taken once, whole, where it waits, by a van of the last mile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from optimizer.check.facts import Facts, at
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.orders import Collect
from optimizer.domain.plan import Delivery, Violation


def collects(facts: Facts) -> Iterator[Violation]:
    """Judge what is taken back."""
    yield from _counts(facts)
    for route in facts.routes:
        for stop in route.stops:
            for item in stop.collects:
                where = f"{at(route, stop)}/{item.key}"
                if route.echelon is not Echelon.LAST_MILE:
                    yield Violation(code="wrong_collect", where=f"{where}/truck", amount=1.0)
                asked = facts.problem.collects[item.key]
                if asked.site != stop.site:
                    yield Violation(code="wrong_collect", where=f"{where}/site", amount=1.0)
                yield from _differences(where, item, asked)


def _counts(facts: Facts) -> Iterator[Violation]:
    """Find collects that are taken, or listed as unserved, not exactly once."""
    if not facts.problem.collects:
        return
    seen: Counter[LineKey] = Counter(item.key for item in facts.plan.unserved)
    for route in facts.routes:
        seen.update(item.key for stop in route.stops for item in stop.collects)
    for key in facts.problem.collects:
        if seen[key] == 0:
            yield Violation(code="collect_missing", where=str(key), amount=1.0)
        elif seen[key] > 1:
            yield Violation(code="collect_twice", where=str(key), amount=float(seen[key] - 1))


def _differences(where: str, item: Delivery, asked: Collect) -> Iterator[Violation]:
    wrong = {
        "zone": int(item.zone is not asked.zone),
        "mass": abs(item.mass_g - asked.mass_g),
        "volume": abs(item.volume_ml - asked.volume_ml),
    }
    for what, amount in wrong.items():
        if amount:
            yield Violation(code="wrong_collect", where=f"{where}/{what}", amount=float(amount))
