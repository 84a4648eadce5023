"""Trucks follow the vans' lines: what no longer leaves a grid is not brought there.

Only loads move, tours stay. A line that leaves from another grid, or from one at all for the
first time, goes on a truck that calls there: on one in time with room, else on the next best, and
the judge says what is over. Where no truck calls, the judge says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.by_hand.draft import Draft, Trip, Visit
from optimizer.domain.fleet import Echelon, layout_for
from optimizer.domain.ids import ArticleId, LineKey, SiteId
from optimizer.domain.plan import Delivery
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Grams, Millilitres, Seconds


def follow_vans(draft: Draft, before: Mapping[LineKey, SiteId]) -> None:
    """Let trucks bring each line to the grid that it leaves from now.

    Parameters
    ----------
    draft
        Its vans have been edited, its trucks are timed.
    before
        From which grid each line left before the edits.
    """
    now = draft.leaving()
    changed = [key for key in {**before, **now} if before.get(key) != now.get(key)]
    if not changed:
        return
    for key in changed:
        if key in before:
            _unload(draft, key, before[key])
    wanted = {key: now[key] for key in changed if key in now}
    due = _departures(draft)
    waiting = set(wanted)
    for key, grid in wanted.items():
        rest = _beyond_stock(draft, key, grid, waiting)
        waiting.discard(key)
        if rest is not None:
            _load(draft, rest, grid, due.get(key, 0))


def _trucks(draft: Draft) -> list[Trip]:
    return [t for t in draft.trips.values() if t.route.echelon is Echelon.LINEHAUL]


def _unload(draft: Draft, key: LineKey, grid: SiteId) -> None:
    for trip in _trucks(draft):
        for visit in trip.visits:
            on_board = any(item.key == key for item in visit.delivers)
            if visit.site == grid and on_board and not trip.fixed:
                visit.delivers = [item for item in visit.delivers if item.key != key]
                trip.loaded = True


def _departures(draft: Draft) -> dict[LineKey, Seconds]:
    """Say when each line leaves its grid, as planned before the edits."""
    return {
        item.key: trip.route.departs
        for trip in draft.trips.values()
        if trip.grid_of_vans is not None
        for item in trip.deliveries()
    }


def _beyond_stock(
    draft: Draft, key: LineKey, grid: SiteId, waiting: set[LineKey]
) -> Delivery | None:
    """Give what trucks must bring of a line once the grid's free stock is given to it."""
    line = draft.problem.lines[key]
    trucked = _trucked(draft, grid).get(key, (0, 0))
    mass_g, volume_ml = line.mass_g - trucked[0], line.volume_ml - trucked[1]
    free_g, free_ml = _free_stock(draft, grid, line.article, waiting)
    if mass_g <= free_g and volume_ml <= free_ml:
        return None
    return Delivery(key=key, zone=line.zone, mass_g=max(0, mass_g), volume_ml=max(0, volume_ml))


def _trucked(draft: Draft, grid: SiteId) -> dict[LineKey, tuple[Grams, Millilitres]]:
    brought: dict[LineKey, tuple[Grams, Millilitres]] = {}
    for trip in _trucks(draft):
        for visit in trip.visits:
            for item in visit.delivers if visit.site == grid else ():
                mass_g, volume_ml = brought.get(item.key, (0, 0))
                brought[item.key] = mass_g + item.mass_g, volume_ml + item.volume_ml
    return brought


def _free_stock(
    draft: Draft, grid: SiteId, article: ArticleId, waiting: set[LineKey]
) -> tuple[Grams, Millilitres]:
    """Give the stock of an article that no line at its grid counts on."""
    lying = [s for s in draft.problem.stock if (s.site, s.article) == (grid, article)]
    if not lying:
        return 0, 0
    brought = _trucked(draft, grid)
    mass_g = sum(stock.mass_g for stock in lying)
    volume_ml = sum(stock.volume_ml for stock in lying)
    for key, at in draft.leaving().items():
        line = draft.problem.lines[key]
        if at == grid and line.article == article and key not in waiting:
            there = brought.get(key, (0, 0))
            mass_g -= max(0, line.mass_g - there[0])
            volume_ml -= max(0, line.volume_ml - there[1])
    return max(0, mass_g), max(0, volume_ml)


def _load(draft: Draft, part: Delivery, grid: SiteId, due: Seconds) -> None:
    """Put goods on the truck that suits them best: in time, with room, the least loaded first."""
    sorting_s = draft.problem.sites[grid].sorting_s
    best: tuple[tuple[bool, bool, Seconds, str], Trip, Visit] | None = None
    for trip in _trucks(draft):
        for visit, stop in zip(trip.visits, trip.route.stops, strict=True):
            if visit.site != grid or trip.fixed:
                continue
            late = stop.departs + sorting_s > due
            rank = (late, not _has_room(trip, part), stop.departs, trip.route.id)
            if best is None or rank < best[0]:
                best = rank, trip, visit
    if best is not None:
        _, trip, visit = best
        visit.delivers = [*visit.delivers, part]
        trip.loaded = True


def _has_room(trip: Trip, part: Delivery) -> bool:
    items = [*trip.deliveries(), part]
    litres: dict[Zone, Millilitres] = {
        zone: sum(item.volume_ml for item in items if item.zone is zone) for zone in ZONES
    }
    mass_g = sum(item.mass_g for item in items)
    return mass_g <= trip.vehicle.payload_g and layout_for(trip.vehicle, litres) is not None


def sorted_at(draft: Draft) -> dict[tuple[SiteId, LineKey], Seconds]:
    """Say when trucks as they are timed now have brought each line, and it is sorted."""
    ready: dict[tuple[SiteId, LineKey], Seconds] = {}
    for trip in _trucks(draft):
        for visit, stop in zip(trip.visits, trip.route.stops, strict=True):
            done = stop.departs + draft.problem.sites[stop.site].sorting_s
            for item in visit.delivers:
                place = stop.site, item.key
                ready[place] = max(done, ready.get(place, 0))
    return ready
