"""Ways out that divide the goods over two places, because neither has room or time for all.

Places are stations, cold points and other vehicles. For every ordered pair that is worth a look the
arrival times are known, so who takes what is a choice of one place per order, within the rooms:
``planning.picking`` makes it. What it chose is then driven on paper to the second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Delivery, Stop
from optimizer.domain.units import Cents, Seconds
from optimizer.planning.picking import Pick, picked
from optimizer.response.draft import Draft, delivered, fate, quarantined
from optimizer.response.places import Place, names_of, places
from optimizer.response.receivers import Receiver
from optimizer.response.scene import Scene
from optimizer.response.sharing import completed
from optimizer.response.sheltering import HANDING_S, Dropped, sheltered
from optimizer.response.shelters import dock_free
from optimizer.response.tail import Timed, Visit, called_first, visits_without, with_tail
from optimizer.response.value import goods_cents
from optimizer.response.words import POSSIBLE, Fate, Kind, Outcome

MOST_PAIRS = 12
"""So many pairs of places are asked who takes what, the earliest ones."""

MOST_SPLITS = 4
"""So many divisions are driven on paper, the most promising ones."""

STAYS, LOST = "stays", "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Lines of one order for one point and zone; they stay together."""

    items: tuple[Delivery, ...]
    stop: Stop


def split_up(scene: Scene, takers: Sequence[Receiver]) -> Iterator[Draft]:
    """Divide the goods over pairs of places, where one alone does not do."""
    found = places(scene, takers)
    if not any(place.short for place in found):
        return
    groups = _groups(scene)
    seen: list[tuple[Cents, tuple[Place, Place], dict[LineKey, str]]] = []
    pairs = sorted(
        (pair for pair in permutations(found, 2) if _together(pair)),
        key=lambda pair: (pair[0].starts + pair[1].starts, pair[0].starts, *_names(pair)),
    )
    for pair in pairs[:MOST_PAIRS]:
        asked = _asked(scene, groups, pair)
        if asked is not None:
            seen.append((asked[0], pair, asked[1]))
    seen.sort(key=lambda row: (-row[0], _names(row[1])))
    for _, pair, who in seen[:MOST_SPLITS]:
        draft = _driven(scene, pair, who)
        if draft is not None:
            yield draft


def _names(pair: tuple[Place, Place]) -> tuple[str, str]:
    return pair[0].name, pair[1].name


def _together(pair: tuple[Place, Place]) -> bool:
    """Leave out pairs of one vehicle or site, and pairs of which one has room for everything."""
    one, two = pair
    return one.name != two.name and one.site.id != two.site.id and (one.short or two.short)


def _groups(scene: Scene) -> list[_Group]:
    groups: dict[tuple[str, str, str], _Group] = {}
    for item, stop in scene.here.affected:
        key = item.key.order, stop.site, item.zone.value
        known = groups.get(key)
        items = (item,) if known is None else (*known.items, item)
        groups[key] = _Group(items=items, stop=stop)
    return list(groups.values())


def _asked(
    scene: Scene, groups: Sequence[_Group], pair: tuple[Place, Place]
) -> tuple[Cents, dict[LineKey, str]] | None:
    """Ask who takes what; None where the answer uses fewer than two places."""
    times = _times(scene, pair)
    if times is None:
        return None
    picks: list[Pick] = []
    names: list[str] = []
    rooms: dict[str, int] = {}
    for place in pair:
        rooms |= place.rooms
    for number, group in enumerate(groups):
        for name, cents, uses in _options(scene, group, pair, times):
            picks.append(Pick(group=number, worth=cents, uses=uses))
            names.append(name)
    chosen = picked(picks, rooms)
    if chosen is None or not {pair[0].name, pair[1].name} <= {names[one] for one in chosen}:
        return None
    who = {
        item.key: names[one]
        for one, group in zip(chosen, groups, strict=True)
        for item in group.items
    }
    return sum(picks[one].worth for one in chosen), who


def _times(scene: Scene, pair: tuple[Place, Place]) -> tuple[Seconds, Seconds, Seconds] | None:
    """Give when goods leave the compartment at either place, and when the vehicle goes on."""
    one, two = pair
    leg = scene.roads.leg(scene.here.broken.route, one.site.id, two.site.id)
    if leg is None:
        return None
    second = max(two.starts, one.starts + one.handling_s + leg.duration_s)
    if not two.site.is_open(second):
        return None
    return one.starts, second, second + two.handling_s


def _options(
    scene: Scene,
    group: _Group,
    pair: tuple[Place, Place],
    times: tuple[Seconds, Seconds, Seconds],
) -> Iterator[tuple[str, Cents, dict[str, int]]]:
    """Give what may become of the lines of one order, by place, with cents and room."""
    here, ahead = scene.here, scene.ahead
    transfer = here.problem.objective.transfer_cents
    for place, moment in zip(pair, times, strict=False):
        if place.site.id != group.stop.site and all(
            ahead.of_item(item, moment) >= POSSIBLE for item in group.items
        ):
            fates = [_kept(scene, place, item, moment) for item in group.items]
            yield place.name, _cents(scene, group, fates) - transfer, place.uses(group.items)
    leg = scene.roads.leg(here.broken.route, pair[1].site.id, group.stop.site)
    if leg is not None:
        later = max(group.stop.service_starts, times[2] + leg.duration_s)
        yield (
            STAYS,
            _cents(scene, group, [delivered(here, ahead, i, later) for i in group.items]),
            {},
        )
    yield LOST, _cents(scene, group, [quarantined(here, item) for item in group.items]), {}


