"""Every finding of the checker: its title, what it means, and the unit of its amount."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One row of the table."""

    title: str
    meaning: str
    unit: str


def _row(title: str, unit: str, meaning: str) -> Code:
    return Code(title=title, unit=unit, meaning=meaning)


CODES: dict[str, Code] = {
    # What a plan names.
    "unknown_vehicle": _row(
        "unknown vehicle", "routes", "The problem has no vehicle of this id and type."
    ),
    "unknown_site": _row(
        "unknown site", "sites", "A route starts, stops or ends at an unknown site."
    ),
    "unknown_line": _row("unknown line", "lines", "The plan names a line or a collect of nobody."),
    "unknown_wave": _row("unknown wave", "routes", "The problem has no wave of this id."),
    # Who gets what from where.
    "line_missing": _row(
        "line missing", "lines", "A line is neither delivered nor listed as unserved."
    ),
    "line_twice": _row(
        "line twice", "lines", "A line is delivered or listed as unserved more than once."
    ),
    "wrong_site": _row("wrong site", "lines", "A line is handed over where nobody ordered it."),
    "wrong_zone": _row("wrong zone", "lines", "A line rides in another zone than its own."),
    "quantity": _row(
        "wrong quantity", "g or ml", "The last mile hands over more or less than was ordered."
    ),
    "together": _row(
        "order torn apart",
        "orders",
        "Lines of an order that belong together ride with two vehicles, or some are left out.",
    ),
    "collect_missing": _row(
        "collect missing", "collects", "A collect is neither taken nor listed as unserved."
    ),
    "collect_twice": _row(
        "collect twice", "collects", "A collect is taken or listed as unserved more than once."
    ),
    "wrong_collect": _row(
        "wrong collect",
        "collects, g or ml",
        "A collect is taken by a truck, at another site, in another zone or in another quantity.",
    ),
    "linehaul_quantity": _row(
        "wrong linehaul quantity",
        "g or ml",
        "Trucks and stock together bring a grid warehouse more or less than leaves it.",
    ),
    "wrong_start": _row(
        "wrong start or stop",
        "routes",
        "A route does not start and end at its vehicle's home, or visits sites of the wrong kind.",
    ),
    "wrong_grid": _row(
        "wrong grid", "stops", "A pickup point is served from another grid than the one given."
    ),
    "radius": _row("outside radius", "m", "A pickup point lies too far from its grid warehouse."),
    # What fits.
    "grid_capacity": _row(
        "grid overflow", "ml", "More of a zone goes through a grid warehouse than it has room for."
    ),
    "site_capacity": _row(
        "pickup point overflow",
        "ml",
        "More of a zone is brought to a pickup point for pickup than it has room for.",
    ),
    "locker": _row(
        "lockers full",
        "cells",
        "The orders of a zone at a pickup point need more locker cells than there are.",
    ),
    "zone_capacity": _row(
        "compartment overflow", "ml", "A compartment, or its boxes, holds less than is loaded."
    ),
    "payload": _row("overload", "g", "Load and ice weigh more than the vehicle may carry."),
    "bulkhead": _row("impossible bulkheads", "routes", "The bulkheads cannot stand like this."),
    "carrier": _row(
        "carrier without live temperature",
        "lines",
        "Frozen or chilled goods ride in a vehicle that reports no temperature on its way.",
    ),
    "skill": _row(
        "skill missing", "skills", "A vehicle calls at a site without a skill that the site needs."
    ),
    "range": _row("out of range", "m", "A trip is longer than its vehicle's range."),
    # When.
    "unreachable": _row("unreachable", "legs", "No road joins two stops that follow each other."),
    "travel_time": _row(
        "wrong travel time", "s", "An arrival is not the departure plus the drive and its breaks."
    ),
    "sequence": _row(
        "wrong sequence",
        "s",
        "Service starts before the arrival or the vehicle leaves before its end.",
    ),
    "door_service": _row(
        "too short for the doors",
        "s",
        "A vehicle leaves before every order that goes to a door has had its time.",
    ),
    "break_place": _row(
        "misplaced break",
        "s",
        "A break lies outside its trip, inside a service or a wait, or upon another break.",
    ),
    "rest": _row("no rest", "s", "A driver drives longer without a rest than the rule allows."),
    "hours": _row("closed", "s", "Service starts while the site is closed."),
    "window": _row(
        "outside window",
        "s",
        "Service starts outside the window booked for a line, or before a soft one.",
    ),
    "shift": _row("outside shift", "s", "A route begins before or ends after its driver's shift."),
    "wave": _row(
        "before its wave",
        "s",
        "A last-mile route with more on it than express from stock departs before its wave.",
    ),
    "before_order": _row("before its order", "s", "An express line leaves before it was ordered."),
    "docks": _row("docks", "trucks", "More trucks stand at a warehouse at once than it has docks."),
    "vehicle_overlap": _row(
        "overlapping trips", "s", "A vehicle departs before it is back from the trip before."
    ),
    "reload": _row(
        "no time to load", "s", "A vehicle departs again before its home has had time to load it."
    ),
    "max_trips": _row("too many trips", "trips", "A vehicle makes more trips than it may."),
    "synchronisation": _row(
        "not ready", "s", "A van departs before the goods on it are unloaded and sorted."
    ),
    "time_on_board": _row(
        "too long on board", "s", "Goods are on the road longer than their zone allows."
    ),
    # How cold.
    "ice": _row(
        "impossible ice", "kg", "A box holds more ice than it takes, or no whole number of bricks."
    ),
    "box_hold_time": _row(
        "ice used up", "s", "Goods in boxes are handed over after their ice has melted."
    ),
    "temperature": _row(
        "out of band", "C", "A product leaves its temperature band before it is handed over."
    ),
    # What is stated.
    "distance": _row(
        "wrong distance", "m or s", "The stated distance or duration is not that of the route."
    ),
    "cost": _row("wrong cost", "cents", "A stated cost is not what the objective charges."),
}
"""Findings by code, in the order in which a report lists them."""
