"""Two echelons: first levels against all configurations, whole searches against all solutions."""

from __future__ import annotations

from itertools import combinations_with_replacement, permutations, product
from math import hypot, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.engines.budget import Budget
from optimizer.planning.two_echelon.configurations import listed
from optimizer.planning.two_echelon.first_level import FirstLevel, shortfall
from optimizer.planning.two_echelon.ground import Ground
from optimizer.planning.two_echelon.instance import Kind, TwoEchelonInstance
from optimizer.planning.two_echelon.route_pool import RoutePool
from optimizer.planning.two_echelon.search import TwoEchelonSolution, solve_two_echelon
from optimizer.planning.two_echelon.selection import select
from optimizer.planning.two_echelon.splits import is_tight

Point = tuple[float, float]


def instance_of(
    places: list[Point],
    demands: list[int],
    *,
    satellites: int,
    trucks: tuple[int, int] = (3, 10),
    vans: tuple[int, int] = (4, 6),
    fixed: float = 0.0,
    handling: tuple[float, ...] | None = None,
) -> TwoEchelonInstance:
    points = np.array(places)
    gaps = points[:, None, :] - points[None, :, :]
    return TwoEchelonInstance(
        name="drawn",
        trucks=Kind(
            number=trucks[0], per_site=trucks[0], capacity=trucks[1], unit_cost=1, fixed_cost=fixed
        ),
        vans=Kind(number=vans[0], per_site=vans[0], capacity=vans[1], unit_cost=1, fixed_cost=0),
        satellites=satellites,
        handling=handling or (0.0,) * satellites,
        demands=tuple(demands),
        distances=np.sqrt((gaps**2).sum(axis=2)),
    )


def cheapest_by_all(instance: TwoEchelonInstance, loads: tuple[int, ...]) -> float:
    """Try all multisets of tours, with Hall's condition counted from its words."""
    level = FirstLevel(instance)
    best = inf if any(loads) else 0.0
    sets = range(1, 1 << instance.satellites)
    for number in range(1, instance.trucks.number + 1):
        for tours in combinations_with_replacement(sets, number):
            enough = all(
                sum(load for site, load in enumerate(loads) if which >> site & 1)
                <= instance.trucks.capacity * sum(1 for tour in tours if tour & which)
                for which in sets
            )
            if enough:
                best = min(best, level.cost(tours))
    return best


coordinates = st.integers(min_value=-20, max_value=20).map(float)


@settings(max_examples=40)
@given(
    places=st.lists(st.tuples(coordinates, coordinates), min_size=4, max_size=4, unique=True),
    loads=st.tuples(*[st.integers(min_value=0, max_value=14)] * 3),
    fixed=st.sampled_from([0.0, 7.0]),
)
def test_trucks_are_the_cheapest_of_all(
    places: list[Point], loads: tuple[int, int, int], fixed: float
) -> None:
    instance = instance_of([*places, (1, 1)], [1], satellites=3, fixed=fixed)
    level = FirstLevel(instance)
    # A known configuration may not keep the search from the best one.
    level.best((4, 4, 4))
    found = level.best(loads)
    expected = cheapest_by_all(instance, loads)
    assert (inf if found is None else found[0]) == pytest.approx(expected)
    if found is None:
        return
    assert level.at_least(loads) <= found[0] + 1e-9
    bound = level.bound(loads)
    assert bound is not None
    assert bound[0] >= found[0] - 1e-9
    assert shortfall(level, level.rooms(found[1]), loads)[0] == 0
    brought = [0, 0, 0]
    for order, units in level.deliveries(loads, found[1]):
        assert 0 < sum(units) <= instance.trucks.capacity
        for site, amount in zip(order, units, strict=True):
            brought[site] += amount
    assert tuple(brought) == loads


