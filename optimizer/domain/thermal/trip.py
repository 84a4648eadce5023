"""What the planner tells the thermal model about one trip of one vehicle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.domain.fleet import Body, Layout
from optimizer.domain.temperature import TemperaturePolicy, Zone
from optimizer.domain.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalLeg:
    """One part of a trip: doors shut, then the doors open at the stop that ends it.

    Legs follow each other without a gap from the departure: what remains of a service after the
    doors have closed again belongs to the ``closed_s`` of the next leg.

    Parameters
    ----------
    closed_s
        Seconds with doors shut: the rest of the last service, driving, waiting.
    open_s
        Seconds that the door of each zone stands open; a zone that is absent stays shut.
    mass_kg
        Goods on board during the leg, those handed over at its end included.
    """

    closed_s: Seconds
    open_s: Mapping[Zone, Seconds]
    mass_kg: Mapping[Zone, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThermalTrip:
    """One trip as the thermal model sees it.

    Parameters
    ----------
    body
        Insulation, doors and unit.
    boxes
        Whether the goods ride in insulated boxes instead of a cooled body.
    layout
        Compartment sizes; a compartment without goods on the whole trip is switched off.
    start_product_c
        Warmest product per zone at departure.
    coldest_start_c
        Coldest product per zone at departure where it differs.
    ambient_c, sun_c
        Outside air, and how much hotter the sun makes the roof.
    box_count
        Boxes per zone at departure; without it the layout's volume is taken as filled, which
        assumes more boxes, less goods in each, and so a faster warm-up.
    ice_kg
        Ice in one box per zone; a zone that is absent has full boxes.
    """

    body: Body
    boxes: bool
    layout: Layout
    policies: Mapping[Zone, TemperaturePolicy]
    start_product_c: Mapping[Zone, float]
    ambient_c: float
    sun_c: float
    legs: tuple[ThermalLeg, ...]
    coldest_start_c: Mapping[Zone, float] = field(default_factory=dict)
    box_count: Mapping[Zone, int] = field(default_factory=dict)
    ice_kg: Mapping[Zone, float] = field(default_factory=dict)

    @property
    def zones(self) -> tuple[Zone, ...]:
        """Zones that carry goods on some leg, from the front of the body."""
        return tuple(z for z in Zone if any(leg.mass_kg.get(z, 0.0) > 0.0 for leg in self.legs))
