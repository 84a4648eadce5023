"""How long the product in a broken compartment keeps, and how sure that is.

Air and product are the two coupled nodes of ``domain.thermal.two_nodes``: walls, bulkheads and the
doors of the stops ahead bring heat in, what is left of the cooling takes it out, and no more of it
than the set-point asks for. A bulkhead has its neighbour's set-point behind it where that zone is
loaded, else the weather. The times at which one, five and nine products in ten have left their band
come from the same run with the estimate and the heat shifted to the bad and to the good side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from optimizer.domain.plan import Stop
from optimizer.domain.problem import HORIZON_S
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal.cabin import compartments
from optimizer.domain.thermal.oracles import door_w_k
from optimizer.domain.thermal.two_nodes import SMALLEST_LEAK_W_K, TwoNodes
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, PRODUCT_J_KGK
from optimizer.domain.units import PER_THOUSAND, Seconds
from optimizer.response.situation import Situation
from optimizer.response.words import BreachTimes

LOOK_S = 60
"""Steps in which the edge of the band is looked for."""

NINE_IN_TEN = 1.2816
"""Standard deviations on one side of which nine in ten of a normal distribution lie."""

HEAT_SPREAD = 0.3
"""One body leaks so much more or less than its type says: age, seals, frost."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What becomes of the product if it stays where it is.

    Parameters
    ----------
    at
        When it is looked at.
    breach
        When it leaves its band.
    air_c, product_c, rest_c, nodes
        The run in the middle: where air and product start, where they would come to rest.
    """

    at: Seconds
    breach: BreachTimes
    air_c: float
    product_c: float
    rest_c: float
    nodes: TwoNodes

    @cached_property
    def _edges(self) -> tuple[tuple[float, float], ...]:
        """Give moments and how many in ten have breached by then, joined by straight lines."""
        p10, p50, p90 = float(self.breach.p10), float(self.breach.p50), float(self.breach.p90)
        first = max(min(float(self.at), p10), p10 - (p50 - p10) / 4.0)
        return ((first, 0.0), (p10, 0.1), (p50, 0.5), (p90, 0.9), (p90 + (p90 - p50) / 4.0, 1.0))

    def sound(self, moment: Seconds) -> float:
        """Say how likely the product is still in its band at a moment."""
        if moment == self.breach.p10 and self.breach.p10 > self.at:
            # Where all three moments are one, that moment still belongs to the sound side.
            return 0.9
        if moment >= self._edges[-1][0]:
            return 0.0
        for (start, low), (end, high) in pairwise(self._edges):
            if start < end and start <= moment <= end:
                return 1.0 - low - (high - low) * (moment - start) / (end - start)
        return 1.0 if moment < self._edges[0][0] else 0.0

    def at_moment(self, moment: Seconds) -> tuple[float, float]:
        """Give air and product at a moment, by the run in the middle."""
        return self.nodes.after(
            self.air_c, self.product_c, self.rest_c, float(max(0, moment - self.at))
        )


def outlook(here: Situation) -> Outlook:
    """Look ahead for the goods of a broken zone."""
    told = here.disruption
    product = _planned_c(here) if told.product_c is None else told.product_c
    air = product if told.air_c is None else told.air_c
    spread = NINE_IN_TEN * told.product_sd_c
    rest, nodes = _heat(here, 1.0)
    breach = told.breach
    if breach is None:
        warms = rest >= product
        bad = spread if warms else -spread
        moments = [
            _leaves(here, air + shift, product + shift, *_heat(here, heat))
            for shift, heat in ((bad, 1 + HEAT_SPREAD), (0.0, 1.0), (-bad, 1 - HEAT_SPREAD))
        ]
        p10, p50, p90 = sorted(moments)
        breach = BreachTimes(p10=p10, p50=p50, p90=p90)
    return Outlook(
        at=told.at, breach=breach, air_c=air, product_c=product, rest_c=rest, nodes=nodes
    )


def _planned_c(here: Situation) -> float:
    """Give the product temperature that the plan predicts for the last or the next stop."""
    zone = here.disruption.zone
    stops: tuple[Stop, ...] = (*reversed(here.broken.visited), *here.broken.ahead)
    known = [stop.predicted[zone].product_c for stop in stops if zone in stop.predicted]
    return known[0] if known else here.problem.policies[zone].loading_c


def _heat(here: Situation, factor: float) -> tuple[float, TwoNodes]:
    """Give where air and product would come to rest, and the nodes; ``factor`` scales the leaks."""
    zone, broken = here.disruption.zone, here.broken
    body = here.problem.body(broken.vehicle)
    layout = {z: ml for z, ml in broken.route.compartments.items() if ml > 0}
    if zone not in layout:
        layout[zone] = max(here.volume_ml, 1)
    cell = next(cell for cell in compartments(body, layout) if cell.zone is zone)
    outside = cell.outside_c(here.ambient_c, here.problem.sun_c)
    leak = factor * cell.outer_w_k
    drive = leak * outside
    for other, w_k in cell.neighbours.items():
        behind = _neighbour_c(here, other)
        leak, drive = leak + factor * w_k, drive + factor * w_k * behind
    door = factor * _doors_w_k(here)
    leak, drive = leak + door, drive + door * here.ambient_c
    leak = max(leak, SMALLEST_LEAK_W_K)
    setpoint = here.problem.policies[zone].setpoint_c
    free = drive / leak
    rest = free
    if free > setpoint:
        rest = max(setpoint, free - here.disruption.cooling_w / leak)
    mass_kg = max(here.mass_g / PER_THOUSAND, 1e-3)
    tau = PRODUCT_J_KGK[zone] / EXCHANGE_W_KGK
    return rest, TwoNodes(leak, EXCHANGE_W_KGK * mass_kg, cell.air_j_k, tau)


def _neighbour_c(here: Situation, zone: Zone) -> float:
    return here.problem.policies[zone].setpoint_c if here.broken.load_ml(zone) else here.ambient_c


def _doors_w_k(here: Situation) -> float:
    """Spread the heat that comes through the doors at the stops ahead over the way to the last."""
    body = here.problem.body(here.broken.vehicle)
    stops = {stop.service_starts for _, stop in here.affected}
    span = max(stops) - here.disruption.at
    if span <= 0:
        return 0.0
    setpoint = here.problem.policies[here.disruption.zone].setpoint_c
    through = door_w_k(body.door_m2, body.door_height_m, setpoint, here.ambient_c, body.curtain)
    return through * min(1.0, body.door_open_s * len(stops) / span)


def _leaves(here: Situation, air: float, product: float, rest: float, nodes: TwoNodes) -> Seconds:
    """Give the first moment, in steps, at which the product is out of its band."""
    band, at = here.problem.policies[here.disruption.zone].product, here.disruption.at
    if product not in band:
        return at
    most = HORIZON_S - at
    if nodes.after(air, product, rest, float(most))[1] in band and air in band:
        return HORIZON_S
    low, high = 0, most
    # One node after the other follows its neighbour: the product turns at most once, early on.
    while high - low > LOOK_S:
        middle = (low + high) // 2
        inside = nodes.after(air, product, rest, float(middle))[1] in band
        low, high = (middle, high) if inside else (low, middle)
    return at + low
