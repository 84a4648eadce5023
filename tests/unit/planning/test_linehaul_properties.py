"""Whatever the day, linehaul keeps every rule and accounts for every gram."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Vehicle
from optimizer.domain.limit import Limit
from optimizer.domain.network import TimeWindow
from optimizer.domain.problem import Problem, Wave
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import TravelMatrix
from optimizer.planning.linehaul.demand import GridDemand
from tests.unit.planning.linehaul_day import (
    HOUR,
    central,
    day,
    demand,
    grid,
    part,
    planned,
    roads,
    truck,
)

WAVES = (("w", 8), ("x", 10), ("y", 12))


def any_truck(name: str, draw: random.Random) -> Vehicle:
    sizes = {zone: draw.choice([0, 400_000, 900_000]) for zone in Zone}
    sizes[Zone.CHILLED] = 1_000_000
    return truck(
        name,
        payload_g=draw.choice([300_000, 1_000_000]),
        capacity_ml=sizes,
        bulkhead_step_ml=draw.choice([None, 100_000, 130_000]),
        max_trips=draw.choice([1, 2]),
        owner=draw.choice(["own", "own", "backup"]),
        cents_per_h=draw.choice([0, 1500]),
        live_temperature=draw.random() < 0.8,
        shift=TimeWindow(opens=draw.choice([0, HOUR]), closes=draw.choice([5, 24]) * HOUR),
        range_m=draw.choice([None, None, 70_000]),
        skills=draw.choice([frozenset(), frozenset({"lift"})]),
    )


def any_day(draw: random.Random) -> tuple[Problem, TravelMatrix, list[GridDemand]]:
    names = "ABDEF"[: draw.randint(1, 5)]
    twice = (TimeWindow(opens=HOUR, closes=2 * HOUR), TimeWindow(opens=4 * HOUR, closes=50_000))
    sites = [central(docks=draw.choice([None, 1, 2]), service_s=draw.choice([0, 900]))]
    for name in names:
        hours = draw.choice([sites[0].hours, twice])
        needs = draw.choice([frozenset(), frozenset(), frozenset({"lift"})])
        sites.append(
            grid(name, docks=draw.choice([None, 1]), hours=hours, sorting_s=300, needs=needs)
        )
    kinds = [any_truck(f"K{k}", draw) for k in range(draw.randint(1, 2))]
    trucks = [
        any_truck_like(kind, f"{kind.id}{n}") for kind in kinds for n in range(draw.randint(1, 3))
    ]
    limits = draw.choice([{}, {Zone.CHILLED: HOUR, Zone.FROZEN: 2 * HOUR}])
    rule = draw.choice([None, BreakRule(after_driving_s=2000, rest_s=700)])
    problem = day(
        sites,
        trucks,
        time_on_board_s=limits,
        breaks={} if rule is None else {"truck": rule},
        waves=tuple(Wave(id=name, departs=hour * HOUR) for name, hour in WAVES),
    )
    pairs = [(a, b) for a in ["C", *names] for b in names if a < b]
    travel = roads(problem, {pair: draw.choice([-1, 5, 12, 20, 33, 47]) for pair in pairs})
    demands = [
        demand(
            name,
            *(
                part(
                    f"{name}{wave}{n}",
                    draw.choice([0, 1, 33.333, 180.001]),
                    litres=draw.choice([1, 77.777, 250]),
                    zone=draw.choice(list(Zone)),
                )
                for n in range(draw.randint(0, 9))
            ),
            wave=wave,
            due=draw.choice([1, 6, hour]) * HOUR,
            latest=draw.choice([None, None, (hour + 1) * HOUR]),
        )
        for name in names
        for wave, hour in WAVES[: draw.randint(1, 3)]
    ]
    return problem, travel, demands


def any_truck_like(kind: Vehicle, name: str) -> Vehicle:
    return truck(
        name,
        **{
            field: getattr(kind, field)
            for field in (
                "payload_g",
                "capacity_ml",
                "bulkhead_step_ml",
                "max_trips",
                "owner",
                "cents_per_h",
                "live_temperature",
                "shift",
                "range_m",
                "skills",
            )
        },
    )


@settings(max_examples=5)
@given(seed=st.integers(0, 2**32))
def test_every_rule_is_kept_and_every_gram_accounted_for(seed: int) -> None:
    # `planned` judges quantities, loads, times, docks, shifts, trips and costs.
    problem, travel, demands = any_day(random.Random(seed))
    plan = planned(problem, travel, demands, limit=Limit(iterations=8))
    known = {item.key for call in demands for item in call.deliveries}
    assert {item.key for item in plan.unserved} <= known
    assert len({item.key for item in plan.unserved}) == len(plan.unserved)
    assert all(item.detail for item in plan.unserved)
