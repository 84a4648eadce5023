"""A plan as habit: what is planned anew should be driven as it was, unless that is dear.

A solver that starts from nothing gives half of a city to other vans for one late order. With the
vans of the plan as usual vehicles it starts from there, and each stop it moves has a price.
"""

from __future__ import annotations

from dataclasses import replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents


def usual_vans(problem: Problem, plan: Plan) -> dict[SiteId, VehicleId]:
    """Say which van came to which site in a plan, where both exist in a problem.

    A site that several vans served has no usual one: any choice would charge the others.

    Parameters
    ----------
    problem
        The day as it is asked now.
    plan
        The plan whose vans people are used to, of this day or another.
    """
    vans: dict[SiteId, set[VehicleId]] = {}
    for route in plan.routes:
        for stop in route.stops if route.echelon is Echelon.LAST_MILE else ():
            vans.setdefault(stop.site, set()).add(route.vehicle)
    today = {key for key, v in problem.vehicles.items() if v.echelon is Echelon.LAST_MILE}
    return {
        site: van
        for site, (van, *others) in vans.items()
        if not others and site in problem.sites and van in today
    }


def as_driven(problem: Problem, plan: Plan, stability_cents: Cents) -> Problem:
    """Charge stops that another van would make than the one of the plan.

    Parameters
    ----------
    problem
        The day as it is asked now.
    plan
        The plan as it stands.
    stability_cents
        What such a stop costs; more where the problem itself asks for more.
    """
    cents = max(stability_cents, problem.objective.stability_cents)
    return replace(
        problem,
        usual_vehicle=usual_vans(problem, plan),
        objective=replace(problem.objective, stability_cents=cents),
    )
