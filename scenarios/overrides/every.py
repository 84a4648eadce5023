"""Every override by the name that scenario files use."""

from __future__ import annotations

from typing import Any

from scenarios.language.shapes import Record
from scenarios.overrides.demand import AddOrders, ScaleDemand, SupplierOutage, WithdrawOrders
from scenarios.overrides.festivals import CutOffSites
from scenarios.overrides.fleet import (
    AddVehicles,
    LinehaulOutage,
    RemoveVehicles,
    ReplaceVehicles,
    SickVehicles,
    VehicleCosts,
)
from scenarios.overrides.network import AddSite, ChangeSites, CloseSites, MoveSite
from scenarios.overrides.points import MergePoints, RetirePoints
from scenarios.overrides.relayout import RelayoutGrids
from scenarios.overrides.roads import CloseRoad, SlowTraffic
from scenarios.overrides.rules import (
    MoveWave,
    SetBand,
    SetObjective,
    SetPromise,
    SetService,
    SetWeather,
)

_KINDS: dict[str, type[Any]] = {
    "scale_demand": ScaleDemand,
    "add_orders": AddOrders,
    "withdraw_orders": WithdrawOrders,
    "supplier_outage": SupplierOutage,
    "add_site": AddSite,
    "close_sites": CloseSites,
    "move_site": MoveSite,
    "change_sites": ChangeSites,
    "cut_off": CutOffSites,
    "merge_points": MergePoints,
    "retire_points": RetirePoints,
    "relayout_grids": RelayoutGrids,
    "add_vehicles": AddVehicles,
    "remove_vehicles": RemoveVehicles,
    "replace_vehicles": ReplaceVehicles,
    "sick_vehicles": SickVehicles,
    "vehicle_costs": VehicleCosts,
    "linehaul_outage": LinehaulOutage,
    "close_road": CloseRoad,
    "slow_traffic": SlowTraffic,
    "set_promise": SetPromise,
    "set_band": SetBand,
    "set_weather": SetWeather,
    "set_objective": SetObjective,
    "set_service": SetService,
    "move_wave": MoveWave,
}
OVERRIDES: dict[str, Record] = {name: Record(made) for name, made in _KINDS.items()}
