"""What a new version changes, in cents and in words that a dispatcher reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan, Route
from optimizer.domain.units import Cents

MOST_WORDS = 50
"""So many moved lines are named; the rest is counted."""

PARTS = {
    "vehicles": "vehicles",
    "distance": "kilometres",
    "time": "hours",
    "lateness": "lateness",
    "transfers": "transfers",
    "shelf_life": "shelf life",
    "stability": "other vehicle than usual",
    "unserved": "lines left out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One version against another.

    Parameters
    ----------
    cost_cents
        What the new version costs more; negative where it costs less.
    parts_cents
        The same, part by part of the objective; parts that stay the same are left out.
    words
        Sentences: the cost first, then what moved.
    """

    cost_cents: Cents
    parts_cents: Mapping[str, Cents]
    words: tuple[str, ...]


def difference(old: Plan, new: Plan) -> Difference:
    """Compare two versions of a plan."""
    before, after = old.cost.as_dict(), new.cost.as_dict()
    parts = {part: after[part] - before[part] for part in after if after[part] != before[part]}
    cents = new.cost.total - old.cost.total
    return Difference(
        cost_cents=cents,
        parts_cents=parts,
        words=(
            _cost_sentence(cents, parts),
            *_route_sentences(old, new),
            *_line_sentences(old, new),
        ),
    )


def _cost_sentence(cents: Cents, parts: Mapping[str, Cents]) -> str:
    shares = ", ".join(
        f"{PARTS.get(part, part.replace('_', ' '))} {share / 100:+,.2f}"
        for part, share in parts.items()
    )
    if cents == 0:
        total = "Costs the same"
    else:
        total = f"Costs {abs(cents) / 100:,.2f} {'more' if cents > 0 else 'less'}"
    return f"{total} ({shares})." if shares else f"{total}."


def _route_sentences(old: Plan, new: Plan) -> Iterator[str]:
    """Say which routes come, go, or drive otherwise."""
    before = {route.id: route for route in old.routes}
    after = {route.id: route for route in new.routes}
    for name in before:
        if name not in after:
            yield f"Route {name} is gone."
    for name, route in after.items():
        way = _way(new, route)
        if name not in before:
            yield f"Route {name} is new: {way}."
        elif way != (was := _way(old, before[name])):
            yield f"Route {name}: {way}; it was {was}."


def _way(plan: Plan, route: Route) -> str:
    times = (f"{plan.horizon.instant(moment):%H:%M}" for moment in (route.departs, route.returns))
    return f"{route.vehicle} {'-'.join(times)} by {', '.join(stop.site for stop in route.stops)}"


def _line_sentences(old: Plan, new: Plan) -> tuple[str, ...]:
    before, after = _carriers(old), _carriers(new)
    names = [*after, *(key for key in before if key not in after)]
    moved = [
        f"{key}: {before.get(key, 'not in the plan')} -> {after.get(key, 'not in the plan')}."
        for key in names
        if before.get(key) != after.get(key)
    ]
    more = len(moved) - MOST_WORDS
    return (*moved[:MOST_WORDS], f"And {more} lines more.") if more > 0 else tuple(moved)


def _carriers(plan: Plan) -> dict[LineKey, str]:
    """Say of every line which van brings it, and of every collect which takes it."""
    carriers = {
        item.key: f"{route.vehicle} ({route.id})"
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
    }
    return carriers | {item.key: "left out" for item in plan.unserved}
