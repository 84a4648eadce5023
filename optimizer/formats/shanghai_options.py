"""The rules by which delivery sites and spots of a parcel network become a problem.

The file gives sites, spots and parcels. Everything else a plan needs is assumed here, one field
per assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from optimizer.domain.temperature import Zone
from optimizer.formats.bogota_options import FleetRule

LARGE_VAN = FleetRule(
    frozen_l=600, chilled_l=1200, controlled_l=1800, bulkhead_step_l=200, payload_kg=1700,
    fixed_cents=9000, cents_per_km=180, speed_kmh=25.0, shift_start="05:30", shift_end="15:00",
)  # fmt: skip
SMALL_VAN = FleetRule(
    frozen_l=400, chilled_l=600, controlled_l=800, bulkhead_step_l=200, payload_kg=900,
    fixed_cents=6000, cents_per_km=130, speed_kmh=25.0, shift_start="05:30", shift_end="15:00",
)  # fmt: skip
TRUCK = FleetRule(
    frozen_l=4000, chilled_l=8000, controlled_l=12_000, bulkhead_step_l=500, payload_kg=12_000,
    fixed_cents=40_000, cents_per_km=350, speed_kmh=45.0, shift_start="20:30", shift_end="06:00",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ShanghaiOptions:
    """Assumptions of the conversion; times are local.

    Parameters
    ----------
    sites
        How many sites are taken, the first by id (``A2`` before ``A10``); None takes all.
    seed
        For the zones of parcels. A parcel's zone hangs on the seed and its order's id alone, so
        the same order is the same whatever else the file holds and however many sites are taken.
    zone_shares
        Weights by which a parcel is frozen, chilled or controlled.
    parcel_kg, parcel_l, parcel_cents
        One parcel: its weight, its room and its value.
    central_out_km, central_bearing_deg
        The central warehouse stands so far, in this direction (0 north, 270 west), from the
        demand-weighted centre of all sites of the file: at the rim, where land is cheap, and
        inland, for the sea lies east.
    fleet_factor
        Room for more than the parcels need, of vans and of trucks.
    spots_per_van
        What one driver reaches in a morning, whatever the room of the van.
    grids_per_truck
        What one truck reaches in a night while cold goods stay within their time on board.
    vans, truck
        Each grid has as many small vans as large ones.
    day, time_zone, start
        The file has no date. The horizon starts at this time the evening before the day.
    wave
        Departure of the vans.
    opens, closes
        Hours of every spot; chilled and frozen parcels are promised by closing time.
    daily_h
        Hours from the start by which the other parcels are promised.
    house_opens, house_closes
        Hours of the central and the grid warehouses.
    sorting_min, grid_docks, grid_service_s, spot_service_s
        Work at a grid warehouse and at a spot. The central warehouse has docks for all trucks.
    circuity
        Road metres per great-circle metre.
    time_on_board_h
        Longest time on board of cold goods, per leg.
    """

    sites: int | None = None
    seed: int = 1
    zone_shares: Mapping[Zone, float] = field(
        default_factory=lambda: {Zone.FROZEN: 0.15, Zone.CHILLED: 0.35, Zone.CONTROLLED: 0.5}
    )
    parcel_kg: Decimal = Decimal("1.5")
    parcel_l: Decimal = Decimal("3.5")
    parcel_cents: int = 2500
    central_out_km: float = 20.0
    central_bearing_deg: float = 270.0
    fleet_factor: Decimal = Decimal("1.3")
    spots_per_van: int = 35
    grids_per_truck: int = 4
    vans: Mapping[str, FleetRule] = field(
        default_factory=lambda: {"van_large": LARGE_VAN, "van_small": SMALL_VAN}
    )
    truck: FleetRule = TRUCK
    day: date = date(2026, 5, 12)
    time_zone: str = "Asia/Shanghai"
    start: str = "20:00"
    wave: str = "06:00"
    opens: str = "06:30"
    closes: str = "13:30"
    daily_h: int = 24
    house_opens: str = "20:00"
    house_closes: str = "16:00"
    sorting_min: int = 45
    grid_docks: int = 2
    grid_service_s: int = 1200
    spot_service_s: int = 180
    circuity: float = 1.3
    ambient_c: float = 22.0
    time_on_board_h: int = 6
    cents_per_min_late: Mapping[str, int] = field(default_factory=lambda: {"cold": 20, "daily": 5})
