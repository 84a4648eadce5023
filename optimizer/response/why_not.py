"""Why a way out is not offered: a code that stays, its figures, and an English sentence.

Pages say it in their reader's language by the code; the sentence is for command lines and logs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from optimizer.domain.errors import ColdgridError
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Metres, Millilitres, ceil_div

LITRE_ML = 1000


class WhyNot(Enum):
    """What speaks against a way out; a value is never given another meaning."""

    NO_ROAD = "no_road"
    CLOSED = "closed"
    DOCKS_TAKEN = "docks_taken"
    TOO_WARM = "too_warm"
    TOO_WARM_BACK = "too_warm_back"
    NO_ROOM = "no_room"
    NO_CELLS = "no_cells"
    OVERLOADED = "overloaded"
    MAY_NOT_CALL = "may_not_call"
    LACKS_SKILLS = "lacks_skills"
    TOO_FAR = "too_far"
    STOPS_BEHIND = "stops_behind"
    SHIFT_OVER = "shift_over"
    CHECK_FAILS = "check_fails"
    STOP_BEGUN = "stop_begun"
    ROUTE_LOCKED = "route_locked"
    VISITED = "visited"
    NOT_IN_TIME = "not_in_time"
    NOT_IN_STOCK = "not_in_stock"
    NOTHING_TO_BRING = "nothing_to_bring"
    BUSY = "busy"
    LACKS_COMPARTMENT = "lacks_compartment"
    NO_WAY_PAST = "no_way_past"
    WHOLE_ORDER_LATE = "whole_order_late"
    NO_DETOUR = "no_detour"
    PLAN_REFUSED = "plan_refused"


SENTENCES: dict[WhyNot, str] = {
    WhyNot.NO_ROAD: "no road leads there from here",
    WhyNot.CLOSED: "it is closed when the vehicle gets there",
    WhyNot.DOCKS_TAKEN: "its docks are taken until it closes",
    WhyNot.TOO_WARM: "the product is out of its band before it can be unloaded",
    WhyNot.TOO_WARM_BACK: "the product is out of its band before it is back",
    WhyNot.NO_ROOM: "it has {left_l} l of {zone} room left, the goods need {need_l} l",
    WhyNot.NO_CELLS: "its cold cells have no room for {need_l} l of {zone} goods",
    WhyNot.OVERLOADED: "it would be overloaded",
    WhyNot.MAY_NOT_CALL: "the vehicle may not call there",
    WhyNot.LACKS_SKILLS: "the vehicle lacks {skills}",
    WhyNot.TOO_FAR: "it is {km} km away, more than {most_km} km",
    WhyNot.STOPS_BEHIND: "the stops behind it could not be served in their hours",
    WhyNot.SHIFT_OVER: "a driver would be home only after the shift",
    WhyNot.CHECK_FAILS: "the checker refuses it: {codes}",
    WhyNot.STOP_BEGUN: "{vehicle} has begun its stop at {site}, which the proposal changes",
    WhyNot.ROUTE_LOCKED: "it changes a route that is locked",
    WhyNot.VISITED: "it would change stops that are visited",
    WhyNot.NOT_IN_TIME: "it has no room, or cannot be there and at the points in time",
    WhyNot.NOT_IN_STOCK: "the goods do not lie in free stock",
    WhyNot.NOTHING_TO_BRING: "nothing is late or left out that it can bring",
    WhyNot.BUSY: "it has a trip already, or its shift is over",
    WhyNot.LACKS_COMPARTMENT: "it lacks a compartment for the order",
    WhyNot.NO_WAY_PAST: "no way past the grid has room and keeps hours and shift",
    WhyNot.WHOLE_ORDER_LATE: (
        "it cannot bring the whole order before the hours of point and driver end"
    ),
    WhyNot.NO_DETOUR: "a truck or a van cannot get home around the area",
    WhyNot.PLAN_REFUSED: "the rest cannot be planned so: {fault}",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one way out is not offered.

    Parameters
    ----------
    figures
        What stands in the blanks of its sentence, as pairs of name and value.
    """

    code: WhyNot
    figures: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """Say it in English."""
        return SENTENCES[self.code].format(**dict(self.figures))


def no_room(zone: Zone, left: Millilitres, need: Millilitres) -> Reason:
    """Say that a room is too small; what is left is rounded down, what is needed up."""
    figures = {"zone": zone.value, "left_l": max(0, left) // LITRE_ML}
    return _reason(WhyNot.NO_ROOM, **figures, need_l=ceil_div(need, LITRE_ML))


def no_cells(zone: Zone, need: Millilitres) -> Reason:
    """Say that cold cells are too few."""
    return _reason(WhyNot.NO_CELLS, zone=zone.value, need_l=ceil_div(need, LITRE_ML))


def too_far(distance: Metres, radius: Metres) -> Reason:
    """Say that a place lies beyond the radius."""
    return _reason(WhyNot.TOO_FAR, km=f"{distance / 1000:.2f}", most_km=f"{radius / 1000:g}")


def lacks(skills: Iterable[str]) -> Reason:
    """Say what a vehicle would have to be able to do."""
    return _reason(WhyNot.LACKS_SKILLS, skills=", ".join(sorted(skills)))


def check_fails(codes: Iterable[str]) -> Reason:
    """Say what the checker finds."""
    return _reason(WhyNot.CHECK_FAILS, codes=", ".join(sorted(set(codes))))


def stop_begun(vehicle: str, site: str) -> Reason:
    """Say at which stop a vehicle is already."""
    return _reason(WhyNot.STOP_BEGUN, vehicle=vehicle, site=site)


def plan_refused(fault: ColdgridError) -> Reason:
    """Say what contradicts the rest of the plan."""
    return _reason(WhyNot.PLAN_REFUSED, code=fault.code, fault=fault)


def _reason(why: WhyNot, /, **figures: object) -> Reason:
    return Reason(why, tuple((name, str(value)) for name, value in figures.items()))
