"""Several breaks at once: who takes what, so that everybody's first proposal fits with the others'.

The options of every broken vehicle are drafted against one running plan. Two of them exclude each
other where they change the tour of one vehicle, or where a station's room, a point's cells or a
dock do not suffice for both. Among what is left ``planning.picking`` takes one per vehicle, worth
most together; the checker then judges one plan that holds them all, and what it holds against that
plan is ruled out before the next choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Plan, Stop, Violation
from optimizer.planning.picking import Pick, picked
from optimizer.response.cells import cold_room
from optimizer.response.draft import Draft
from optimizer.response.judging import Bench, joint_verdict
from optimizer.response.ranking import Ranking
from optimizer.response.scene import Scene
from optimizer.response.shelters import docked, room_ml

MOST_TRIES = 40
"""So often the choice is made anew; every time one option or one set of them less is open."""


def agreed(rankings: Sequence[Ranking], seed: int) -> tuple[list[int], Plan]:
    """Choose an option for every broken vehicle, and give the one plan that holds them all.

    Parameters
    ----------
    rankings
        The options of each vehicle.
    seed
        Of the choice.

    Returns
    -------
    tuple
        The place of each vehicle's option in its ranking, and the checked plan.
    """
    picks, rooms = _question(rankings)
    owners = [
        (number, place) for number, one in enumerate(rankings) for place in range(len(one.options))
    ]
    apart: list[frozenset[int]] = []
    for _ in range(MOST_TRIES):
        chosen = picked(picks, rooms, apart=apart, seed=seed)
        if chosen is None:
            break
        places = [owners[one][1] for one in chosen]
        falls = [
            one
            for one, ranking, place in zip(chosen, rankings, places, strict=True)
            if not ranking.stands(place)
        ]
        if falls:
            apart += [frozenset({one}) for one in falls]
            continue
        verdict = joint_verdict(_parts(rankings, places), rankings[0].checker)
        if not verdict.held:
            return places, verdict.plan
        apart.append(frozenset(chosen))
    # Giving everything up changes no time, and stands beside anything.
    places = [len(one.options) - 1 for one in rankings]
    return places, joint_verdict(_parts(rankings, places), rankings[0].checker).plan


def _parts(
    rankings: Sequence[Ranking], places: Sequence[int]
) -> list[tuple[Bench, Draft, tuple[Violation, ...]]]:
    chosen = [one.options[place] for one, place in zip(rankings, places, strict=True)]
    return [
        (ranking.bench, one.draft, one.alone) for ranking, one in zip(rankings, chosen, strict=True)
    ]


def _question(rankings: Sequence[Ranking]) -> tuple[list[Pick], dict[str, int]]:
    """Put the options as picks: what each is worth, and what it takes of what all share."""
    rooms: dict[str, int] = {}
    moments = _dock_moments(rankings)
    picks = []
    for number, one in enumerate(rankings):
        for option in one.options:
            uses = dict(_vehicles(option.draft))
            rooms |= dict.fromkeys(uses, 1)
            for name, amount, whole in _shelters(one.found.scene, option.draft):
                uses[name] = uses.get(name, 0) + amount
                rooms[name] = whole
            for name, whole in _docks(one.found.scene, option.draft, moments):
                uses[name] = uses.get(name, 0) + 1
                rooms[name] = whole
            picks.append(Pick(group=number, worth=option.money.worth, uses=uses))
    return picks, rooms


def _vehicles(draft: Draft) -> Iterator[tuple[str, int]]:
    """Name the vehicles whose tours an option changes; nobody else may."""
    for name in sorted({route.vehicle for route in draft.routes.values()}):
        yield f"vehicle/{name}", 1


def _shelters(scene: Scene, draft: Draft) -> Iterator[tuple[str, int, int]]:
    """Give the room that goods take where they are left, be it for an hour or the day."""
    problem = scene.here.problem
    for hand in draft.handovers:
        site = problem.sites[hand.site]
        if not hand.stored:
            continue
        items = [item for item, _ in scene.here.affected if item.key in hand.keys]
        for zone in scene.here.zones:
            goods = [item for item in items if item.zone is zone]
            name = f"room/{site.id}/{zone.value}"
            litres = sum(item.volume_ml for item in goods)
            if site.kind is SiteKind.STATION:
                whole = room_ml(site, zone, scene.reserved)
                if whole is not None and goods:
                    yield name, litres, whole
            room = cold_room(scene.here, site, zone, scene.reserved)
            if room is not None and goods:
                cells, _ = room.uses(goods)
                if room.cells is not None:
                    yield f"{name}/cells", cells, room.cells
                if room.room_ml is not None:
                    yield name, litres, room.room_ml


Moments = Mapping[str, Sequence[int]]


def _calls(scene: Scene, draft: Draft) -> Iterator[Stop]:
    """Give the stops at sites with few docks that an option puts in."""
    running = {route.id: route.stops for route in scene.here.plan.routes}
    for name, route in sorted(draft.routes.items()):
        known = running.get(name, ())
        for stop in route.stops:
            docks = scene.here.problem.sites[stop.site].docks
            if stop.kind is SiteKind.STATION and docks is not None and stop not in known:
                yield stop


def _dock_moments(rankings: Sequence[Ranking]) -> dict[str, list[int]]:
    """Give the moments at which any option begins to hold a dock: only then it may get tight."""
    moments: dict[str, set[int]] = {}
    for one in rankings:
        for option in one.options:
            for stop in _calls(one.found.scene, option.draft):
                moments.setdefault(stop.site, set()).add(stop.service_starts)
    return {site: sorted(ones) for site, ones in moments.items()}


def _docks(scene: Scene, draft: Draft, moments: Moments) -> Iterator[tuple[str, int]]:
    """Name the docks at their moments that an option holds, and how many are free then."""
    here = scene.here
    for stop in _calls(scene, draft):
        docks = here.problem.sites[stop.site].docks
        assert docks is not None
        for moment in moments[stop.site]:
            if stop.service_starts <= moment < stop.departs:
                taken = sum(
                    starts <= moment < ends
                    for starts, ends in docked(here.plan, stop.site, scene.reserved)
                )
                yield f"dock/{stop.site}/{moment}", docks - taken
