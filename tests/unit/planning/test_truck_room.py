"""With too few trucks the cheapest lines of the day stay, wherever they are meant to go."""

from __future__ import annotations

from optimizer.domain.fleet import Echelon
from optimizer.domain.plan import UnservedReason
from optimizer.planning.freight import delivery_of
from optimizer.planning.truck_room import beyond_all_trucks
from tests.builders import central, grid, line, point, problem, truck, van
from tests.solving import solve_and_check

SITES = [
    central(),
    grid(),
    grid("G2", lat=28.3),
    point("P1"),
    point("P2", 1.0, 11.0, grid="G2"),
]
VANS = [van(f"V{n}", home=home) for n, home in enumerate(["G1", "G1", "G2", "G2"])]


def test_enough_trucks_leave_nothing() -> None:
    lines = [line("O1", "P1"), line("O2", "P2")]
    day = problem(sites=SITES, vehicles=[truck(), *VANS], lines=lines)
    carried = {item.key: delivery_of(item) for item in lines}
    assert beyond_all_trucks(day, carried, dict.fromkeys(carried, 1)) == []


def test_one_heavy_line_stays_and_both_grids_are_supplied() -> None:
    lines = [
        line("O1", "P1", mass_g=400_000),
        line("O2", "P1", mass_g=150_000),
        line("O3", "P2", mass_g=150_000),
        line("O4", "P2", mass_g=150_000),
    ]
    day = problem(sites=SITES, vehicles=[truck(payload_g=600_000), *VANS], lines=lines)
    plan = solve_and_check(day)
    (left,) = plan.unserved
    assert (left.key.order, left.reason) == ("O1", UnservedReason.LINEHAUL)
    assert "take 600 kg, 850 are wanted" in left.detail
    (trip,) = (route for route in plan.routes if route.echelon is Echelon.LINEHAUL)
    assert {stop.site for stop in trip.stops} == {"G1", "G2"}


def test_a_second_trip_counts_as_room() -> None:
    lines = [line("O1", "P1", mass_g=400_000), line("O2", "P2", mass_g=400_000)]
    twice = truck(payload_g=600_000, max_trips=2)
    plan = solve_and_check(problem(sites=SITES, vehicles=[twice, *VANS], lines=lines))
    assert plan.unserved == ()
