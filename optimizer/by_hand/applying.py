"""Edits done to a draft, one after the other: who is where; times and loads come later."""

from __future__ import annotations

from optimizer.by_hand.draft import Draft, Trip, Visit
from optimizer.by_hand.edits import (
    ChangeVehicle,
    Edit,
    EditRefused,
    LeaveLine,
    MoveLine,
    MoveStop,
)
from optimizer.by_hand.placing import placed
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.planning.freight import delivery_of
from optimizer.travel.provider import TravelProvider

TAKEN_OUT = "taken out by hand"


def apply(draft: Draft, edit: Edit, travel: TravelProvider) -> None:
    """Do one edit.

    Raises
    ------
    EditRefused
        The edit names what is not there, what is fixed, or what cannot go together.
    """
    match edit:
        case MoveStop():
            _move_stop(draft, edit, travel)
        case MoveLine():
            _move_line(draft, edit, travel)
        case LeaveLine():
            _leave_line(draft, edit.key)
        case ChangeVehicle():
            _change_vehicle(draft, edit)


def _move_stop(draft: Draft, edit: MoveStop, travel: TravelProvider) -> None:
    source, target = draft.trip(edit.route), draft.trip(edit.to_route)
    if source.route.echelon is not target.route.echelon:
        raise EditRefused(
            "CG-4019",
            f"route {edit.to_route}: a stop of {edit.route} cannot go there, one is a van's and"
            " the other a truck's",
        )
    number = next((n for n, visit in enumerate(source.visits) if visit.site == edit.site), None)
    if number is None:
        raise EditRefused("CG-4012", f"route {edit.route}: it has no stop at {edit.site}")
    visit = source.visits[number]
    rest = source.visits[:number] + source.visits[number + 1 :]
    before, source.visits = source.visits, rest
    _put(draft, target, visit, edit.position, travel, undo=(source, before))
    source.moved = True


def _put(
    draft: Draft,
    target: Trip,
    visit: Visit,
    position: int | None,
    travel: TravelProvider,
    *,
    undo: tuple[Trip, list[Visit]] | None = None,
) -> None:
    """Give a trip one visit more; where that is refused the draft is as it was."""
    try:
        target.visits = placed(draft.problem, travel, target, visit, position)
    except EditRefused:
        if undo is not None:
            undo[0].visits = undo[1]
        raise
    target.moved = True


def _move_line(draft: Draft, edit: MoveLine, travel: TravelProvider) -> None:
    target = draft.trip(edit.to_route)
    if target.grid_of_vans is None:
        raise EditRefused(
            "CG-4019",
            f"route {edit.to_route}: line {edit.key} cannot go there, it is a truck's; trucks"
            " follow the vans by themselves",
        )
    _find(draft, edit.key)
    if edit.position is not None:
        _check_position(draft, target, edit)
    _take_out(draft, edit.key)
    _put(draft, target, _visit_for(draft.problem, edit.key), edit.position, travel)
    draft.unserved.pop(edit.key, None)


def _visit_for(problem: Problem, key: LineKey) -> Visit:
    """Give the visit that hands over a line, or takes a collect back."""
    if key in problem.lines:
        line = problem.lines[key]
        return Visit(site=line.site, delivers=[delivery_of(line)])
    collect = problem.collects[key]
    return Visit(site=collect.site, delivers=[], collects=(delivery_of(collect),))


def _check_position(draft: Draft, target: Trip, edit: MoveLine) -> None:
    """Refuse a position before anything is taken from where it is."""
    found = draft.van_with(edit.key)
    emptied = found is not None and found[1] is target and found[2].holds_one
    most = len(target.visits) - (1 if emptied else 0)
    if edit.position is not None and not 0 <= edit.position <= most:
        raise EditRefused(
            "CG-4013",
            f"route {edit.to_route}: position {edit.position} lies outside 0 to {most}",
        )


def _leave_line(draft: Draft, key: LineKey) -> None:
    _find(draft, key)
    if key not in draft.unserved:
        _take_out(draft, key)
        draft.unserved[key] = Unserved(key=key, reason=UnservedReason.LEFT_OUT, detail=TAKEN_OUT)


def _find(draft: Draft, key: LineKey) -> None:
    """Refuse a line or collect that is nowhere, or whose van may not be changed."""
    found = draft.van_with(key)
    if found is None and key not in draft.unserved:
        raise EditRefused("CG-4011", f"line {key}: the plan does not know it")
    if found is not None:
        draft.trip(found[0])


def _take_out(draft: Draft, key: LineKey) -> None:
    """Take a line or collect from its van; a visit with nothing to do goes."""
    found = draft.van_with(key)
    if found is None:
        return
    _, trip, visit = found
    visit.delivers = [item for item in visit.delivers if item.key != key]
    visit.collects = tuple(item for item in visit.collects if item.key != key)
    if not visit.delivers and not visit.collects:
        trip.visits = [each for each in trip.visits if each is not visit]
    trip.moved = True


def _change_vehicle(draft: Draft, edit: ChangeVehicle) -> None:
    trip = draft.trip(edit.route)
    vehicle = draft.problem.vehicles.get(edit.vehicle)
    if vehicle is None:
        raise EditRefused("CG-4014", f"vehicle {edit.vehicle}: the problem has none of this id")
    if (vehicle.echelon, vehicle.home) != (trip.vehicle.echelon, trip.vehicle.home):
        raise EditRefused(
            "CG-4014",
            f"vehicle {edit.vehicle}: it is a {vehicle.echelon.value} vehicle of {vehicle.home};"
            f" route {edit.route} is {trip.vehicle.echelon.value} from {trip.vehicle.home}",
        )
    if vehicle.id != trip.vehicle.id:
        trip.vehicle = vehicle
        trip.moved = True
