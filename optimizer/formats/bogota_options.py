"""The rules by which a day of a food distributor in Bogotá becomes a problem.

The day files give clients, kilograms and product types. Everything else a plan needs is assumed
here, one field per assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from optimizer.domain.temperature import ZONES, Zone

ZONE_OF = {"Dry": Zone.CONTROLLED, "Chilled": Zone.CHILLED, "Frozen": Zone.FROZEN}


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRule:
    """One vehicle type of the converted day.

    Parameters
    ----------
    frozen_l, chilled_l, controlled_l
        Nominal compartments; the bulkheads between them move in steps of ``bulkhead_step_l``.
    payload_kg
        Chosen so that room binds and weight does not, at the litres per kilogram of the goods.
    fixed_cents, cents_per_km
        Cost of a day and of a kilometre.
    speed_kmh
        Speed on the road.
    shift_start, shift_end
        Local times.
    """

    frozen_l: int
    chilled_l: int
    controlled_l: int
    bulkhead_step_l: int
    payload_kg: int
    fixed_cents: int
    cents_per_km: int
    speed_kmh: float
    shift_start: str
    shift_end: str

    @property
    def body_l(self) -> int:
        """Litres of the whole body."""
        return self.frozen_l + self.chilled_l + self.controlled_l

    def columns(self) -> dict[str, Any]:
        """Give the cells of ``vehicles.csv`` that follow from the type."""
        return {
            "payload_kg": self.payload_kg,
            **{f"cap_{zone.value}_l": getattr(self, f"{zone.value}_l") for zone in ZONES},
            "bulkhead_step_l": self.bulkhead_step_l,
            "fixed_cents": self.fixed_cents,
            "cents_per_km": self.cents_per_km,
            "cents_per_h": 0,
            "shift_start": self.shift_start,
            "shift_end": self.shift_end,
            "max_trips": 1,
            "cooling": "refrigerated",
            "live_temperature": "yes",
            "owner": "own",
        }


LARGE_VAN = FleetRule(
    frozen_l=250, chilled_l=750, controlled_l=1500, bulkhead_step_l=250, payload_kg=1200,
    fixed_cents=9000, cents_per_km=180, speed_kmh=20.0, shift_start="05:00", shift_end="15:30",
)  # fmt: skip
SMALL_VAN = FleetRule(
    frozen_l=250, chilled_l=250, controlled_l=800, bulkhead_step_l=250, payload_kg=650,
    fixed_cents=6000, cents_per_km=130, speed_kmh=20.0, shift_start="05:00", shift_end="15:30",
)  # fmt: skip
TRUCK = FleetRule(
    frozen_l=1500, chilled_l=4500, controlled_l=9000, bulkhead_step_l=500, payload_kg=6500,
    fixed_cents=30_000, cents_per_km=300, speed_kmh=30.0, shift_start="20:30", shift_end="06:00",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BogotaOptions:
    """Assumptions of the conversion; times are local.

    Parameters
    ----------
    grids
        How many grid warehouses are sited over the day's demand.
    litres_per_kg, value_cents_per_kg
        Room and value of a kilogram of any goods.
    whole_line_l, piece_l
        A line larger than the first is cut into pieces of the second and a rest. The defaults: a
        line that does not fit the small van whole (1,300 l) is cut; a piece of 1,000 l (400 kg)
        is four bulkhead steps, so no step is left half empty, one fits the small van and two the
        large one, and the room beside them (300 l, 500 l) takes several ordinary clients.
    central_lat, central_lon
        The central warehouse, degrees.
    fleet_factor
        Litres of large vans per grid, and of trucks altogether, per litre of demand. There are as
        many small vans as large ones.
    time_zone, start
        The horizon starts at this time the evening before the day.
    wave
        Departure of the vans.
    opens, closes
        The window of every client; a line is on time until it closes.
    grid_opens, grid_closes
        Hours of the central and the grid warehouses.
    sorting_min, grid_docks, grid_service_s, client_service_s
        Work at the grid and at the client's door.
    circuity
        Road metres per great-circle metre.
    time_on_board_h
        Longest time on board of cold goods, per leg.
    """

    grids: int = 4
    litres_per_kg: Decimal = Decimal("2.5")
    value_cents_per_kg: int = 800
    whole_line_l: int = 1300
    piece_l: int = 1000
    central_lat: float = 4.70
    central_lon: float = -74.10
    fleet_factor: Decimal = Decimal("1.3")
    vans: Mapping[str, FleetRule] = field(
        default_factory=lambda: {"van_large": LARGE_VAN, "van_small": SMALL_VAN}
    )
    truck: FleetRule = TRUCK
    time_zone: str = "America/Bogota"
    start: str = "20:00"
    wave: str = "05:30"
    opens: str = "06:00"
    closes: str = "14:00"
    grid_opens: str = "20:00"
    grid_closes: str = "16:00"
    sorting_min: int = 45
    grid_docks: int = 2
    grid_service_s: int = 1200
    client_service_s: int = 300
    circuity: float = 1.3
    ambient_c: float = 18.0
    time_on_board_h: int = 6
    cents_per_min_late: Mapping[str, int] = field(default_factory=lambda: {"cold": 20, "daily": 5})
