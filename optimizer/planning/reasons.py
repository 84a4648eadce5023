"""Why a line is left out, in a word for machines and a sentence for the dispatcher.

A line is asked first whether any van of its grid could serve it alone; the first rule that
forbids it is the reason. A line that could be served alone was left because the vans are full or
out of time, and then the dimension that has no room left is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from optimizer.domain.fleet import Vehicle, layout_for
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.orders import Collect, OrderLine
from optimizer.domain.plan import Delivery, Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from optimizer.domain.units import SECONDS_PER_MINUTE, Metres, Seconds, thousands
from optimizer.planning.compartments import zones_carried
from optimizer.planning.freight import Freight
from optimizer.planning.product_temperature import zones_kept
from optimizer.planning.waves import binding_window, service_window
from optimizer.planning.whole_orders import order_at


@dataclass(frozen=True, slots=True, kw_only=True)
class GridDay:
    """What there is to know of a grid's day when it is over.

    Parameters
    ----------
    ready
        Earliest departure with the line's wave.
    ride_s, back_s
        Driving time from the grid to each point and back, per vehicle type.
    too_warm
        Lines that were taken out because no ride would keep their product in its band.
    pins
        Lines that one vehicle and no other may carry.
    trips_before
        How many trips of each vehicle stay as they were before these routes.
    free_from
        When each vehicle could first leave on one of these routes.
    round_trip_m
        Metres from the grid to each point and back.
    """

    problem: Problem
    grid: SiteId
    routes: Sequence[Route]
    ready: Mapping[LineKey, Seconds]
    ride_s: Mapping[str, Mapping[SiteId, Seconds]]
    back_s: Mapping[str, Mapping[SiteId, Seconds]]
    too_warm: frozenset[LineKey]
    pins: Mapping[LineKey, VehicleId] = field(default_factory=dict)
    trips_before: Mapping[VehicleId, int] = field(default_factory=dict)
    free_from: Mapping[VehicleId, Seconds] = field(default_factory=dict)
    round_trip_m: Mapping[SiteId, Metres] = field(default_factory=dict)


def explain(day: GridDay, line: Freight) -> Unserved:
    """Say why a line is left out; one with a pin is asked of its own vehicle alone."""
    if isinstance(line, Collect):
        return _left_behind(day, line)
    van = day.pins.get(line.key)
    if van is None:
        reason, detail = next(_reasons(day, line))
        return Unserved(key=line.key, reason=reason, detail=detail)
    own = {key: one for key, one in day.problem.vehicles.items() if key == van}
    alone = replace(day, problem=replace(day.problem, vehicles=own))
    reason, detail = next(_reasons(alone, line))
    return Unserved(key=line.key, reason=reason, detail=f"pinned to {van}: {detail}")


Why = tuple[UnservedReason, str]


def _reasons(day: GridDay, line: OrderLine) -> Iterator[Why]:
    vans = list(day.problem.vehicles.values())
    if not vans:
        yield UnservedReason.FLEET, f"{day.grid} has no last-mile vehicle"
    able = [van for van in vans if line.zone in zones_carried(van)]
    if not able:
        yield (
            UnservedReason.ZONE_CAPACITY,
            f"no vehicle of {day.grid} may carry {line.zone.value} goods: none has a"
            f" {line.zone.value} compartment with a live temperature",
        )
    yield from _skill_reasons(day, line.site, able)
    needs = day.problem.sites[line.site].needs
    able = [van for van in able if needs <= van.skills]
    yield from _size_reasons(day, line, able)
    yield from _temperature_reasons(day, line, able)
    left = [van for van in able if day.trips_before.get(van.id, 0) < van.max_trips]
    if able and not left:
        yield (
            UnservedReason.FLEET,
            f"every vehicle of {day.grid} that may carry {line.zone.value} goods is on the last"
            " of its trips",
        )
    yield from _time_reasons(day, line, left)
    yield from _together_reasons(day, line, left)
    yield _shortage(day, line, left)


def _left_behind(day: GridDay, collect: Collect) -> Unserved:
    """Say why empties or a return stay where they are."""
    found = next(_skill_reasons(day, collect.site, list(day.problem.vehicles.values())), None)
    reason, detail = found or (
        UnservedReason.LEFT_OUT,
        f"no vehicle of {day.grid} with room left passes {collect.site} at a time when it is open;"
        " a detour for it would cost more than leaving it for another day",
    )
    return Unserved(key=collect.key, reason=reason, detail=detail)


def _skill_reasons(day: GridDay, site: SiteId, vans: Sequence[Vehicle]) -> Iterator[Why]:
    needs = day.problem.sites[site].needs
    if vans and not any(needs <= van.skills for van in vans):
        asked = ", ".join(sorted(needs))
        yield (
            UnservedReason.SKILL,
            f"{site} asks for {asked}; no vehicle of {day.grid} that may carry it has this",
        )


def _size_reasons(day: GridDay, line: OrderLine, vans: Sequence[Vehicle]) -> Iterator[Why]:
    if all(layout_for(van, {line.zone: line.volume_ml}) is None for van in vans):
        largest = max(
            van.body_ml if van.bulkhead_step_ml else van.capacity_ml[line.zone] for van in vans
        )
        yield (
            UnservedReason.ZONE_CAPACITY,
            f"{thousands(line.volume_ml):g} l in one piece; the largest {line.zone.value}"
            f" compartment at {day.grid} takes {thousands(largest):g} l",
        )
    if all(line.mass_g > van.payload_g for van in vans):
        payload = max(van.payload_g for van in vans)
        yield (
            UnservedReason.PAYLOAD,
            f"{thousands(line.mass_g):g} kg in one piece; the strongest vehicle at {day.grid}"
            f" takes {thousands(payload):g} kg",
        )


def _temperature_reasons(day: GridDay, line: OrderLine, vans: Sequence[Vehicle]) -> Iterator[Why]:
    band = day.problem.policies[line.zone].product
    if all(line.zone not in zones_kept(day.problem, van) for van in vans):
        yield (
            UnservedReason.TEMPERATURE,
            f"no vehicle of {day.grid} keeps {line.zone.value} goods inside"
            f" {_band(band.lower_c, band.upper_c)} at {day.problem.ambient_c:g} °C outside",
        )
    if line.key in day.too_warm:
        yield (
            UnservedReason.TEMPERATURE,
            f"the product would leave {_band(band.lower_c, band.upper_c)} before"
            f" {line.site} is reached",
        )


def _time_reasons(day: GridDay, line: OrderLine, vans: Sequence[Vehicle]) -> Iterator[Why]:
    """Ask each van whether it could serve the line alone; the kindest answer counts."""
    answers = [_alone(day, line, van) for van in vans]
    refusals = [answer for answer in answers if answer is not None]
    if len(refusals) == len(answers):
        yield refusals[-1]


def _alone(day: GridDay, line: OrderLine, van: Vehicle) -> Why | None:
    ride = day.ride_s.get(van.type, {}).get(line.site)
    back = day.back_s.get(van.type, {}).get(line.site)
    if ride is None or back is None:
        return UnservedReason.UNREACHABLE, f"no way between {day.grid} and {line.site}"
    site = day.problem.sites[line.site]
    leaves = max(day.ready[line.key], van.shift.opens, day.free_from.get(van.id, 0))
    way = day.round_trip_m.get(line.site, 0)
    if van.range_m is not None and way > van.range_m:
        return (
            UnservedReason.RANGE,
            f"{thousands(way):.1f} km to {line.site} and back; {van.type} vehicles drive"
            f" {thousands(van.range_m):g} km on one trip",
        )
    window = service_window(site, binding_window(day.problem, line), leaves + ride)
    if window is None:
        return UnservedReason.WINDOW, _closed(day, line, leaves + ride)
    start = max(leaves + ride, window.opens)
    if start + site.service_s + back > van.shift.closes:
        return (
            UnservedReason.SHIFT,
            f"back at {day.grid} at {_clock(day, start + site.service_s + back)} at the"
            f" earliest; the last shift ends at {_clock(day, van.shift.closes)}",
        )
    limit = day.problem.time_on_board_s.get(line.zone)
    if limit is not None and ride > limit:
        return (
            UnservedReason.TIME_ON_BOARD,
            f"{ride // SECONDS_PER_MINUTE} min of driving; {line.zone.value} goods may be on"
            f" board {limit // SECONDS_PER_MINUTE} min",
        )
    return None


def _together_reasons(day: GridDay, line: OrderLine, vans: Sequence[Vehicle]) -> Iterator[Why]:
    """Ask whether any vehicle takes the whole order, on all of its trips together."""
    if not day.problem.orders_together:
        return
    order = [each for each in day.problem.lines.values() if order_at(each) == order_at(line)]
    mass_g = sum(each.mass_g for each in order)
    volume_ml = sum(each.volume_ml for each in order)
    if all(
        mass_g > van.payload_g * van.max_trips
        or volume_ml > van.body_ml * van.max_trips
        or any(each.zone not in zones_carried(van) for each in order)
        for van in vans
    ):
        yield (
            UnservedReason.TOGETHER,
            f"order {line.key.order} is to come with one vehicle; no vehicle of {day.grid} takes"
            f" all of its {len(order)} lines, {thousands(mass_g):g} kg and"
            f" {thousands(volume_ml):g} l",
        )


def _shortage(day: GridDay, line: OrderLine, vans: Sequence[Vehicle]) -> Why:
    """Name what ran out: room in the zone, payload, or hours."""
    loads = _loads(day.routes)
    roomy = [van for van in vans if _has_room(van, loads.get(van.id, []), line)]
    light = [
        van
        for van in vans
        if sum(d.mass_g for d in loads.get(van.id, [])) + line.mass_g <= van.payload_g
    ]
    if not roomy:
        return (
            UnservedReason.ZONE_CAPACITY,
            f"every {line.zone.value} compartment at {day.grid} is full;"
            " this was among the lines that cost least to leave",
        )
    if not light:
        return (
            UnservedReason.PAYLOAD,
            f"every vehicle of {day.grid} carries all the weight it may;"
            " this was among the lines that cost least to leave",
        )
    return (
        UnservedReason.FLEET,
        f"no vehicle of {day.grid} with room left has the time for {line.site};"
        " this was among the lines that cost least to leave",
    )


def _loads(routes: Sequence[Route]) -> dict[VehicleId, list[Delivery]]:
    """Give the deliveries of each vehicle's fullest trip."""
    fullest: dict[VehicleId, list[Delivery]] = {}
    for route in routes:
        load = [delivery for stop in route.stops for delivery in stop.delivers]
        known = fullest.get(route.vehicle, [])
        if sum(d.volume_ml for d in load) >= sum(d.volume_ml for d in known):
            fullest[route.vehicle] = load
    return fullest


def _has_room(van: Vehicle, load: Sequence[Delivery], line: OrderLine) -> bool:
    litres = {zone: sum(d.volume_ml for d in load if d.zone is zone) for zone in ZONES}
    litres[line.zone] += line.volume_ml
    return layout_for(van, litres) is not None


def _closed(day: GridDay, line: OrderLine, arrival: Seconds) -> str:
    booked = line.window is not None
    what = f"the window booked at {line.site}" if booked else line.site
    hours = [line.window] if line.window is not None else list(day.problem.sites[line.site].hours)
    last = max(window.closes for window in hours) if hours else 0
    return f"earliest arrival {_clock(day, arrival)}; {what} closes at {_clock(day, last)}"


def _clock(day: GridDay, moment: Seconds) -> str:
    return day.problem.horizon.instant(moment).strftime("%H:%M")


def _band(lower_c: float, upper_c: float) -> str:
    return (
        f"{upper_c:g} °C or colder" if lower_c == float("-inf") else f"{lower_c:g}–{upper_c:g} °C"
    )
