"""What may be reported about a stop, and why not.

An empty list means yes. A refusal names the line and what is left of it, so that a driver can
correct the figure on the spot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.road.progress import StopProgress
from api.road.words import MOVES_GOODS, Event, Kind
from optimizer.domain.ids import LineKey
from optimizer.domain.orders import OrderLine
from optimizer.domain.units import thousands

CLOCK_TOLERANCE = timedelta(seconds=120)
"""A phone's clock may be ahead by this much; beyond it the time is taken for wrong."""

ON_THE_ROAD = ("published", "loading", "running")
"""States of a plan in which its stops are reported on."""


_CREW = frozenset({"driver", "warehouse", "dispatcher", "admin"})
_DESK = frozenset({"leader", "warehouse", "dispatcher", "admin"})

REPORTERS: dict[Kind, frozenset[str]] = {
    Kind.ARRIVED: _CREW,
    Kind.HANDED_OVER: _CREW,
    Kind.REFUSED: _CREW | _DESK,
    Kind.DAMAGED: _CREW | _DESK,
    Kind.EMPTIES: _CREW,
    Kind.COLLECTED: _DESK,
    Kind.DEPARTED: _CREW,
}
"""Roles that may report each kind: who drives, and who stands at the desk of a pickup point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why an event is refused: an error code and what happened this time."""

    code: str
    message: str


def not_theirs(kind: Kind, role: str) -> Objection | None:
    """Object to a report that is not this role's to give."""
    if role in REPORTERS[kind]:
        return None
    known = ", ".join(sorted(REPORTERS[kind]))
    return Objection(code="CG-7310", message=f"{kind.value} is reported by {known}, not {role}")


def too_early(at: datetime, now: datetime) -> Objection | None:
    """Object to a time that lies in the future."""
    ahead = at - now
    if ahead <= CLOCK_TOLERANCE:
        return None
    message = (
        f"at: {at.isoformat()} lies {ahead.total_seconds():.0f} s ahead of {now.isoformat()}; "
        f"up to {CLOCK_TOLERANCE.total_seconds():.0f} s are taken"
    )
    return Objection(code="CG-7301", message=message)


def not_on_the_road(state: str, at: datetime, closed_at: datetime | None) -> Objection | None:
    """Object to an event of a plan that nobody drives.

    A closed plan takes what happened before it was closed: a phone may have been without a
    network until now. Where the closing is unknown, it takes everything.
    """
    if state in ON_THE_ROAD:
        return None
    if state == "closed" and (closed_at is None or at <= closed_at):
        return None
    if state == "closed" and closed_at is not None:
        message = (
            f"the plan was closed at {closed_at.isoformat()}, the event is of {at.isoformat()}"
        )
    else:
        known = ", ".join(ON_THE_ROAD)
        message = f"the plan is {state}; its stops are reported on while it is {known}"
    return Objection(code="CG-7302", message=message)


def objections(
    event: Event, progress: StopProgress, lines: Mapping[LineKey, OrderLine]
) -> Iterator[Objection]:
    """Hold an event against what the stop delivers and what is accounted for already.

    Parameters
    ----------
    event
        The event, not among those that ``progress`` was folded from.
    progress
        The state of its stop.
    lines
        The order lines of the plan's problem.
    """
    if event.kind in MOVES_GOODS:
        yield from _quantities(event, progress)
    if event.kind is Kind.HANDED_OVER:
        yield from _hand_over(event, progress, lines)
    if event.kind is Kind.COLLECTED:
        yield from _collected(event, progress)


def _quantities(event: Event, progress: StopProgress) -> Iterator[Objection]:
    told: Counter[LineKey] = Counter()
    for piece in event.report.pieces:
        told[piece.key] += piece.mass_g
    for key, mass_g in told.items():
        line = progress.lines.get(key)
        if line is None:
            known = ", ".join(str(other) for other in progress.lines) or "none"
            yield Objection(
                code="CG-7303",
                message=f"lines: the stop does not deliver {key}; its lines are {known}",
            )
        elif mass_g > line.rest_g:
            rest = thousands(max(0, line.rest_g))
            yield Objection(
                code="CG-7304",
                message=(
                    f"lines: {key} {event.kind.value} {thousands(mass_g)} kg, but of "
                    f"{thousands(line.planned_g)} kg only {rest} kg are not accounted for"
                ),
            )


def _hand_over(
    event: Event, progress: StopProgress, lines: Mapping[LineKey, OrderLine]
) -> Iterator[Objection]:
    handed = [piece.key for piece in event.report.pieces if piece.key in progress.lines]
    fresh = [key for key in handed if key in lines and lines[key].shelf_life_left_s is not None]
    if fresh and not event.report.inspected:
        yield Objection(
            code="CG-7305",
            message=f"inspected: {', '.join(map(str, fresh))} must be inspected before signing",
        )
    measured = {progress.lines[key].zone for key in handed}
    missing = [zone.value for zone in event.report.product_c if zone not in measured]
    if missing:
        yield Objection(
            code="CG-7303",
            message=f"product_c: no line handed over is of zone {', '.join(missing)}",
        )


def _collected(event: Event, progress: StopProgress) -> Iterator[Objection]:
    orders = sorted({key.order for key in progress.lines})
    if event.report.order not in orders:
        yield Objection(
            code="CG-7303",
            message=(
                f"order: the stop delivers nothing of {event.report.order}; "
                f"its orders are {', '.join(orders) or 'none'}"
            ),
        )
        return
    # Goods that are not accounted for may have been handed over: the driver's phone may be slow.
    lines = [line for key, line in progress.lines.items() if key.order == event.report.order]
    if all(line.has_failed for line in lines):
        yield Objection(
            code="CG-7313",
            message=f"order: all of {event.report.order} was refused or damaged at this stop",
        )
