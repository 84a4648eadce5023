"""How far walls can keep the air of a compartment above its goods; pure.

Without cooling as much heat comes in through the walls as the goods take up: with a leak L from
outside and an exchange G with the goods the air is L/(L + G) of the way from them to the outside.
A full compartment has warm air for as long as its door stands open, and not for an hour. A
reading that says so is that of a sensor that drifts, or hangs in the draught of a bad seal.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from optimizer.domain.fleet import Cooling
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal.cabin import compartments
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK
from optimizer.domain.units import PER_THOUSAND, Seconds

AT_MOST = 1.5
"""Walls leak at most so many times what the body's type says: age, seals, wet foam."""

SPOT_C = 0.5
"""Where the sensor hangs it is so much warmer while no fan turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What is around the goods of a zone, and when there are fewer of them.

    Parameters
    ----------
    leak_w_k
        Of walls and bulkheads, at the most; infinite where that is not known.
    ambient_c
        The air outside.
    given_g
        When goods leave, and how much, in grams.
    """

    leak_w_k: float
    ambient_c: float
    given_g: tuple[tuple[Seconds, int], ...]

    def most_c(self, moment: Seconds, goods_c: float) -> float:
        """Give how far calm air can be above goods of a temperature; warm goods cool it."""
        if self.leak_w_k == inf:
            return inf
        on_board_g = sum(grams for starts, grams in self.given_g if starts > moment)
        exchange_w_k = EXCHANGE_W_KGK * on_board_g / PER_THOUSAND
        share = self.leak_w_k / (self.leak_w_k + exchange_w_k)
        return SPOT_C + share * max(0.0, self.ambient_c - goods_c)


def walls_of(problem: Problem, route: Route, zone: Zone) -> Walls:
    """Give the walls around a zone of a trip; bulkheads count as if it were outside behind them."""
    vehicle = problem.vehicles[route.vehicle]
    layout = {one: ml for one, ml in route.compartments.items() if ml > 0}
    leak_w_k = inf
    if zone in layout and vehicle.cooling is not Cooling.BOXES:
        rooms = compartments(problem.body(vehicle), layout)
        room = next(one for one in rooms if one.zone is zone)
        leak_w_k = AT_MOST * (room.outer_w_k + sum(room.neighbours.values()))
    given_g = tuple(
        (stop.service_starts, sum(item.mass_g for item in stop.delivers if item.zone is zone))
        for stop in route.stops
    )
    return Walls(leak_w_k=leak_w_k, ambient_c=problem.ambient_c, given_g=given_g)
