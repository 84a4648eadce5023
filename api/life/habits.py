"""A plan as habit: what is planned anew should be driven as it was, unless that is dear.

A solver that starts from nothing gives half of a city to other vans for one late order. With the
vans of the plan as usual vehicles it starts from there, and each stop it moves has a price.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents


def as_driven(problem: Problem, plan: Plan, stability_cents: Cents) -> Problem:
    """Charge stops that another van would make than the one of the plan.

    A site that several vans serve has no usual van: any choice would charge the others.

    Parameters
    ----------
    problem
        The day as it is asked now.
    plan
        The plan as it stands.
    stability_cents
        What such a stop costs; more where the problem itself asks for more.
    """
    vans: dict[SiteId, set[VehicleId]] = {}
    for route in plan.routes:
        for stop in route.stops if route.echelon is Echelon.LAST_MILE else ():
            vans.setdefault(stop.site, set()).add(route.vehicle)
    usual = {site: next(iter(of)) for site, of in vans.items() if _known(problem, site, of)}
    cents = max(stability_cents, problem.objective.stability_cents)
    return replace(
        problem,
        usual_vehicle=usual,
        objective=replace(problem.objective, stability_cents=cents),
    )


def _known(problem: Problem, site: SiteId, vans: Collection[VehicleId]) -> bool:
    return len(vans) == 1 and site in problem.sites and problem.vehicles.keys() >= set(vans)