def test_trucks_split_a_delivery_where_that_saves_one() -> None:
    # Three satellites with 6 units each and trucks of 10: only a split makes two trucks do.
    places: list[Point] = [(0, 0), (10, 0), (10, 1), (10, 2), (11, 0)]
    level = FirstLevel(instance_of(places, [1], satellites=3, trucks=(2, 10)))
    found = level.best((6, 6, 6))
    assert found is not None
    assert found[0] == pytest.approx(10 + 1 + 2 * hypot(10, 1) + 1 + hypot(10, 2))
    assert sorted(found[1]) == [0b011, 0b110]
    assert level.best((10, 10, 1)) is None
    assert level.filled_in_turn((10, 10, 1)) is None


def test_configurations_cover_their_satellites_and_hold_everything() -> None:
    places: list[Point] = [(0, 0), (9, 0), (0, 9), (-9, 0), (1, 1), (2, 2)]
    instance = instance_of(places, [6, 6], satellites=3, trucks=(3, 10))
    ground = Ground(instance, budget=Budget(Limit(iterations=1)), seed=1)
    found = listed(ground, [0b111, 0b011])
    assert (0b001, 0b010) in found
    assert (0b001, 0b010, 0b100) in found
    assert (0b011, 0b101) in found
    for configuration in found:
        reached = 0
        for sites in configuration:
            reached |= sites
        assert reached in {0b111, 0b011}
        assert len(configuration) in {2, 3}


def optimum_by_all(instance: TwoEchelonInstance) -> float:
    """Try every satellite for every customer, every partition into routes and every order."""
    best = inf
    count = len(instance.demands)
    for homes in product(range(instance.satellites), repeat=count):
        for routes in product(range(instance.vans.number), repeat=count):
            if len(set(zip(homes, routes, strict=True))) != len(set(routes)):
                continue
            groups = [[c for c in range(count) if routes[c] == each] for each in set(routes)]
            if any(
                sum(instance.demands[c] for c in group) > instance.vans.capacity for group in groups
            ):
                continue
            loads = [0] * instance.satellites
            second = 0.0
            for group in groups:
                second += shortest(instance, homes[group[0]], group)
                loads[homes[group[0]]] += sum(instance.demands[c] for c in group)
            second += sum(a * b for a, b in zip(instance.handling, loads, strict=True))
            if second < best:
                best = min(best, second + cheapest_by_all(instance, tuple(loads)))
    return best


def shortest(instance: TwoEchelonInstance, site: int, group: list[int]) -> float:
    first = instance.customers.start
    return min(
        sum(
            float(instance.distances[a, b])
            for a, b in zip(
                [site + 1, *(first + c for c in order)],
                [*(first + c for c in order), site + 1],
                strict=True,
            )
        )
        for order in permutations(group)
    )


def cost_of(instance: TwoEchelonInstance, solution: TwoEchelonSolution) -> float:
    level = FirstLevel(instance)
    first = sum(level.tours[sum(1 << site for site in order)].cost for order, _ in solution.trucks)
    loads = instance.loads_of(solution.vans)
    handled = sum(a * b for a, b in zip(instance.handling, loads, strict=True))
    routes = sum(shortest(instance, site, list(visits)) for site, visits in solution.vans)
    return first + handled + routes


SMALL = [
    # Vehicles to spare: satellites and configurations are searched.
    instance_of(
        [(0, 0), (10, 0), (-8, 3), (12, 3), (13, -2), (-9, 6), (-12, 1), (1, 7)],
        [3, 3, 4, 2, 2],
        satellites=2,
        trucks=(2, 10),
        vans=(4, 8),
        handling=(0.0, 0.1),
    ),
    # Exactly as many as are needed: their splits are.
    instance_of(
        [(0, 0), (10, 0), (-8, 3), (12, 3), (13, -2), (-9, 6), (-12, 1), (1, 7)],
        [3, 3, 4, 2, 2],
        satellites=2,
        trucks=(2, 10),
        vans=(2, 7),
    ),
]


