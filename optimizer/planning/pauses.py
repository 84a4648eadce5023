"""How long a vehicle stays at home between two of its trips."""

from __future__ import annotations

from optimizer.domain.fleet import Vehicle
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds


def pause_s(problem: Problem, vehicle: Vehicle) -> Seconds:
    """Give the time of loading, or of the driver's rest where that is longer.

    With a rest at home every trip begins rested, so rests are a matter within one trip.
    """
    rule = problem.breaks.get(vehicle.type)
    return max(problem.sites[vehicle.home].service_s, 0 if rule is None else rule.rest_s)
