"""Whatever is pinned: it rides with its own van or not at all, whichever solver is asked."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.limit import Limit
from optimizer.domain.objective import ObjectiveWeights
from optimizer.domain.orders import OrderLine
from optimizer.domain.temperature import Zone
from optimizer.engines.engine import Engine
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.portfolio import Portfolio
from optimizer.engines.pyvrp_engine import PyVrp
from optimizer.planning.compartments import Slot, zones_carried
from optimizer.planning.rounds import Pass, run_pass
from optimizer.travel.great_circle import GreatCircle
from tests.builders import SIX, grid, line, point, problem, van

VANS = ("V1", "V2", "V3")
SITES = ("P1", "P2", "P3", "P4")
engines: st.SearchStrategy[Engine] = st.sampled_from([PyVrp(), OrToolsRouting(), Portfolio()])


@st.composite
def lines(draw: st.DrawFn) -> list[OrderLine]:
    return [
        line(
            f"O{number}",
            draw(st.sampled_from(SITES)),
            draw(st.sampled_from(Zone)),
            volume_ml=draw(st.integers(1, 400_000)),
            mass_g=draw(st.integers(1, 300_000)),
        )
        for number in range(draw(st.integers(1, 10)))
    ]


@st.composite
def slots(draw: st.DrawFn) -> list[Slot]:
    vans = [
        van(
            name,
            fixed_cents=draw(st.sampled_from([4000, 4000, 9000])),
            bulkhead_step_ml=draw(st.sampled_from([None, 100_000])),
            live_temperature=draw(st.sampled_from([True, True, False])),
        )
        for name in VANS
    ]
    return [Slot(vehicle=v, available=SIX, trip=1, zones=zones_carried(v)) for v in vans]


@settings(max_examples=40)
@given(engine=engines, lines=lines(), slots=slots(), data=st.data())
def test_a_pinned_line_rides_with_its_own_van_or_not_at_all(
    engine: Engine, lines: list[OrderLine], slots: list[Slot], data: st.DataObject
) -> None:
    pins: dict[LineKey, VehicleId] = data.draw(
        st.dictionaries(st.sampled_from([x.key for x in lines]), st.sampled_from([*VANS, "V9"]))
    )
    usual = data.draw(st.dictionaries(st.sampled_from(SITES), st.sampled_from(VANS)))
    day = problem(
        sites=[grid(), *(point(name, number) for number, name in enumerate(SITES, start=1))],
        vehicles=[slot.vehicle for slot in slots],
        lines=lines,
        usual_vehicle=usual,
        objective=ObjectiveWeights(stability_cents=data.draw(st.sampled_from([0, 700]))),
    )
    result = run_pass(
        Pass(
            problem=day,
            waves=("morning",),
            lines=tuple(lines),
            ready={},
            wave_of={item.key: "morning" for item in lines},
            slots=tuple(slots),
            drop_cents={item.key: 100_000 for item in lines},
            travel=GreatCircle(circuity=1.3),
            engine=engine,
            limit=Limit(iterations=10),
            seed=1,
            delayed=False,
            pins=pins,
        )
    )
    rides = {
        item.key: route.vehicle
        for route in result.routes
        for stop in route.stops
        for item in stop.delivers
    }
    for key, vehicle in pins.items():
        assert rides.get(key, vehicle) == vehicle
    assert "V9" not in rides.values()
