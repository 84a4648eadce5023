"""Small days for linehaul, whose plans are judged before a test sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from optimizer.domain.fleet import Body, Cooling, Echelon, Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.network import Site, SiteKind, TimeWindow
from optimizer.domain.objective import ObjectiveWeights
from optimizer.domain.plan import Delivery
from optimizer.domain.problem import Horizon, Problem, TravelSettings, Wave
from optimizer.domain.temperature import DEFAULT_POLICIES, Zone
from optimizer.domain.travel_matrix import TravelMatrix
from optimizer.planning.linehaul.demand import GridDemand, LinehaulPlan
from optimizer.planning.linehaul.plan import plan_linehaul
from tests.unit.planning.linehaul_judge import quantity_faults, route_faults

HOUR = 3600
DAY = TimeWindow(opens=0, closes=24 * HOUR)
QUICK = Limit(iterations=400)


def central(**changes: object) -> Site:
    site = Site(id="C", kind=SiteKind.CENTRAL, name="", lat=0.0, lon=0.0, hours=(DAY,))
    return replace(site, **changes)  # type: ignore[arg-type]


def grid(name: str, **changes: object) -> Site:
    site = Site(id=name, kind=SiteKind.GRID, name="", lat=0.0, lon=0.0, hours=(DAY,), service_s=600)
    return replace(site, **changes)  # type: ignore[arg-type]


def truck(name: str, **changes: object) -> Vehicle:
    vehicle = Vehicle(
        id=name,
        type="truck",
        home="C",
        echelon=Echelon.LINEHAUL,
        owner="own",
        payload_g=1_000_000,
        capacity_ml=dict.fromkeys(Zone, 4000000),
        bulkhead_step_ml=None,
        fixed_cents=10_000,
        cents_per_km=100,
        cents_per_h=0,
        shift=DAY,
        max_trips=1,
        cooling=Cooling.REFRIGERATED,
        live_temperature=True,
    )
    return replace(vehicle, **changes)  # type: ignore[arg-type]


def part(
    order: str, mass_kg: float, *, zone: Zone = Zone.CHILLED, litres: float | None = None
) -> Delivery:
    return Delivery(
        key=LineKey(order, "1"),
        zone=zone,
        mass_g=round(1000 * mass_kg),
        volume_ml=round(1000 * (mass_kg if litres is None else litres)),
    )


def demand(
    name: str,
    *parts: Delivery,
    wave: str = "w",
    due: int = 20 * HOUR,
    latest: int | None = None,
) -> GridDemand:
    return GridDemand(grid=name, wave=wave, deliveries=parts, due=due, latest=latest)


def day(sites: Sequence[Site], trucks: Sequence[Vehicle], **changes: object) -> Problem:
    problem = Problem(
        id="day",
        horizon=Horizon(start=datetime(2026, 2, 10, tzinfo=UTC), time_zone="UTC"),
        sites={site.id: site for site in sites},
        vehicles={vehicle.id: vehicle for vehicle in trucks},
        lines={},
        stock=(),
        waves=(Wave(id="w", departs=20 * HOUR), Wave(id="x", departs=24 * HOUR)),
        travel=TravelSettings(speed_kmh={"truck": 60.0}),
        policies=DEFAULT_POLICIES,
        promises={},
        time_on_board_s={},
        objective=ObjectiveWeights(),
        bodies={"truck": Body()},
        radius_m=None,
        ambient_c=20.0,
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def roads(
    problem: Problem, kilometres: Mapping[tuple[str, str], int], *, otherwise: int = 30
) -> TravelMatrix:
    """Give symmetric distances; pairs that are not named are ``otherwise`` kilometres apart."""
    ids = tuple(problem.sites)
    distance_m = np.full((len(ids), len(ids)), otherwise * 1000, dtype=np.int64)
    np.fill_diagonal(distance_m, 0)
    for (origin, destination), km in kilometres.items():
        row, column = ids.index(origin), ids.index(destination)
        distance_m[row, column] = distance_m[column, row] = km * 1000 if km >= 0 else -1
    return TravelMatrix(origins=ids, destinations=ids, distance_m=distance_m)


def planned(
    problem: Problem,
    travel: TravelMatrix,
    demands: Sequence[GridDemand],
    *,
    leaving: Mapping[str, int] | None = None,
    limit: Limit = QUICK,
    seed: int = 1,
) -> LinehaulPlan:
    """Plan and judge; a plan that breaks a rule fails the test that asked for it."""
    keys = [item.key for call in demands for item in call.deliveries]
    cents = {key: (leaving or {}).get(key.order, 1_000_000) for key in keys}
    plan = plan_linehaul(problem, travel, demands, leaving_cents=cents, seed=seed, limit=limit)
    faults = [*quantity_faults(plan, demands), *route_faults(plan, problem, travel, demands)]
    assert not faults, faults
    return plan
