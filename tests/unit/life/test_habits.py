"""A plan as habit: which van is a site's usual one, and what leaving it costs."""

from __future__ import annotations

from dataclasses import replace

from api.life.habits import as_driven
from optimizer.domain.fleet import Echelon
from tests.stored_plan import city_plan


def test_the_vans_of_the_plan_are_the_usual_ones() -> None:
    problem, plan = city_plan()
    asked = as_driven(problem, plan, 500)
    for route in plan.routes:
        for stop in route.stops:
            usual = asked.usual_vehicle.get(stop.site)
            assert usual == (route.vehicle if route.echelon is Echelon.LAST_MILE else None)
    assert asked.objective.stability_cents == 500
    assert asked.digest == problem.digest


def test_a_site_of_two_vans_and_a_van_that_is_gone_have_no_habit() -> None:
    problem, plan = city_plan()
    one, other = [route for route in plan.routes if route.echelon is Echelon.LAST_MILE][:2]
    shared = replace(other, stops=(one.stops[0], *other.stops))
    both = replace(plan, routes=(one, shared))
    vehicles = {key: v for key, v in problem.vehicles.items() if key != other.vehicle}
    usual = as_driven(replace(problem, vehicles=vehicles), both, 500).usual_vehicle
    assert one.stops[0].site not in usual
    assert set(usual.values()) == {one.vehicle}


def test_a_dearer_habit_of_the_problem_stays() -> None:
    problem, plan = city_plan()
    dear = replace(problem, objective=replace(problem.objective, stability_cents=900))
    assert as_driven(dear, plan, 500).objective.stability_cents == 900
