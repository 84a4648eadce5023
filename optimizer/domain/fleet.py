"""Vehicles, their compartments and bulkheads, and the bodies that keep them cold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.later import LATER
from optimizer.domain.network import TimeWindow
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Cents, Grams, Metres, Millilitres, ceil_div


class Echelon(Enum):
    """The leg of the network: central to grid, or grid to pickup point."""

    LINEHAUL = "linehaul"
    LAST_MILE = "last_mile"


class Cooling(Enum):
    """How a vehicle keeps its zones: a refrigeration unit, or insulated boxes with ice."""

    REFRIGERATED = "refrigerated"
    BOXES = "boxes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An insulated box with ice.

    Parameters
    ----------
    volume_ml
        Goods that one box holds.
    u_w_m2k, area_m2
        Heat transfer coefficient and outside area.
    ice_kg
        The most ice that one box takes; a route takes as much of it as its ride needs.
    melt_c
        Melting point of the ice per zone; a zone that is absent needs no ice.
    ice_step_kg
        Ice comes in bricks of this weight.
    """

    volume_ml: Millilitres
    u_w_m2k: float
    area_m2: float
    ice_kg: float
    melt_c: Mapping[Zone, float]
    ice_step_kg: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The insulated body of a vehicle type and the unit that cools or heats it.

    Parameters
    ----------
    k_w_m2k
        Heat transfer coefficient of walls, floor and roof (ATP: 0.40 reinforced, 0.70 normal).
    bulkhead_k_w_m2k
        Heat transfer coefficient of the bulkheads between compartments.
    width_m, height_m
        Inside cross-section; the length of a compartment follows from its volume.
    door_m2, door_height_m, door_open_s
        The door of one compartment and how long it stands open at a stop.
    curtain
        Share of the infiltration that still passes the curtain (strip curtain 0.07).
    cooling_w, heating_w
        Power of the unit over all compartments.
    box
        The insulated box of a vehicle that carries boxes instead of a cooled body.
    """

    k_w_m2k: float = 0.40
    bulkhead_k_w_m2k: float = 0.50
    width_m: float = 1.7
    height_m: float = 1.7
    door_m2: float = 0.9
    door_height_m: float = 1.5
    door_open_s: int = 60
    curtain: float = 0.25
    cooling_w: float = 2500.0
    heating_w: float = 1500.0
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One vehicle.

    Parameters
    ----------
    capacity_ml
        Nominal compartment per zone; a zone that is absent or 0 cannot be carried.
    bulkhead_step_ml
        Step in which the bulkheads move while the body is empty; None means they are fixed.
    cents_per_km, cents_per_h, fixed_cents
        Cost of distance, of time from departure to return, and of using the vehicle at all.
    shift
        The driver's earliest departure and latest return.
    live_temperature
        Whether the compartments report while under way; without it no cold goods may ride.
    range_m
        Longest way of one trip, between two visits to its home; None means no limit.
    skills
        What it can do that not every vehicle can; see ``Site.needs``.
    carrier
        The company that drives it; an empty name stands for the vehicle's type.
    """

    id: VehicleId
    type: str
    home: SiteId
    echelon: Echelon
    owner: str
    payload_g: Grams
    capacity_ml: Mapping[Zone, Millilitres]
    bulkhead_step_ml: Millilitres | None
    fixed_cents: Cents
    cents_per_km: Cents
    cents_per_h: Cents
    shift: TimeWindow
    max_trips: int
    cooling: Cooling
    live_temperature: bool
    range_m: Metres | None = field(default=None, metadata=LATER)
    skills: frozenset[str] = field(default=frozenset(), metadata=LATER)
    carrier: str = field(default="", metadata=LATER)

    @property
    def body_ml(self) -> Millilitres:
        """Volume of the whole body."""
        return sum(self.capacity_ml.values())

    def carries(self, zone: Zone) -> bool:
        """Say whether the vehicle has a compartment for this zone at all."""
        return self.capacity_ml.get(zone, 0) > 0


Layout = Mapping[Zone, Millilitres]
"""Compartment sizes of one trip."""


def layout_is_legal(vehicle: Vehicle, layout: Layout) -> bool:
    """Say whether the bulkheads of a vehicle can stand like this.

    Compartments lie from the front in the order of ``Zone``. Every compartment but the rearmost
    one is a whole number of bulkhead steps; the rearmost takes any rest of the body. The nominal
    layout is legal even where its compartments are no whole steps.
    """
    if any(size > 0 and not vehicle.carries(zone) for zone, size in layout.items()):
        return False
    step = vehicle.bulkhead_step_ml
    if step is None:
        return all(size <= vehicle.capacity_ml.get(zone, 0) for zone, size in layout.items())
    if all(layout.get(zone, 0) == vehicle.capacity_ml.get(zone, 0) for zone in ZONES):
        return True
    used = [layout[zone] for zone in ZONES if layout.get(zone, 0) > 0]
    return sum(used) <= vehicle.body_ml and all(size % step == 0 for size in used[:-1])


def layout_for(vehicle: Vehicle, load_ml: Mapping[Zone, Millilitres]) -> Layout | None:
    """Place the bulkheads around a load, as tight as the steps allow; None where it cannot fit.

    Fixed bulkheads give the nominal layout. The rearmost used compartment takes the rest of the
    body, so the sizes of a movable layout add up to the body.
    """
    loaded = [zone for zone in ZONES if load_ml.get(zone, 0) > 0]
    if any(not vehicle.carries(zone) for zone in loaded):
        return None
    step = vehicle.bulkhead_step_ml
    if step is None:
        fits = all(load_ml[zone] <= vehicle.capacity_ml[zone] for zone in loaded)
        return dict(vehicle.capacity_ml) if fits else None
    if not loaded:
        return dict(vehicle.capacity_ml)
    layout = {zone: ceil_div(load_ml[zone], step) * step for zone in loaded[:-1]}
    rest = vehicle.body_ml - sum(layout.values())
    if rest < load_ml[loaded[-1]]:
        return None
    return layout | {loaded[-1]: rest}
