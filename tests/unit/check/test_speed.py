import time

import pytest

from optimizer.check import check
from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.network import SiteKind
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from tests.cases import HOUR, TRAVEL, drive, line, part, plan_of, site, tiny_problem, vehicle

STOPS_A_ROUTE = 20
ROUTES_A_GRID = 10


def _city(routes: int) -> tuple[Problem, Plan]:
    """Build a city of many vans, each with twenty stops of all three zones, and their trucks."""
    sites = {"C": site("C", SiteKind.CENTRAL, 0, 0)}
    lines: dict[str, OrderLine] = {}
    vehicles: dict[str, Vehicle] = {}
    visits: dict[str, list[tuple[str, list[str]]]] = {}
    for number in range(routes):
        grid = f"G{number // ROUTES_A_GRID}"
        east, north = 5.0 * (number // ROUTES_A_GRID % 7), 5.0 * (number // ROUTES_A_GRID // 7)
        sites.setdefault(grid, site(grid, SiteKind.GRID, east, north))
        van = vehicle(f"V{number}", grid, Echelon.LAST_MILE)
        truck = vehicle(f"T{number}", "C", Echelon.LINEHAUL)
        vehicles |= {van.id: van, truck.id: truck}
        visits[van.id] = []
        for stop in range(STOPS_A_ROUTE):
            point = site(f"P{number}-{stop}", SiteKind.PICKUP, east + stop % 3, north + stop % 5)
            sites[point.id] = point
            names = [f"{number}-{stop}/{zone.value}" for zone in ZONES]
            lines |= {
                name: line(name, point.id, zone, 3 + stop % 7)
                for name, zone in zip(names, ZONES, strict=True)
            }
            visits[van.id].append((point.id, names))
    problem = tiny_problem(
        sites=sites,
        lines={one.key: one for one in lines.values()},
        vehicles=vehicles,
        stock=(),
        time_on_board_s={},
        radius_m=None,
    )
    return problem, plan_of(problem, _drives(problem, visits))


def _drives(problem: Problem, visits: dict[str, list[tuple[str, list[str]]]]) -> list[Route]:
    routes = []
    for number, (van, stops) in enumerate(visits.items()):
        loads = [(point, [part(problem, name) for name in names]) for point, names in stops]
        grid = problem.vehicles[van].home
        everything = [item for _, items in loads for item in items]
        truck = f"T{number}"
        routes.append(drive(problem, vehicle=truck, departs=3 * HOUR, visits=[(grid, everything)]))
        routes.append(drive(problem, vehicle=van, wave="W1", departs=8 * HOUR, visits=loads))
    return routes


@pytest.mark.parametrize(
    ("routes", "seconds"), [(60, 3.0), pytest.param(450, 20.0, marks=pytest.mark.slow)]
)
def test_a_large_plan_is_checked_in_seconds(routes: int, seconds: float) -> None:
    problem, plan = _city(routes)
    started = time.process_time()
    report = check(problem, plan, TRAVEL)
    taken = time.process_time() - started
    assert report.violations == ()
    # Processor time, so that a busy machine does not decide.
    assert taken < seconds
