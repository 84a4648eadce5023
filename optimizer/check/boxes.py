"""Insulated boxes: how long their ice lasts, and how their goods warm up without it."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, inf

from optimizer.check.capacity import boxes_needed, ice_per_box_kg
from optimizer.check.facts import Facts, JudgedRoute, at
from optimizer.domain.fleet import Box, Cooling
from optimizer.domain.plan import Violation
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, ICE_J_KG, PRODUCT_J_KGK
from optimizer.domain.units import PER_THOUSAND

TOLERANCE_C = 1e-6

TOLERANCE_KG = 1e-3
"""Ice is stated over all boxes of a zone, and written in decimal fractions."""


def boxes(facts: Facts) -> Iterator[Violation]:
    """Judge the goods that ride in boxes; where the vehicle type has no box, no ice holds."""
    for one in facts.judged:
        if one.vehicle.cooling is not Cooling.BOXES:
            continue
        box = facts.problem.body(one.vehicle).box
        if box is None:
            amount = float(one.route.returns - one.route.departs)
            yield Violation(code="box_hold_time", where=one.route.id, amount=amount)
        else:
            yield from _bricks(one, box)
            for zone, count in boxes_needed(facts.problem, one).items():
                yield from _ice(facts.problem, one, zone, box)
                yield from _warmth(facts.problem, one, zone, box, count)


def _hold_s(problem: Problem, one: JudgedRoute, zone: Zone, box: Box) -> float:
    """Give the seconds until the ice has melted: its heat over the heat that leaks in."""
    leak_w = box.u_w_m2k * box.area_m2 * (problem.ambient_c - box.melt_c[zone])
    if leak_w <= 0.0:
        return inf
    return ice_per_box_kg(one, zone, box) * ICE_J_KG / leak_w


def _bricks(one: JudgedRoute, box: Box) -> Iterator[Violation]:
    """Find boxes with more ice than they take, or with a broken brick."""
    for load in one.route.boxes:
        kg = load.ice_kg / load.count if load.count else load.ice_kg
        most = box.ice_kg if load.count and load.zone in box.melt_c else 0.0
        over = max(kg - most, -kg)
        # A box may always be full, even where that is no whole number of bricks.
        if over < -TOLERANCE_KG and box.ice_step_kg > 0.0:
            over = abs(kg - round(kg / box.ice_step_kg) * box.ice_step_kg)
        if over > TOLERANCE_KG:
            where = at(one.route, zone=load.zone)
            yield Violation(code="ice", where=where, amount=over)


def _ice(problem: Problem, one: JudgedRoute, zone: Zone, box: Box) -> Iterator[Violation]:
    if zone not in box.melt_c:
        return
    hold = _hold_s(problem, one, zone, box)
    for stop in one.route.stops:
        ride = stop.service_starts - one.route.departs
        if ride > hold and any(item.zone is zone for item in stop.delivers):
            where = at(one.route, stop, zone)
            yield Violation(code="box_hold_time", where=where, amount=ride - hold)


def _warmth(
    problem: Problem, one: JudgedRoute, zone: Zone, box: Box, count: int
) -> Iterator[Violation]:
    """Follow one full box: towards the melting ice, then towards the air outside."""
    own = [
        (stop, item)
        for stop in one.route.stops
        for item in stop.delivers
        if item.zone is zone and problem.lines[item.key].zone is zone
    ]
    if not own:
        return
    kg = max(1, sum(item.mass_g for _, item in own)) / PER_THOUSAND
    stated = next((load.count for load in one.route.boxes if load.zone is zone), 0)
    tau_box = kg / (stated or count) * PRODUCT_J_KGK[zone] / (box.u_w_m2k * box.area_m2)
    melting = zone in box.melt_c and problem.ambient_c > box.melt_c[zone]
    hold = _hold_s(problem, one, zone, box) if melting else 0.0
    band = problem.policies[zone].product
    worst, place = TOLERANCE_C, ""
    for stop, item in own:
        start = problem.loading_c(problem.lines[item.key])
        ride = stop.service_starts - one.route.departs + problem.body(one.vehicle).door_open_s
        iced = start
        if melting:
            fade = exp(-min(ride, hold) * EXCHANGE_W_KGK / PRODUCT_J_KGK[zone])
            iced = box.melt_c[zone] + (start - box.melt_c[zone]) * fade
        ambient = problem.ambient_c
        end = ambient + (iced - ambient) * exp(-max(0.0, ride - hold) / tau_box)
        outside = max(-band.margin_c(moment) for moment in (start, iced, end))
        if outside > worst:
            worst, place = outside, at(one.route, stop, zone)
    if place:
        yield Violation(code="temperature", where=place, amount=worst)
