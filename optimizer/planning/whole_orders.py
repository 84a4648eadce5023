"""Orders that come with one vehicle or not at all: where one line stays, all stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, OrderId, SiteId
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.planning.freight import Freight, lines_in


def with_whole_orders(problem: Problem, left: Sequence[Unserved]) -> list[Unserved]:
    """Leave out the other lines of orders of which a line is left out, where orders are whole."""
    if not problem.orders_together:
        return list(left)
    gone = {item.key for item in left}
    first: dict[tuple[OrderId, SiteId], LineKey] = {}
    for item in left:
        if item.key in problem.lines:
            first.setdefault(order_at(problem.lines[item.key]), item.key)
    others = [
        Unserved(
            key=key,
            reason=UnservedReason.TOGETHER,
            detail=(
                f"order {key.order} is to come whole, and its line {first[order_at(line)]} is left"
            ),
        )
        for key, line in problem.lines.items()
        if order_at(line) in first and key not in gone
    ]
    return [*left, *others]


def torn(
    problem: Problem, asked: Iterable[Freight], served: Collection[LineKey]
) -> frozenset[LineKey]:
    """Give the served lines of orders of which not every line is served."""
    if not problem.orders_together:
        return frozenset()
    missing = {order_at(line) for line in lines_in(asked) if line.key not in served}
    return frozenset(key for key in served if order_at(problem.lines[key]) in missing)


def rides_begun(problem: Problem, routes: Iterable[Route]) -> dict[LineKey, Route]:
    """Give the open lines of orders that ride in part on routes that stay, with their route.

    Such a line can come with the same vehicle only, on a trip that is still open.
    """
    if not problem.orders_together:
        return {}
    begun: dict[tuple[OrderId, SiteId], Route] = {}
    riding: set[LineKey] = set()
    for route in routes:
        if route.echelon is Echelon.LAST_MILE:
            for stop in route.stops:
                for item in stop.delivers:
                    begun.setdefault((item.key.order, stop.site), route)
                    riding.add(item.key)
    return {
        key: begun[order_at(line)]
        for key, line in problem.lines.items()
        if key not in riding and order_at(line) in begun
    }


def order_at(line: OrderLine) -> tuple[OrderId, SiteId]:
    """Give what comes whole: the part of an order that goes to one site."""
    return line.key.order, line.site
