"""One pass over the lines of some waves, in rounds of routing.

Each round is one routing problem, warm-started from the round before. Between rounds the
bulkheads follow the loads, bundles come apart where jobs were left out, and lines whose product
would leave its band get a shorter ride. What still breaks its band after that is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from optimizer.domain.ids import LineKey, VehicleId, WaveId
from optimizer.domain.limit import Limit
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Cents, Seconds
from optimizer.engines.engine import Engine
from optimizer.engines.repair import repaired
from optimizer.planning.beginnings import Beginnings, Settled
from optimizer.planning.claims import Claims
from optimizer.planning.compartments import (
    Slot,
    concentrated,
    group_slots,
    layout_with_spare,
)
from optimizer.planning.freight import Freight, lines_in
from optimizer.planning.ground import Ground
from optimizer.planning.itinerary import Itinerary, as_start, itineraries_of
from optimizer.planning.jobs import (
    Bundle,
    Bundling,
    JobRules,
    Roominess,
    bundle_by_site,
    job_of,
    split,
    together,
)
from optimizer.planning.packing import pack_large
from optimizer.planning.product_temperature import broken_lines, with_predictions
from optimizer.planning.timing import Timing
from optimizer.planning.whole_orders import torn
from optimizer.planning.worthiest import is_short, worthiest
from optimizer.travel.provider import TravelProvider

FIXED_ROUNDS = (1.0,)
SHORT_ROUNDS = (0.6, 0.4)
MOVABLE_ROUNDS = (0.5, 0.3, 0.2)
APART_SHARE = 0.3
"""Extra time, as a share of the limit, where a round left jobs out that lines may fit."""
COOLER_ROUNDS = 2
COOLER_SHARE = 0.2
"""Extra rounds, and their share of the limit, where a product would leave its band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass is given.

    Parameters
    ----------
    waves
        The waves that it plans together; their traffic is the same.
    lines
        What is to be delivered and collected.
    ready
        When each may leave the grid; what is absent may leave at any time.
    wave_of
        The wave of each line.
    delayed
        Whether vans wait at the grid until the first window can be reached without waiting, so
        that cold goods for late windows are not on board too long.
    pins
        Lines that one vehicle and no other may carry.
    beginnings
        What the next trip of a van begins with; these lines are pinned to it as well.
    """

    problem: Problem
    waves: tuple[WaveId, ...]
    lines: tuple[Freight, ...]
    ready: Mapping[LineKey, Seconds]
    wave_of: Mapping[LineKey, WaveId]
    slots: tuple[Slot, ...]
    drop_cents: Mapping[LineKey, Cents]
    travel: TravelProvider
    engine: Engine
    limit: Limit
    seed: int
    delayed: bool
    pins: Mapping[LineKey, VehicleId] = field(default_factory=dict)
    beginnings: Beginnings = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassResult:
    """The routes of a pass, and the lines that no van can keep cold long enough."""

    routes: tuple[Route, ...]
    too_warm: frozenset[LineKey]


@dataclass(slots=True)
class _State:
    """What changes from round to round.

    Parameters
    ----------
    waiting
        Bundles that join after the first round, because a fleet that is too short for all of
        them should rather carry the others.
    """

    bundles: list[Bundle]
    waiting: list[Bundle]
    slots: list[Slot]
    rides: dict[Zone, Seconds]
    itineraries: list[Itinerary]
    shares: Mapping[Zone, float]
    claims: Claims
    settled: Settled


def run_pass(given: Pass) -> PassResult:
    """Plan lines with the vans that are left for them."""
    ground = _survey(given)
    state = _open(given, ground)
    if not state.bundles:
        return PassResult(routes=(), too_warm=frozenset())
    complete = False
    for number, share in enumerate(_shares_of_time(state)):
        complete = _round(given, ground, state, limit=given.limit.share(share), seed=number)
        state.bundles += state.waiting
        state.waiting = []
    if not complete and any(len(bundle.lines) > 1 for bundle in state.bundles):
        state.bundles = split(state.bundles)
        _round(given, ground, state, limit=given.limit.share(APART_SHARE), seed=90)
    return _cool(given, ground, state)


def _shares_of_time(state: _State) -> Sequence[float]:
    """Say how many rounds there are, and how much of the limit each may use."""
    if any(slot.is_movable for slot in state.slots):
        return MOVABLE_ROUNDS
    return SHORT_ROUNDS if state.waiting else FIXED_ROUNDS


def _survey(given: Pass) -> Ground:
    return Ground.survey(
        given.problem,
        given.travel,
        grid=given.slots[0].vehicle.home,
        points=list(dict.fromkeys(line.site for line in given.lines)),
        types=[slot.vehicle.type for slot in given.slots],
        factor=given.problem.travel.factor(given.problem.wave(given.waves[0]).departs),
    )


def _open(given: Pass, ground: Ground) -> _State:
    """Set up the first round."""
    slots = list(given.slots)
    arrivals = ground.earliest_arrivals(
        slots, ((line.site, given.ready.get(line.key, 0)) for line in given.lines)
    )
    claims = Claims.of(given.problem, given.lines, given.pins)
    able = [line for line in given.lines if claims.can_ride(line, slots)]
    room = Roominess(
        payload_g=max(slot.vehicle.payload_g for slot in slots),
        body_ml=max(slot.vehicle.body_ml for slot in slots),
    )
    settled = Settled.of(given.beginnings)
    bundling = Bundling(
        arrivals=arrivals,
        roominess=room,
        ready=given.ready,
        pins=claims.pins,
        settled=settled.place,
    )
    bundles = bundle_by_site(given.problem, able, bundling)
    if given.delayed and bundles:
        wait = min(b.window.opens - arrivals[b.site, b.release] for b in bundles)
        later = [replace(slot, available=slot.available + max(0, wait)) for slot in slots]
        slots = [slot for slot in later if slot.available < slot.vehicle.shift.closes] or slots
    waiting: list[Bundle] = []
    loaded: list[Itinerary] = []
    reachable = lines_in(line for bundle in bundles for line in bundle.lines)
    if bundles and is_short(reachable, slots):
        first = {*worthiest(reachable, slots, given.drop_cents, claims.pins), *settled.place}
        apart = split(bundles)
        bundles = [bundle for bundle in apart if bundle.lines[0].key in first]
        waiting = [bundle for bundle in apart if bundle.lines[0].key not in first]
        chosen = [line for line in reachable if line.key in first]
        litres = {z: sum(ln.volume_ml for ln in chosen if ln.zone is z) for z in ZONES}
        slots = concentrated(slots, litres)
        loaded = pack_large(given.problem, chosen, slots, claims.pins)
        if not bundles:
            bundles, waiting = waiting, []
    return _State(
        bundles=bundles,
        waiting=waiting,
        slots=_as_usual(given, claims, slots, reachable),
        rides=dict(given.problem.time_on_board_s),
        itineraries=loaded,
        shares=_shares(reachable),
        claims=claims,
        settled=settled,
    )


def _as_usual(
    given: Pass, claims: Claims, slots: Sequence[Slot], lines: Sequence[OrderLine]
) -> list[Slot]:
    """Place the bulkheads of vans around the goods of their own sites; the others stay open."""
    shares = _shares(lines)
    placed = []
    for slot in slots:
        mine = tuple(line for line in lines if claims.van_of(line) == slot.vehicle.id)
        if claims.usual and mine and slot.layout is None and slot.trips_left == 1:
            own = Itinerary(slot=slot, lines=mine)
            placed.append(_settled(own, shares, given.drop_cents).slot)
        else:
            placed.append(slot)
    return placed


def _shares(lines: Sequence[OrderLine]) -> dict[Zone, float]:
    """Say how the litres of lines divide over the zones."""
    total = sum(line.volume_ml for line in lines) or 1
    return {
        zone: sum(line.volume_ml for line in lines if line.zone is zone) / total for zone in ZONES
    }


def _round(given: Pass, ground: Ground, state: _State, *, limit: Limit, seed: int) -> bool:
    """Solve one routing problem, let the bulkheads follow, and say whether no job was left."""
    fleet = group_slots(
        state.slots,
        nodes=ground.nodes,
        profiles=ground.profiles,
        named=state.claims.named,
        asked=state.claims.skills,
        breaks=given.problem.breaks,
    )
    rules = JobRules(nodes=ground.nodes, drop_cents=given.drop_cents, max_ride_s=state.rides)
    jobs = [job_of(given.problem, bundle, rules) for bundle in state.bundles]
    problem = replace(
        ground.routing_problem(jobs, fleet.groups),
        group_cents=state.claims.group_cents(state.bundles, fleet),
        together=together(state.bundles) if given.problem.orders_together else (),
    )
    problem = state.settled.drivable(problem, state.bundles, fleet)
    start = as_start(problem, state.itineraries, fleet, state.bundles)
    if problem.locks:
        start = repaired(problem, start.routes) or repaired(problem, []) or start
    answer = given.engine.solve(
        problem,
        limit=limit,
        seed=given.seed * 100 + seed,
        start=start if start.routes else state.claims.as_usual(problem, state.bundles, fleet),
    )
    left = lines_in(line for job in answer.dropped for line in state.bundles[job].lines)
    # Spare room goes to what found none; where everything did, to all goods alike.
    shares = _shares(left) if left else state.shares
    state.itineraries = [
        _settled(itinerary, shares, given.drop_cents)
        for itinerary in itineraries_of(answer, fleet, state.bundles)
    ]
    placed = {it.slot.vehicle.id: it.slot for it in state.itineraries if it.slot.trips_left == 1}
    state.slots = [placed.get(s.vehicle.id, _empty(s, shares)) for s in state.slots]
    return not left


def _empty(slot: Slot, shares: Mapping[Zone, float]) -> Slot:
    """Place the bulkheads of a van without a trip as the grid's goods would want them."""
    if slot.trips_left > 1:
        return slot
    return replace(slot, layout=layout_with_spare(slot.vehicle, {}, shares))


