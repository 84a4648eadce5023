"""How long the product in a broken compartment keeps, and how sure that is.

Air and product are the two coupled nodes of ``domain.thermal.two_nodes``: walls, bulkheads and the
doors of the stops ahead bring heat in, what is left of the cooling takes it out, and no more of it
than the set-point asks for. A bulkhead has its neighbour's set-point behind it where that zone is
loaded, else the weather. Boxes whose ice is spent have nothing but their walls.

The times at which one, five and nine products in ten have left their band come from the same run
with the estimate and the heat shifted to the bad and to the good side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from optimizer.domain.fleet import Cooling
from optimizer.domain.plan import Delivery, Stop
from optimizer.domain.problem import HORIZON_S
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal.boxes import box_of
from optimizer.domain.thermal.cabin import compartments
from optimizer.domain.thermal.oracles import door_w_k
from optimizer.domain.thermal.two_nodes import SMALLEST_LEAK_W_K, TwoNodes
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, PRODUCT_J_KGK
from optimizer.domain.units import PER_THOUSAND, Seconds, ceil_div
from optimizer.response.situation import Situation
from optimizer.response.words import BreachTimes, Disruption

LOOK_S = 60
"""Steps in which the edge of the band is looked for."""

NINE_IN_TEN = 1.2816
"""Standard deviations on one side of which nine in ten of a normal distribution lie."""

AIR_J_LK = 1.3 * 1.005
"""Joules that warm a litre of air by one degree: density in g/l times specific heat."""

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
        # Tails like those of a normal distribution: as long as from one in ten to the middle.
        first = max(min(float(self.at), p10), p10 - (p50 - p10))
        return ((first, 0.0), (p10, 0.1), (p50, 0.5), (p90, 0.9), (p90 + (p90 - p50), 1.0))

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlooks:
    """What becomes of the products of every failing zone of a vehicle."""

    by_zone: Mapping[Zone, Outlook]

    def of(self, zone: Zone) -> Outlook:
        """Give the outlook of one zone."""
        return self.by_zone[zone]

    def of_item(self, item: Delivery, moment: Seconds) -> float:
        """Say how likely a line is in its band at a moment."""
        return self.by_zone[item.zone].sound(moment)

    def best(self, moment: Seconds) -> float:
        """Say how likely the goods of the zone that keeps longest are in their band."""
        return max(one.sound(moment) for one in self.by_zone.values())

    def worst(self, moment: Seconds) -> float:
        """Say how likely the goods of the zone that keeps shortest are in their band."""
        return min(one.sound(moment) for one in self.by_zone.values())


def outlooks(here: Situation) -> Outlooks:
    """Look ahead for the goods of every failing zone."""
    return Outlooks(by_zone={zone: _look(here, here.of(zone)) for zone in here.zones})


def outlook(here: Situation) -> Outlook:
    """Look ahead for the goods of a broken zone."""
    return _look(here, here.disruption)


def _look(here: Situation, told: Disruption) -> Outlook:
    product = _planned_c(here, told.zone) if told.product_c is None else told.product_c
    air = product if told.air_c is None else told.air_c
    spread = NINE_IN_TEN * told.product_sd_c
    rest, nodes = _heat(here, told, 1.0)
    breach = told.breach
    if breach is None:
        warms = rest >= product
        bad = spread if warms else -spread
        moments = [
            _leaves(here, told, air + shift, product + shift, _heat(here, told, heat))
            for shift, heat in ((bad, 1 + HEAT_SPREAD), (0.0, 1.0), (-bad, 1 - HEAT_SPREAD))
        ]
        p10, p50, p90 = sorted(moments)
        breach = BreachTimes(p10=p10, p50=p50, p90=p90)
    return Outlook(
        at=told.at, breach=breach, air_c=air, product_c=product, rest_c=rest, nodes=nodes
    )


def _planned_c(here: Situation, zone: Zone) -> float:
    """Give the product temperature that the plan predicts for the last or the next stop."""
    stops: tuple[Stop, ...] = (*reversed(here.broken.visited), *here.broken.ahead)
    known = [stop.predicted[zone].product_c for stop in stops if zone in stop.predicted]
    return known[0] if known else here.problem.policies[zone].loading_c


def _heat(here: Situation, told: Disruption, factor: float) -> tuple[float, TwoNodes]:
    """Give where air and product would come to rest, and the nodes; ``factor`` scales the leaks."""
    zone = told.zone
    ambient = here.ambient_c if told.ambient_c is None else told.ambient_c
    mass_kg = max(here.need_g(zone) / PER_THOUSAND, 1e-3)
    tau = PRODUCT_J_KGK[zone] / EXCHANGE_W_KGK
    if here.broken.vehicle.cooling is Cooling.BOXES:
        leak, drive, air_j_k = _boxes(here, zone, factor, ambient)
    else:
        leak, drive, air_j_k = _walls(here, zone, factor, ambient)
    leak = max(leak, SMALLEST_LEAK_W_K)
    free = drive / leak
    setpoint = here.problem.policies[zone].setpoint_c
    rest = free
    if free > setpoint:
        rest = max(setpoint, free - told.cooling_w / leak)
    return rest, TwoNodes(leak, EXCHANGE_W_KGK * mass_kg, air_j_k, tau)


def _walls(
    here: Situation, zone: Zone, factor: float, ambient_c: float
) -> tuple[float, float, float]:
    """Give the leak of a compartment, the heat it drives at nought degrees, and what its air takes.

    Doors are spread over the way to the last stop.
    """
    broken = here.broken
    body = here.problem.body(broken.vehicle)
    layout = {z: ml for z, ml in broken.route.compartments.items() if ml > 0}
    if zone not in layout:
        layout[zone] = max(here.need_ml(zone), 1)
    cell = next(cell for cell in compartments(body, layout) if cell.zone is zone)
    leak = factor * cell.outer_w_k
    drive = leak * cell.outside_c(ambient_c, here.problem.sun_c)
    for other, w_k in cell.neighbours.items():
        behind = _neighbour_c(here, other, ambient_c)
        leak, drive = leak + factor * w_k, drive + factor * w_k * behind
    door = factor * _doors_w_k(here, zone, ambient_c)
    return leak + door, drive + door * ambient_c, cell.air_j_k


def _boxes(
    here: Situation, zone: Zone, factor: float, ambient_c: float
) -> tuple[float, float, float]:
    """Give the same for boxes whose ice is spent: no neighbours, and lids that stay closed."""
    box = box_of(here.problem.body(here.broken.vehicle))
    count = ceil_div(max(here.need_ml(zone), 1), box.volume_ml)
    leak = factor * count * box.u_w_m2k * box.area_m2
    air_j_k = AIR_J_LK * count * box.volume_ml / PER_THOUSAND
    return leak, leak * ambient_c, air_j_k


def _neighbour_c(here: Situation, zone: Zone, ambient_c: float) -> float:
    """Give what is behind a bulkhead; a zone that fails as well is counted as the weather."""
    cooled = here.broken.load_ml(zone) and zone not in here.zones
    return here.problem.policies[zone].setpoint_c if cooled else ambient_c


def _doors_w_k(here: Situation, zone: Zone, ambient_c: float) -> float:
    """Spread the heat that comes through the doors at the stops ahead over the way to the last."""
    body = here.problem.body(here.broken.vehicle)
    stops = {stop.service_starts for item, stop in here.affected if item.zone is zone}
    span = max(stops) - here.disruption.at
    if span <= 0:
        return 0.0
    setpoint = here.problem.policies[zone].setpoint_c
    through = door_w_k(body.door_m2, body.door_height_m, setpoint, ambient_c, body.curtain)
    return through * min(1.0, body.door_open_s * len(stops) / span)


def _leaves(
    here: Situation, told: Disruption, air: float, product: float, heat: tuple[float, TwoNodes]
) -> Seconds:
    """Give the first moment, in steps, at which the product is out of its band."""
    rest, nodes = heat
    band, at = here.problem.policies[told.zone].product, told.at
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