@pytest.mark.parametrize("instance", SMALL, ids=["sites", "splits"])
def test_small_instances_are_solved_to_the_optimum(instance: TwoEchelonInstance) -> None:
    assert is_tight(instance) == (instance is SMALL[1])
    solution = solve_two_echelon(instance, limit=Limit(iterations=1500), seed=1)
    assert solution is not None
    assert sorted(c for _, visits in solution.vans for c in visits) == list(range(5))
    assert solution.cost == pytest.approx(cost_of(instance, solution), abs=0.01)
    assert solution.cost == pytest.approx(optimum_by_all(instance), abs=0.01)
    again = solve_two_echelon(instance, limit=Limit(iterations=1500), seed=1)
    assert again == solution


def test_routes_met_apart_are_recombined() -> None:
    instance = SMALL[0]
    ground = Ground(instance, budget=Budget(Limit(iterations=1)), seed=1)
    # Two poor solutions have a good half each.
    good_east, poor_east = [(0, (0, 1))], [(1, (0, 1))]
    good_west, poor_west = [(1, (2, 3, 4))], [(0, (2, 3, 4))]
    for routes in ([*good_east, *poor_west], [*poor_east, *good_west]):
        met = [(van, shortest(instance, van[0], list(van[1]))) for van in routes]
        ground.pool.harvest(met, rank=100.0)
        loads = instance.loads_of(routes)
        handled = sum(a * b for a, b in zip(instance.handling, loads, strict=True))
        ground.offer(sum(cost for _, cost in met) + handled, routes, loads)
    before = ground.best_cost
    for _, configuration in [*ground.level.known, (0.0, (0b01, 0b10))]:
        select(ground, configuration, 1.0)
    assert ground.best_cost < before - 1
    assert ground.best is not None
    assert sorted(site for site, _ in ground.best.routes) == [0, 1]


def test_a_pool_keeps_the_cheapest_order_and_the_best_rank() -> None:
    pool = RoutePool()
    pool.harvest([((0, (1, 2, 3)), 9.0)], rank=50.0)
    pool.harvest([((0, (3, 1, 2)), 8.0)], rank=60.0)
    pool.harvest([((1, (1, 2, 3)), 7.0)], rank=55.0)
    assert len(pool) == 2
    first, second = pool.best(5)
    assert (first.visits, first.cost, first.rank) == ((3, 1, 2), 8.0, 50.0)
    assert second.site == 1
    assert pool.of([(1, (3, 2, 1)), (1, (9,))]) == [second]


def test_customers_that_want_nothing_or_live_at_a_satellite_are_served() -> None:
    places: list[Point] = [(0, 0), (10, 0), (10, 0), (11, 0), (12, 0)]
    instance = instance_of(places, [0, 2, 0], satellites=1)
    solution = solve_two_echelon(instance, limit=Limit(iterations=200), seed=1)
    assert solution is not None
    assert sorted(c for _, visits in solution.vans for c in visits) == [0, 1, 2]
    assert solution.cost == pytest.approx(20 + 4)


def test_what_cannot_be_done_is_no_solution_and_too_many_satellites_are_named() -> None:
    places: list[Point] = [(0, 0), (10, 0), (11, 0), (12, 0)]
    too_much = instance_of(places, [6, 6], satellites=1, trucks=(1, 10))
    assert solve_two_echelon(too_much, limit=Limit(iterations=200), seed=1) is None
    too_few = instance_of(places, [6, 6], satellites=1, vans=(1, 6))
    assert solve_two_echelon(too_few, limit=Limit(iterations=200), seed=1) is None
    # In all they fit, but no vehicle holds two of them.
    too_large = instance_of([*places, (13, 0)], [4, 4, 4], satellites=1, vans=(2, 6))
    assert solve_two_echelon(too_large, limit=Limit(iterations=200), seed=1) is None
    many = instance_of([(float(x), 0.0) for x in range(15)], [1], satellites=13)
    with pytest.raises(EngineFailed, match="13 satellites"):
        solve_two_echelon(many, limit=Limit(iterations=1), seed=1)
