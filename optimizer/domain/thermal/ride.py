"""The planner's prediction for a cooled body: closed formulas, one step per regime.

While a door is shut, the thermostat holds the set-point if the unit's power suffices: then the air
stands still and the product relaxes to it exponentially. Otherwise air and product follow the two
coupled nodes of ``two_nodes`` under the power that the compartment gets, until the air reaches the
set-point. While a door is open its compartment gets no power, and the air exchange is taken at the
temperature at which the door opened, where it is largest. Within a step (at most a quarter of an
hour) the neighbours keep the temperature they had at its start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf

from optimizer.domain.plan import PredictedTemperature
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal.cabin import Compartment, compartments
from optimizer.domain.thermal.oracles import door_w_k
from optimizer.domain.thermal.trip import ThermalLeg, ThermalTrip
from optimizer.domain.thermal.two_nodes import SAME_C, SMALLEST_LEAK_W_K, TwoNodes
from optimizer.domain.thermal.unit_power import fair_shares
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, PRODUCT_J_KGK

LONGEST_STEP_S = 900.0


@dataclass(slots=True, kw_only=True)
class _Room:
    """One compartment under way; ``gap_c`` is how much colder its coldest goods still are."""

    zone: Zone
    air_j_k: float
    leak_w_k: float
    drive_w: float
    beside: list[tuple[_Room, float]]
    setpoint_c: float
    lower_c: float
    upper_c: float
    tau_s: float
    air_c: float
    product_c: float
    gap_c: float
    exchange_w_k: float = 0.0
    shut: TwoNodes | None = None
    air_max_c: float = -inf
    margin_c: float = inf

    def source_w(self) -> float:
        """Give what the surroundings would bring in per degree times their temperature."""
        return self.drive_w + sum(w_k * room.air_c for room, w_k in self.beside)

    def load(self, mass_kg: float) -> None:
        """Take the goods of the next leg on board."""
        exchange = EXCHANGE_W_KGK * mass_kg
        if self.shut is None or exchange != self.exchange_w_k:
            self.exchange_w_k = exchange
            self.shut = TwoNodes(self.leak_w_k, exchange, self.air_j_k, self.tau_s)

    def note(self) -> None:
        """Remember the warmest air and the smallest margin so far."""
        self.air_max_c = max(self.air_max_c, self.air_c)
        coldest = self.product_c - self.gap_c
        self.margin_c = min(self.margin_c, self.upper_c - self.product_c, coldest - self.lower_c)

    def relax(self, seconds: float) -> None:
        """Let the product follow air that stands still at the set-point."""
        fading = exp(-seconds / self.tau_s)
        self.product_c = self.setpoint_c + (self.product_c - self.setpoint_c) * fading
        self.gap_c *= fading

    def drift(self, nodes: TwoNodes, rest_c: float, seconds: float) -> None:
        """Let both nodes run for some seconds."""
        self.air_c, self.product_c = nodes.after(self.air_c, self.product_c, rest_c, seconds)
        if self.gap_c:
            self.gap_c *= exp(-seconds / self.tau_s)


def _rooms(trip: ThermalTrip) -> list[_Room]:
    """Build the compartments that carry goods."""
    cells = {cell.zone: cell for cell in compartments(trip.body, trip.layout)}
    loaded = [zone for zone in trip.zones if zone in cells]
    rooms = {zone: _room(trip, cells, zone, loaded) for zone in loaded}
    for zone, room in rooms.items():
        between = cells[zone].neighbours
        room.beside = [(rooms[other], between[other]) for other in between if other in rooms]
        room.note()
    return list(rooms.values())


def _room(
    trip: ThermalTrip, cells: Mapping[Zone, Compartment], zone: Zone, loaded: Sequence[Zone]
) -> _Room:
    cell, policy = cells[zone], trip.policies[zone]
    drive = cell.outer_w_k * cell.outside_c(trip.ambient_c, trip.sun_c)
    for other, w_k in cell.neighbours.items():
        if other not in loaded:
            drive += w_k * _switched_off_c(trip, cells[other], loaded, policy.setpoint_c)
    warmest = trip.start_product_c.get(zone, policy.loading_c)
    return _Room(
        zone=zone,
        air_j_k=cell.air_j_k,
        leak_w_k=max(SMALLEST_LEAK_W_K, cell.outer_w_k + sum(cell.neighbours.values())),
        drive_w=drive,
        beside=[],
        setpoint_c=policy.setpoint_c,
        lower_c=policy.product.lower_c,
        upper_c=policy.product.upper_c,
        tau_s=PRODUCT_J_KGK[zone] / EXCHANGE_W_KGK,
        air_c=policy.setpoint_c,
        product_c=warmest,
        gap_c=warmest - trip.coldest_start_c.get(zone, warmest),
    )


def _switched_off_c(
    trip: ThermalTrip, cell: Compartment, loaded: Sequence[Zone], beside_c: float
) -> float:
    """Give the temperature of a compartment without goods, on the bad side for its neighbour.

    Beside colder goods it is as warm as the sun makes it; beside warmer goods it is as cold as the
    air outside, or colder where its own neighbours are.
    """
    if trip.ambient_c >= beside_c:
        return cell.outside_c(trip.ambient_c, trip.sun_c)
    heat, leak = cell.outer_w_k * trip.ambient_c, cell.outer_w_k
    for other, w_k in cell.neighbours.items():
        if other in loaded:
            heat, leak = heat + w_k * trip.policies[other].setpoint_c, leak + w_k
    return min(trip.ambient_c, heat / leak)


def _unit_w(rooms: Sequence[_Room], trip: ThermalTrip, seconds: float) -> list[float]:
    """Divide the unit's power for a step: positive heats, negative cools.

    A compartment off its set-point needs what brings it back within the step. What is left over
    goes to those compartments alike, so that they are back sooner, as under a real thermostat.
    """
    needs, off = [], []
    for room in rooms:
        goal = room.setpoint_c
        off.append(goal - room.air_c)
        need = room.leak_w_k * goal - room.source_w() + room.exchange_w_k * (goal - room.product_c)
        needs.append(need + room.air_j_k * off[-1] / seconds)
    cooling = _served([-need for need in needs], [-gap for gap in off], trip.body.cooling_w)
    heating = _served(needs, off, trip.body.heating_w)
    return [heat - cool for heat, cool in zip(heating, cooling, strict=True)]


def _served(needs: Sequence[float], off: Sequence[float], power: float) -> Sequence[float]:
    """Divide cooling or heating; ``off`` is how far each compartment is on the wrong side."""
    if max(needs, default=0.0) <= 0.0 and max(off, default=0.0) <= SAME_C:
        return [0.0] * len(needs)
    shares = fair_shares(needs, power)
    calling = [i for i, gap in enumerate(off) if gap > SAME_C]
    if calling:
        spare = (power - sum(shares)) / len(calling)
        for i in calling:
            shares[i] += spare
    return shares


def _step_shut(room: _Room, source_w: float, unit_w: float, seconds: float) -> None:
    """Advance a compartment whose door is shut."""
    assert room.shut is not None
    rest = (source_w + unit_w) / room.leak_w_k
    off = room.air_c - room.setpoint_c
    air, product = room.shut.after(room.air_c, room.product_c, rest, seconds)
    if abs(off) <= SAME_C:
        # With enough power the free answer stays at the set-point but for the product's drift.
        need = room.leak_w_k * room.setpoint_c - source_w
        need += room.exchange_w_k * (room.setpoint_c - room.product_c)
        if abs(unit_w) >= abs(need) - SAME_C:
            room.relax(seconds)
            return
    elif off * (air - room.setpoint_c) <= 0.0:
        back = room.shut.reaches(room.air_c, room.product_c, rest, seconds, room.setpoint_c)
        room.drift(room.shut, rest, back)
        room.air_c = room.setpoint_c
        room.note()
        room.relax(seconds - back)
        return
    room.air_c, room.product_c = air, product
    room.gap_c *= exp(-seconds / room.tau_s)


def _open_nodes(room: _Room, trip: ThermalTrip, source_w: float) -> tuple[TwoNodes, float]:
    """Give nodes and resting temperature of a compartment whose door just opened."""
    body = trip.body
    door = door_w_k(body.door_m2, body.door_height_m, room.air_c, trip.ambient_c, body.curtain)
    leak = room.leak_w_k + door
    nodes = TwoNodes(leak, room.exchange_w_k, room.air_j_k, room.tau_s)
    return nodes, (source_w + door * trip.ambient_c) / leak


def _pass_time(rooms: Sequence[_Room], trip: ThermalTrip, seconds: float) -> None:
    """Advance all compartments with their doors shut."""
    left = seconds
    while left > 0.0:
        step = min(left, LONGEST_STEP_S)
        unit = _unit_w(rooms, trip, step)
        sources = [room.source_w() for room in rooms]
        for room, source, power in zip(rooms, sources, unit, strict=True):
            _step_shut(room, source, power, step)
            room.note()
        left -= step


def _open_doors(rooms: Sequence[_Room], trip: ThermalTrip, leg: ThermalLeg) -> None:
    """Advance all compartments while at least one door stands open."""
    done = 0.0
    for until in sorted({float(s) for s in leg.open_s.values() if s > 0}):
        step = until - done
        opened = [leg.open_s.get(room.zone, 0) >= until for room in rooms]
        shut = [room for room, is_open in zip(rooms, opened, strict=True) if not is_open]
        unit = iter(_unit_w(shut, trip, step) if shut else ())
        sources = [room.source_w() for room in rooms]
        for room, source, is_open in zip(rooms, sources, opened, strict=True):
            if is_open:
                room.drift(*_open_nodes(room, trip, source), step)
            else:
                _step_shut(room, source, next(unit), step)
            room.note()
        done = until


def ride(trip: ThermalTrip) -> tuple[dict[Zone, PredictedTemperature], ...]:
    """Predict a trip in a cooled body, leg by leg, for the zones with goods on board."""
    rooms = _rooms(trip)
    answer = []
    for leg in trip.legs:
        for room in rooms:
            room.load(leg.mass_kg.get(room.zone, 0.0))
        _pass_time(rooms, trip, float(leg.closed_s))
        _open_doors(rooms, trip, leg)
        answer.append(
            {
                room.zone: PredictedTemperature(
                    product_c=room.product_c, air_max_c=room.air_max_c, margin_c=room.margin_c
                )
                for room in rooms
                if leg.mass_kg.get(room.zone, 0.0) > 0.0
            }
        )
    return tuple(answer)
