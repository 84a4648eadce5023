"""Edits by hand against what stays: named with the reason, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from api.life.freeze import Freeze
from optimizer.domain.errors import Fault
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan
from optimizer.revise import ChangeVehicle, Edit, LeaveLine, MoveLine, MoveStop

STAYS = "CG-7202"


def edit_faults(edits: Sequence[Edit], plan: Plan, frozen: Freeze) -> Iterator[Fault]:
    """Give a fault for every edit that would touch a route that stays as it is."""
    rides = {
        item.key: route.id
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
    }
    for at, edit in enumerate(edits):
        for name in dict.fromkeys(_touched(edit, rides)):
            if name in frozen.because:
                yield Fault(
                    code=STAYS,
                    place=f"/edits/{at}",
                    cause=f"route {name} {frozen.because[name]}",
                    action="Leave this edit out, or unlock the route if it is only locked",
                )


def _touched(edit: Edit, rides: Mapping[LineKey, str]) -> Iterator[str]:
    """Name the routes that an edit would change."""
    match edit:
        case MoveStop():
            yield edit.route
            yield edit.to_route
        case MoveLine():
            yield rides.get(edit.key, edit.to_route)
            yield edit.to_route
        case LeaveLine():
            if edit.key in rides:
                yield rides[edit.key]
        case ChangeVehicle():
            yield edit.route
