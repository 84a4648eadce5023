"""The yardstick of a dropped line: planner and judge compute it apart and agree to the cent."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.check.cost import dearest_round_trip_cents as judged
from optimizer.domain.objective import ObjectiveWeights
from optimizer.planning.drop_charge import dearest_round_trip_cents, drop_charges
from optimizer.travel.great_circle import GreatCircle
from tests.builders import central, grid, line, point, problem, truck, van

TRAVEL = GreatCircle(circuity=1.3)


def test_one_truck_and_one_van_there_and_back() -> None:
    day = problem(
        sites=[central(lat=28.2, lon=113.0), grid(), point("P1", 10.0)],
        vehicles=[truck(), van()],
        lines=[line("O1", "P1")],
    )
    # The truck only pays its 200.00 (no distance), the van 50.00 and 2 x 13.0 km at 1.50.
    assert dearest_round_trip_cents(day, TRAVEL) == judged(day, TRAVEL)
    assert abs(dearest_round_trip_cents(day, TRAVEL) - (20_000 + 5_000 + 26 * 150)) < 30


@settings(max_examples=40)
@given(
    seats=st.lists(
        st.tuples(st.floats(-15, 15), st.floats(-15, 15), st.sampled_from([None, "G1", "G2"])),
        min_size=1,
        max_size=6,
    ),
    radius=st.sampled_from([None, 3000, 20_000]),
    hourly=st.integers(0, 5000),
)
def test_planner_and_judge_agree(
    seats: list[tuple[float, float, str | None]], radius: int | None, hourly: int
) -> None:
    points = [point(f"P{i}", e, n, grid=g) for i, (e, n, g) in enumerate(seats)]
    day = problem(
        sites=[central(), grid(), grid("G2", lat=28.25), *points],
        vehicles=[truck(cents_per_h=hourly), van(cents_per_h=hourly), van("V2", home="G2")],
        lines=[line(f"O{i}", f"P{i}") for i in range(len(seats))],
        radius_m=radius,
    )
    assert dearest_round_trip_cents(day, TRAVEL) == judged(day, TRAVEL)


def test_a_dropped_line_costs_its_value_and_ten_round_trips_times_its_factor() -> None:
    lines = [line("O1", "P1", value_cents=700), line("O2", "P1", value_cents=700, priority=3)]
    day = problem(sites=[grid(), point("P1")], vehicles=[van()], lines=lines)
    charges = drop_charges(day, day.lines, 1000)
    assert list(charges.values()) == [10_700, 32_100]
    weights = ObjectiveWeights(round_trips_per_unserved=2, priority_factor={3: 1.5})
    charges = drop_charges(replace(day, objective=weights), day.lines, 1000)
    assert list(charges.values()) == [2_700, 4_050]


def test_without_grids_there_is_no_round_trip() -> None:
    day = problem(sites=[central(), point("P1")], vehicles=[truck()], lines=[line("O1", "P1")])
    assert dearest_round_trip_cents(day, TRAVEL) == 0
