"""Every line once, whole, in its zone, at its site, from the right warehouse, covered by trucks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from optimizer.check.facts import Facts, Load, at, from_stock
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import ArticleId, LineKey, OrderId, SiteId, VehicleId
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Route, Violation
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE

KINDS = {
    Echelon.LINEHAUL: (SiteKind.CENTRAL, SiteKind.GRID),
    Echelon.LAST_MILE: (SiteKind.GRID, SiteKind.PICKUP),
}
"""Where routes of an echelon start and where they stop."""


def assignment(facts: Facts) -> Iterator[Violation]:
    """Judge who brings what where."""
    yield from _counts(facts)
    yield from _together(facts)
    for route in facts.routes:
        yield from _deliveries(facts.problem, route)
    yield from _linehaul(facts)
    yield from _starts(facts)
    yield from _grids(facts)


def _counts(facts: Facts) -> Iterator[Violation]:
    """Find lines that are delivered, or listed as unserved, not exactly once."""
    seen: Counter[LineKey] = Counter()
    for route in facts.routes:
        if route.echelon is Echelon.LAST_MILE:
            seen.update(item.key for stop in route.stops for item in stop.delivers)
    seen.update(item.key for item in facts.plan.unserved)
    for key in facts.problem.lines:
        if seen[key] == 0:
            yield Violation(code="line_missing", where=str(key), amount=1.0)
        elif seen[key] > 1:
            yield Violation(code="line_twice", where=str(key), amount=float(seen[key] - 1))


def _together(facts: Facts) -> Iterator[Violation]:
    """Find orders that two vehicles bring to a site, or that come in part, where they must not."""
    if not facts.problem.orders_together:
        return
    lines = facts.problem.lines
    vehicles: dict[tuple[OrderId, SiteId], set[VehicleId]] = defaultdict(set)
    delivered: set[LineKey] = set()
    for route in facts.routes:
        if route.echelon is Echelon.LAST_MILE:
            for stop in route.stops:
                for item in stop.delivers:
                    vehicles[item.key.order, lines[item.key].site].add(route.vehicle)
                    delivered.add(item.key)
    listed = {item.key for item in facts.plan.unserved if item.key in lines}
    left = {(key.order, lines[key].site) for key in listed - delivered}
    for part, brought_by in vehicles.items():
        if len(brought_by) > 1 or part in left:
            yield Violation(code="together", where=part[0], amount=1.0)


def _deliveries(problem: Problem, route: Route) -> Iterator[Violation]:
    last_mile = route.echelon is Echelon.LAST_MILE
    for stop in route.stops:
        for item in stop.delivers:
            line = problem.lines[item.key]
            where = f"{at(route, stop)}/{item.key}"
            if item.zone is not line.zone:
                yield Violation(code="wrong_zone", where=where, amount=1.0)
            if not last_mile:
                continue
            if line.site != stop.site:
                yield Violation(code="wrong_site", where=where, amount=1.0)
            yield from _difference("quantity", where, item.mass_g - line.mass_g, "mass")
            yield from _difference("quantity", where, item.volume_ml - line.volume_ml, "volume")


def _difference(code: str, where: str, amount: int, what: str) -> Iterator[Violation]:
    if amount:
        yield Violation(code=code, where=f"{where}/{what}", amount=float(abs(amount)))


def _linehaul(facts: Facts) -> Iterator[Violation]:
    """Compare what trucks bring to each grid with what leaves it, less its stock."""
    trucked: dict[SiteId, dict[LineKey, Load]] = defaultdict(lambda: defaultdict(Load))
    leaving: dict[SiteId, set[LineKey]] = defaultdict(set)
    for route in facts.routes:
        for stop in route.stops:
            for item in stop.delivers:
                if route.echelon is Echelon.LINEHAUL:
                    trucked[stop.site][item.key].add(item)
                else:
                    leaving[route.start_site].add(item.key)
    used: dict[tuple[SiteId, ArticleId], Load] = defaultdict(Load)
    for grid in dict.fromkeys([*trucked, *leaving]):
        for key in dict.fromkeys([*trucked[grid], *sorted(leaving[grid])]):
            if key not in leaving[grid]:
                brought = trucked[grid][key]
                yield from _linehaul_finding(grid, str(key), brought.mass_g, brought.volume_ml)
                continue
            mass, volume = from_stock(facts.problem, trucked[grid], key)
            yield from _linehaul_finding(grid, str(key), max(0, -mass), max(0, -volume))
            stock = used[grid, facts.problem.lines[key].article]
            stock.mass_g += max(0, mass)
            stock.volume_ml += max(0, volume)
    yield from _stock(facts.problem, used)


def _stock(problem: Problem, used: dict[tuple[SiteId, ArticleId], Load]) -> Iterator[Violation]:
    lying: dict[tuple[SiteId, ArticleId], Load] = defaultdict(Load)
    for stock in problem.stock:
        lying[stock.site, stock.article].mass_g += stock.mass_g
        lying[stock.site, stock.article].volume_ml += stock.volume_ml
    for place, load in used.items():
        short = load.mass_g - lying[place].mass_g, load.volume_ml - lying[place].volume_ml
        yield from _linehaul_finding(*place, max(0, short[0]), max(0, short[1]))


def _linehaul_finding(grid: SiteId, what: str, mass: int, volume: int) -> Iterator[Violation]:
    yield from _difference("linehaul_quantity", f"{grid}/{what}", mass, "mass")
    yield from _difference("linehaul_quantity", f"{grid}/{what}", volume, "volume")


def _starts(facts: Facts) -> Iterator[Violation]:
    sites = facts.problem.sites
    for one in facts.judged:
        route, home = one.route, one.vehicle.home
        start_kind, stop_kind = KINDS[route.echelon]
        ends = {route.start_site, route.end_site} == {home}
        if not ends or sites[home].kind is not start_kind or one.vehicle.echelon != route.echelon:
            yield Violation(code="wrong_start", where=route.id, amount=1.0)
        for stop in route.stops:
            if stop.kind is not stop_kind or sites[stop.site].kind is not stop_kind:
                yield Violation(code="wrong_start", where=at(route, stop), amount=1.0)


def _grids(facts: Facts) -> Iterator[Violation]:
    radius = facts.problem.radius_m
    for one in facts.judged:
        if one.route.echelon is not Echelon.LAST_MILE:
            continue
        for stop, distance in zip(one.route.stops, one.from_start_m, strict=True):
            given = facts.problem.sites[stop.site].grid
            if given is not None and given != one.route.start_site:
                yield Violation(code="wrong_grid", where=at(one.route, stop), amount=1.0)
            if radius is not None and distance != UNREACHABLE and distance > radius:
                where = at(one.route, stop)
                yield Violation(code="radius", where=where, amount=float(distance - radius))
