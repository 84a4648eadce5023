"""Which vehicle of a plan carries what of which batch where: what a recall is answered from.

A batch is a lot of an article, named by the order line that is to be served from it. Lines without
a batch are left out: nobody could say afterwards what they were served from.

What there is one of per line is made without a trace for the garbage collector: a recall has ten
thousand of them at once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.plan import Plan, Route, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Grams

NO_ROUTE = ""
"""Stands for the route of what no vehicle carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What an order line is to be served from, and where it goes."""

    article: str
    batch: str
    site: SiteId
    zone: Zone
    mass_g: Grams


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBatch:
    """How much of a batch a question asks for."""

    article: str
    batch: str
    lines: int
    mass_g: Grams


class Carried(Struct, frozen=True, kw_only=True, gc=False):
    """A line, or a part of one, that a trip hands over.

    Parameters
    ----------
    site, visit
        Where, and at which visit of the trip to that site, counted from 1.
    arrives_at
        By the plan.
    reason
        Why no vehicle carries it; None where one does.
    """

    key: LineKey
    article: str
    batch: str
    zone: Zone
    mass_g: Grams
    site: SiteId
    visit: int
    arrives_at: datetime
    reason: UnservedReason | None = None


class Trip(Struct, frozen=True, kw_only=True, gc=False):
    """A trip with all that it carries of any batch.

    Parameters
    ----------
    route
        Its id; ``NO_ROUTE`` where this is what no vehicle carries.
    echelon
        None where no vehicle drives it.
    leaves_at, back_at
        By the plan.
    """

    route: str
    vehicle: VehicleId
    echelon: Echelon | None
    from_site: SiteId
    leaves_at: datetime
    back_at: datetime
    carries: tuple[Carried, ...]

    @property
    def digest(self) -> str:
        """Name the trip after its content: while it stays the same, so does the trip."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def lots_of(problem: Problem) -> dict[LineKey, Lot]:
    """Give the lots of the lines that name a batch."""
    return {
        key: Lot(
            article=line.article,
            batch=line.batch,
            site=line.site,
            zone=line.zone,
            mass_g=line.mass_g,
        )
        for key, line in problem.lines.items()
        if line.batch
    }


def lots_in(document: Mapping[str, Any]) -> dict[LineKey, Lot]:
    """Give the lots of a problem's JSON form, which is far cheaper than to open the problem."""
    return {
        LineKey(row["order"], row["line"]): Lot(
            article=row["article"],
            batch=row["batch"],
            site=row["site"],
            zone=Zone(row["zone"]),
            mass_g=round(row["mass_kg"] * 1000),
        )
        for row in document["orders"]
        if row.get("batch")
    }


def asked_batches(lots: Mapping[LineKey, Lot]) -> list[AskedBatch]:
    """Count the lines and the grams of each batch, in the order of article and batch."""
    lines: Counter[tuple[str, str]] = Counter()
    mass_g: Counter[tuple[str, str]] = Counter()
    for lot in lots.values():
        lines[lot.article, lot.batch] += 1
        mass_g[lot.article, lot.batch] += lot.mass_g
    return [
        AskedBatch(article=name[0], batch=name[1], lines=lines[name], mass_g=mass_g[name])
        for name in sorted(lines)
    ]


def trips_of(plan: Plan, lots: Mapping[LineKey, Lot]) -> Iterator[Trip]:
    """Give the trips that carry something of a batch, and last what no vehicle carries."""
    for route in plan.routes:
        carries = tuple(_carried(plan, route, lots))
        if carries:
            yield Trip(
                route=route.id,
                vehicle=route.vehicle,
                echelon=route.echelon,
                from_site=route.start_site,
                leaves_at=plan.horizon.instant(route.departs),
                back_at=plan.horizon.instant(route.returns),
                carries=carries,
            )
    left = tuple(_left(plan, lots))
    if left:
        start = plan.horizon.instant(0)
        yield Trip(
            route=NO_ROUTE, vehicle="", echelon=None, from_site="", leaves_at=start, back_at=start,
            carries=left,
        )  # fmt: skip


def _carried(plan: Plan, route: Route, lots: Mapping[LineKey, Lot]) -> Iterator[Carried]:
    seen: dict[SiteId, int] = {}
    for stop in route.stops:
        seen[stop.site] = visit = seen.get(stop.site, 0) + 1
        arrives_at = plan.horizon.instant(stop.arrives)
        for item in stop.delivers:
            lot = lots.get(item.key)
            if lot is not None:
                yield Carried(
                    key=item.key,
                    article=lot.article,
                    batch=lot.batch,
                    zone=item.zone,
                    mass_g=item.mass_g,
                    site=stop.site,
                    visit=visit,
                    arrives_at=arrives_at,
                )


def _left(plan: Plan, lots: Mapping[LineKey, Lot]) -> Iterator[Carried]:
    start = plan.horizon.instant(0)
    for one in plan.unserved:
        lot = lots.get(one.key)
        if lot is not None:
            yield Carried(
                key=one.key,
                article=lot.article,
                batch=lot.batch,
                zone=lot.zone,
                mass_g=lot.mass_g,
                site=lot.site,
                visit=1,
                arrives_at=start,
                reason=one.reason,
            )
