"""The words of the road: what a driver or a leader reports about a stop."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from optimizer.domain.ids import LineKey, OrderId, SiteId, VehicleId
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Grams


class Kind(Enum):
    """What can be reported about a stop."""

    ARRIVED = "arrived"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    DAMAGED = "damaged"
    EMPTIES = "empties"
    COLLECTED = "collected"
    DEPARTED = "departed"


MOVES_GOODS = frozenset({Kind.HANDED_OVER, Kind.REFUSED, Kind.DAMAGED})
"""Events that account for kilograms of lines."""

ABOUT_GOODS = MOVES_GOODS | {Kind.COLLECTED}
"""Events that say what became of goods."""

SHOWS_PRESENCE = frozenset({Kind.ARRIVED, Kind.HANDED_OVER, Kind.REFUSED, Kind.EMPTIES})
"""Events that only a vehicle at the stop can bring about; goods may break on the way as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some kilograms of a line."""

    key: LineKey
    mass_g: Grams


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an event says beyond its kind and time; what its kind does not know stays empty.

    Parameters
    ----------
    pieces
        Lines handed over, refused or damaged.
    product_c
        Product temperature at the hand-over, per zone.
    inspected
        Whether the goods were looked at before the signature.
    signature
        What the receiver drew, as an SVG path.
    reason
        Why goods were refused, or what damaged them.
    crates, boxes
        Empties taken along.
    order
        The order that its household has collected.
    """

    pieces: tuple[Piece, ...] = ()
    product_c: Mapping[Zone, float] = field(default_factory=dict)
    signed_by: str = ""
    signature: str = ""
    inspected: bool = False
    reason: str = ""
    crates: int = 0
    boxes: int = 0
    order: OrderId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One report about one stop, as it is stored.

    Parameters
    ----------
    number
        In the order of arrival at the service; 0 before it is stored.
    id
        The name that the sender gave: the same name twice is the same event.
    at
        When it happened, by the sender's clock.
    """

    number: int
    id: str
    plan: str
    stop: str
    vehicle: VehicleId
    kind: Kind
    at: datetime
    report: Report
    received_at: datetime
    received_from: str

    def says_the_same(self, other: Event) -> bool:
        """Say whether two events with one name are one report sent twice."""
        mine = (self.stop, self.kind, self.at, self.report)
        return mine == (other.stop, other.kind, other.at, other.report)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Where a vehicle was."""

    vehicle: VehicleId
    at: datetime
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPlace:
    """Which stop an event or a task is about."""

    plan: str
    stop: str
    vehicle: VehicleId
    site: SiteId


def report_document(report: Report) -> dict[str, Any]:
    """Write a report as the JSON that is stored; equal reports give equal JSON."""
    return {
        "lines": [
            {"order": piece.key.order, "line": piece.key.line, "mass_g": piece.mass_g}
            for piece in report.pieces
        ],
        "product_c": {
            zone.value: report.product_c[zone] for zone in Zone if zone in report.product_c
        },
        "signed_by": report.signed_by,
        "signature": report.signature,
        "inspected": report.inspected,
        "reason": report.reason,
        "crates": report.crates,
        "boxes": report.boxes,
        "order": report.order,
    }


def report_from(
    document: Mapping[str, Any], only: Collection[tuple[OrderId, str]] | None = None
) -> Report:
    """Read a stored report.

    Parameters
    ----------
    document
        As it was written.
    only
        Whose pieces are wanted; None means all. A truck's hand-over names thousands.
    """
    return Report(
        pieces=tuple(
            Piece(key=LineKey(item["order"], item["line"]), mass_g=item["mass_g"])
            for item in document["lines"]
            if only is None or (item["order"], item["line"]) in only
        ),
        product_c={Zone(zone): value for zone, value in document["product_c"].items()},
        signed_by=document["signed_by"],
        # Older reports know none.
        signature=document.get("signature", ""),
        inspected=document["inspected"],
        reason=document["reason"],
        crates=document["crates"],
        boxes=document["boxes"],
        order=document["order"],
    )