def _cents(scene: Scene, group: _Group, fates: Sequence[Fate]) -> Cents:
    planned = group.stop.service_starts
    return sum(goods_cents(scene.here.problem, one, planned) for one in fates)


def _kept(scene: Scene, place: Place, item: Delivery, moment: Seconds) -> Fate:
    here, sound = scene.here, scene.ahead.of_item(item, moment)
    if place.taker is None:
        return fate(here, item, Outcome.SHELTERED, sound, moment, shelter=place.site.id)
    leg = scene.roads.leg(place.taker.where.route, place.site.id, here.problem.lines[item.key].site)
    ride = 0 if leg is None else leg.duration_s
    arrives = moment + place.handling_s + ride
    return fate(here, item, Outcome.DELIVERED, sound, moment, arrives=arrives)


def _driven(scene: Scene, pair: tuple[Place, Place], who: dict[LineKey, str]) -> Draft | None:
    """Drive a division on paper: both calls first, then the stops that are left."""
    gone = frozenset(key for key, name in who.items() if name != STAYS)
    visits = visits_without(scene.here.broken, gone)
    for place in reversed(pair):
        extra = 0 if place.site.kind is SiteKind.STATION else HANDING_S
        visits = called_first(visits, place.site, place.starts, extra)
    timed = with_tail(scene.roads, scene.here.broken, visits)
    if timed is None:
        return None
    spoilt = _spoilt(scene, timed, who)
    if spoilt:
        kept = [_without(one, spoilt) for one in visits]
        sites = {place.site.id for place in pair}
        kept = [one for one in kept if one.needed or one.site in sites]
        timed = with_tail(scene.roads, scene.here.broken, kept)
    return None if timed is None else _written(scene, pair, who, timed)


def _without(visit: Visit, gone: Collection[LineKey]) -> Visit:
    return replace(visit, delivers=tuple(i for i in visit.delivers if i.key not in gone))


def _spoilt(scene: Scene, timed: Timed, who: dict[LineKey, str]) -> set[LineKey]:
    """Find what stays on board and would be spoilt when its own stop comes."""
    reached = {i.key: stop.service_starts for stop in timed.route.stops for i in stop.delivers}
    return {
        item.key
        for item, _ in scene.here.affected
        if who[item.key] == STAYS and scene.ahead.of_item(item, reached[item.key]) < POSSIBLE
    }


def _written(
    scene: Scene, pair: tuple[Place, Place], who: dict[LineKey, str], timed: Timed
) -> Draft | None:
    """Write the draft: what each place took, what the vehicle brings itself, what is lost."""
    here, route = scene.here, timed.route
    whole = Draft(
        kind=Kind.SPLIT,
        place=names_of(pair),
        routes={route.id: route},
        fates=_others(scene, who, timed),
        turns={route.id: timed.turn_s},
        extra_m={route.id: timed.turn_m},
    )
    for place in pair:
        stop = next(one for one in route.stops[here.broken.done :] if one.site == place.site.id)
        items = [item for item, _ in here.affected if who[item.key] == place.name]
        left = tuple(i for i in items if scene.ahead.of_item(i, stop.service_starts) >= POSSIBLE)
        late = not left or not place.site.is_open(stop.arrives)
        # A dock that was free on the way there at once may be taken by now.
        free = dock_free(here.plan, place.site, scene.reserved, stop.service_starts)
        if late or (place.taker is None and free > stop.service_starts):
            return None
        lost = tuple(quarantined(here, item) for item in items if item not in left)
        one = Dropped(timed=timed, stop=stop, first=lost, left=left)
        part = _part(scene, place, one)
        if part is None:
            return None
        whole = _joined(whole, part)
    return whole


def _others(scene: Scene, who: dict[LineKey, str], timed: Timed) -> tuple[Fate, ...]:
    """Say what becomes of the lines that no place takes."""
    here = scene.here
    reached = {i.key: stop.service_starts for stop in timed.route.stops for i in stop.delivers}
    return tuple(
        delivered(here, scene.ahead, item, reached[item.key])
        if who[item.key] == STAYS and item.key in reached
        else quarantined(here, item)
        for item, _ in here.affected
        if who[item.key] in {STAYS, LOST}
    )


def _part(scene: Scene, place: Place, one: Dropped) -> Draft | None:
    """Let a site keep its share, or a vehicle take it to its points."""
    if place.taker is None:
        return sheltered(scene, Kind.SPLIT, one)
    call = Visit(
        site=place.site.id,
        kind=place.site.kind,
        not_before=one.stop.service_starts,
        extra_s=HANDING_S,
    )
    return completed(scene, one, place.taker, call, met=True)


def _joined(whole: Draft, part: Draft) -> Draft:
    return replace(
        whole,
        routes={**part.routes, **whole.routes},
        fates=(*whole.fates, *part.fates),
        handovers=(*whole.handovers, *part.handovers),
        turns={**part.turns, **whole.turns},
        extra_m={**part.extra_m, **whole.extra_m},
        calls=whole.calls | part.calls,
        received={**whole.received, **part.received},
        collector=whole.collector or part.collector,
    )
