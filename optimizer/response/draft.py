"""A candidate before it is a plan: routes that change, and what becomes of every affected line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.plan import Delivery, Route
from optimizer.domain.units import Metres, Seconds
from optimizer.response.outlook import Outlooks
from optimizer.response.situation import Situation
from optimizer.response.words import POSSIBLE, Fate, Handover, Kind, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A way out that is driven on paper.

    Parameters
    ----------
    routes
        Changed and new routes by id.
    turns
        Expected difference of the first arrival after a turn on the road, by route.
    calls
        Sites without orders that routes call at: pairs of route and site.
    received
        Lines that came on board on the way, by route.
    collector
        The vehicle that brings or fetches the goods.
    """

    kind: Kind
    place: str
    routes: Mapping[str, Route]
    fates: tuple[Fate, ...]
    handovers: tuple[Handover, ...] = ()
    turns: Mapping[str, Seconds] = field(default_factory=dict)
    extra_m: Mapping[str, Metres] = field(default_factory=dict)
    calls: frozenset[tuple[str, SiteId]] = frozenset()
    received: Mapping[str, frozenset[LineKey]] = field(default_factory=dict)
    collector: str | None = None


def delivered(here: Situation, ahead: Outlooks, item: Delivery, out: Seconds) -> Fate:
    """Let the broken vehicle hand a line over, or quarantine it where it is all but spoilt by now.

    What may only be spoilt later stays in the plan, at what it is worth by then: an estimate is no
    measurement, giving up later costs no more, and the driver measures at the hand-over.

    Parameters
    ----------
    here, ahead
        The situation and its outlook.
    item
        The line.
    out
        When the point would get it.
    """
    sound = ahead.of_item(item, out)
    if ahead.of_item(item, here.disruption.at) < POSSIBLE:
        return quarantined(here, item)
    return fate(
        here, item, Outcome.DELIVERED, sound, out, arrives=out, vehicle=here.broken.vehicle.id
    )


def quarantined(here: Situation, item: Delivery) -> Fate:
    """Leave a line where it is; nobody gets it until a warehouse has released it."""
    return fate(here, item, Outcome.QUARANTINED, 0.0, None)


def fate(
    here: Situation,
    item: Delivery,
    outcome: Outcome,
    sound: float,
    out_at: Seconds | None,
    *,
    arrives: Seconds | None = None,
    vehicle: VehicleId | None = None,
    shelter: SiteId | None = None,
) -> Fate:
    """Write down what becomes of a line."""
    return Fate(
        key=item.key,
        outcome=outcome,
        mass_g=item.mass_g,
        volume_ml=item.volume_ml,
        value_cents=here.problem.lines[item.key].value_cents,
        sound=sound,
        out_at=out_at,
        arrives=arrives,
        vehicle=vehicle,
        shelter=shelter,
    )
