"""Lower bounds: below every optimum, close to it, never below the radial bound."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest

from optimizer.benchmark.two_echelon_instance import read_instance
from optimizer.domain.limit import Limit
from optimizer.planning.two_echelon import truck_cases
from optimizer.planning.two_echelon.certificate import lower_bound
from optimizer.planning.two_echelon.instance import TwoEchelonInstance
from optimizer.planning.two_echelon.q_routes import QRoutes
from optimizer.planning.two_echelon.search import solve_two_echelon
from tests.unit.planning.test_two_echelon import SMALL, instance_of, optimum_by_all

ENOUGH = Limit(iterations=300)


def drawn(seed: int) -> TwoEchelonInstance:
    random = Random(seed)
    places = [(float(random.randint(-20, 20)), float(random.randint(-20, 20))) for _ in range(7)]
    return instance_of(
        places,
        [random.randint(1, 4) for _ in range(4)],
        satellites=2,
        trucks=(2, 9),
        vans=(4, 7),
        fixed=random.choice([0.0, 5.0]),
        handling=random.choice([(0.0, 0.0), (0.5, 0.0)]),
    )


@pytest.mark.parametrize("seed", range(12))
def test_no_optimum_is_below_the_bound(seed: int) -> None:
    instance = drawn(seed)
    best = optimum_by_all(instance)
    # The bound may not know the best cost: then it would stop there.
    bound = lower_bound(instance, known=[], cost=10 * best, limit=ENOUGH)
    assert bound is not None
    assert 0.9 * best < bound <= best + 1e-6
    early = lower_bound(instance, known=[], cost=10 * best, limit=Limit(iterations=1))
    assert early is not None
    assert early <= bound + 1e-6


def test_a_solution_is_proved_the_best() -> None:
    instance = SMALL[0]
    solution = solve_two_echelon(instance, limit=Limit(iterations=300), seed=1)
    assert solution is not None
    bound = lower_bound(instance, known=solution.vans, cost=solution.cost, limit=ENOUGH)
    assert bound == pytest.approx(optimum_by_all(instance), abs=0.01)


def test_vehicles_that_barely_do_are_bounded_too() -> None:
    instance = SMALL[1]
    best = optimum_by_all(instance)
    bound = lower_bound(instance, known=[], cost=10 * best, limit=ENOUGH)
    assert bound is not None
    assert 0.85 * best < bound <= best + 1e-6


def test_too_many_cases_are_bounded_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truck_cases, "MOST_CASES", 3)
    for seed in range(4):
        instance = drawn(seed)
        assert len(truck_cases.cases_of(instance).costs) == 1
        best = optimum_by_all(instance)
        bound = lower_bound(instance, known=[], cost=10 * best, limit=ENOUGH)
        assert bound is not None
        assert 0.5 * best < bound <= best + 1e-6


def test_customers_that_want_nothing_are_left_out_and_too_large_tables_refused() -> None:
    instance = SMALL[0]
    idle = replace(instance, demands=(*instance.demands[:-1], 0))
    bound = lower_bound(idle, known=[], cost=1000.0, limit=ENOUGH)
    assert bound is not None
    assert 0 < bound <= optimum_by_all(idle) + 1e-6
    assert lower_bound(replace(instance, demands=(0,) * 5), known=[], cost=9, limit=ENOUGH) is None
    huge = replace(instance, vans=replace(instance.vans, capacity=10**8))
    assert lower_bound(huge, known=[], cost=1000.0, limit=ENOUGH) is None


def test_priced_routes_cost_what_they_are_said_to() -> None:
    instance = drawn(5)
    q_routes = QRoutes(instance)
    worth, unit, start = np.array([9.0, 30.0, 20.0, 25.0]), np.array([1.0, -0.5]), np.ones(2)
    priced = q_routes.priced(worth, unit, start=start, below=1e9)
    reduced = [
        q_routes.cost((site, visits))
        - float(worth[list(visits)].sum())
        - sum(instance.demands[customer] for customer in visits) * unit[site]
        - start[site]
        for site, visits in priced.routes
    ]
    for site in range(2):
        own = [cost for cost, (home, _) in zip(reduced, priced.routes, strict=True) if home == site]
        assert min(own) == pytest.approx(priced.least[site])
    for _, visits in priced.routes:
        assert sum(instance.demands[customer] for customer in visits) <= instance.vans.capacity
        assert all(a != b for a, b in pairwise(visits))
        assert all(a != b for a, b in zip(visits, visits[2:], strict=False))


@pytest.mark.parametrize("name", ["Set2a_E-n22-k4-s6-17", "Set6_A-n51-5"])
def test_it_is_above_the_radial_bound_of_real_instances(data_dir: Path, name: str) -> None:
    folder = data_dir / "two_echelon"
    instance = read_instance(folder / "instances" / f"{name}.dat")
    with (folder / "reference_values.csv").open(encoding="utf-8", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["instance"] == name]
    bound = lower_bound(
        instance, known=[], cost=float(row["literature_best"]), limit=Limit(iterations=2)
    )
    assert bound is not None
    assert bound > float(row["radial_lower_bound"])
    assert bound <= float(row["literature_best"])