def _settled(
    itinerary: Itinerary, shares: Mapping[Zone, float], drop_cents: Mapping[LineKey, Cents]
) -> Itinerary:
    """Place the bulkheads around a trip's load; shed the least lines where no place exists."""
    lines = list(itinerary.lines)
    while True:
        current = replace(itinerary, lines=tuple(lines))
        layout = layout_with_spare(itinerary.slot.vehicle, current.load_ml, shares)
        if layout is not None:
            return replace(current, slot=replace(itinerary.slot, layout=layout))
        lines.remove(min(lines, key=lambda line: (drop_cents[line.key], line.key)))


def _cool(given: Pass, ground: Ground, state: _State) -> PassResult:
    """Shorten rides until every product keeps its band, then leave out what never does."""
    routes = _timed(given, ground, state)
    suspects: set[LineKey] = set()
    for number in range(COOLER_ROUNDS):
        broken = broken_lines(routes)
        if not broken.lines:
            break
        suspects |= broken.lines
        state.bundles = split(state.bundles)
        for zone, ride_s in broken.longest_rides_s.items():
            state.rides[zone] = min(ride_s, state.rides.get(zone, ride_s))
        _round(given, ground, state, limit=given.limit.share(COOLER_SHARE), seed=95 + number)
        routes = _timed(given, ground, state)
    while (broken := broken_lines(routes)).lines:
        suspects |= broken.lines
        state.itineraries = [
            replace(it, lines=tuple(line for line in it.lines if line.key not in broken.lines))
            for it in state.itineraries
        ]
        routes = _timed(given, ground, state)
    while parts := torn(given.problem, given.lines, _served(routes)):
        state.itineraries = [
            replace(it, lines=tuple(line for line in it.lines if line.key not in parts))
            for it in state.itineraries
        ]
        routes = _timed(given, ground, state)
    return PassResult(routes=tuple(routes), too_warm=frozenset(suspects - _served(routes)))


def _served(routes: Sequence[Route]) -> set[LineKey]:
    return {item.key for route in routes for stop in route.stops for item in stop.delivers}


def _timed(given: Pass, ground: Ground, state: _State) -> list[Route]:
    """Write the trips as routes with times and predicted temperatures."""
    timing = Timing(
        problem=given.problem,
        ground=ground,
        rules=JobRules(nodes=ground.nodes, drop_cents=given.drop_cents, max_ride_s=state.rides),
        windows={line.key: bundle.window for bundle in state.bundles for line in bundle.lines},
        ready=given.ready,
        wave_of=given.wave_of,
        waves=given.waves,
    )
    routes = timing.routes(state.itineraries)
    return [with_predictions(given.problem, route) for route in routes]
