"""Any day within reason: the planner finds a plan, and the independent checker finds nothing."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.domain.fleet import Box, Cooling, Vehicle
from optimizer.domain.network import Site, Stock
from optimizer.domain.orders import OrderLine
from optimizer.domain.problem import Problem, Wave
from optimizer.domain.temperature import Zone
from tests.builders import HOUR, SIX, central, grid, hours, line, point, problem, truck, van
from tests.solving import solve_and_check

BOX = Box(
    volume_ml=80_000,
    u_w_m2k=0.5,
    area_m2=0.9,
    ice_kg=2.0,
    melt_c={Zone.FROZEN: -21.0, Zone.CHILLED: 0.0},
)
LOADINGS_C = {Zone.FROZEN: -19.0, Zone.CHILLED: 3.0, Zone.CONTROLLED: 16.0}
WAVES = tuple(Wave(id=f"wave-{number}", departs=SIX + number * 3 * HOUR) for number in range(3))


@st.composite
def points(draw: st.DrawFn) -> list[Site]:
    sites = []
    for number in range(draw(st.integers(1, 5))):
        opens = draw(st.integers(9, 16))
        sites.append(
            point(
                f"P{number}",
                draw(st.floats(-6, 6)),
                draw(st.floats(-4, 8)),
                hours=(hours(opens, opens + draw(st.sampled_from([8, 4, 1]))),),
                grid=draw(st.sampled_from(["G1", "G2", None])),
                service_s=draw(st.sampled_from([0, 60, 600])),
            )
        )
    return sites


@st.composite
def lines(draw: st.DrawFn, sites: list[Site]) -> list[OrderLine]:
    drawn = []
    for number in range(draw(st.integers(1, 9))):
        start = draw(st.integers(11, 16))
        zone = draw(st.sampled_from(Zone))
        drawn.append(
            line(
                f"O{number}",
                draw(st.sampled_from(sites)).id,
                zone,
                mass_g=draw(st.integers(1, 300_000)),
                volume_ml=draw(st.integers(1, 450_000)),
                value_cents=draw(st.integers(0, 100_000)),
                promise=draw(st.sampled_from(["cold", "daily"])),
                priority=draw(st.integers(1, 3)),
                article=draw(st.sampled_from(["A1", "A2"])),
                window=draw(st.sampled_from([None, None, hours(start, start + 2)])),
                loading_c=draw(st.sampled_from([None, None, LOADINGS_C[zone]])),
            )
        )
    return drawn


@st.composite
def vans(draw: st.DrawFn) -> list[Vehicle]:
    drawn = []
    for number in range(draw(st.integers(1, 5))):
        step = draw(st.sampled_from([None, 100_000, 250_000]))
        opens = draw(st.integers(8, 12))
        drawn.append(
            van(
                f"V{number}",
                type=draw(st.sampled_from(["van", "van", "trike"])),
                home=draw(st.sampled_from(["G1", "G2"])),
                owner=draw(st.sampled_from(["own", "backup"])),
                payload_g=draw(st.integers(100_000, 1_500_000)),
                bulkhead_step_ml=step,
                cents_per_h=draw(st.integers(0, 3000)),
                shift=hours(opens, opens + draw(st.sampled_from([12, 9, 2]))),
                max_trips=draw(st.integers(1, 3)),
                live_temperature=draw(st.sampled_from([True, True, False])),
            )
        )
    return [
        replace(one, cooling=Cooling.BOXES if one.type == "trike" else Cooling.REFRIGERATED)
        for one in drawn
    ]


@st.composite
def days(draw: st.DrawFn) -> Problem:
    sites = draw(points())
    day = problem(
        sites=[
            central(),
            grid(docks=draw(st.sampled_from([1, 2, None]))),
            grid(
                "G2",
                lat=28.27,
                lon=113.05,
                capacity_ml=draw(st.sampled_from([{}, {Zone.CHILLED: 500_000, Zone.FROZEN: 0}])),
            ),
            *sites,
        ],
        vehicles=[
            *(
                truck(f"T{n}", max_trips=draw(st.sampled_from([3, 3, 1])))
                for n in range(draw(st.sampled_from([2, 2, 2, 1, 0])))
            ),
            *draw(vans()),
        ],
        lines=draw(lines(sites)),
        stock=draw(
            st.sampled_from(
                [(), (Stock(site="G1", article="A1", mass_g=300_000, volume_ml=400_000),)]
            )
        ),
        waves=WAVES[: draw(st.integers(1, 3))],
        ambient_c=draw(st.sampled_from([15.0, 15.0, 28.0, -5.0])),
        radius_m=draw(st.sampled_from([None, None, 9_000])),
    )
    bodies = dict(day.bodies)
    bodies["van"] = replace(
        bodies["van"], cooling_w=draw(st.sampled_from([4000.0, 4000.0, 500.0, 0.0]))
    )
    bodies["trike"] = replace(bodies["van"], box=BOX)
    speeds = {"van": 25.0, "truck": 45.0, "trike": 15.0}
    return replace(day, bodies=bodies, travel=replace(day.travel, speed_kmh=speeds))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(day=days(), engine=st.sampled_from(["portfolio", "pyvrp", "ortools"]))
def test_every_plan_is_clean_and_no_line_gets_lost(day: Problem, engine: str) -> None:
    plan = solve_and_check(day, iterations=5, engine=engine)
    served = [
        delivery.key
        for route in plan.routes
        for stop in route.stops
        for delivery in stop.delivers
        if route.echelon.value == "last_mile"
    ]
    left = [item.key for item in plan.unserved]
    assert sorted(served + left) == sorted(day.lines)
    assert all(item.detail for item in plan.unserved)
