"""From order lines to routing jobs: what one site gets together, cut where no van could take it.

Lines of one site with the same window ride as one job, because fewer nodes mean better routes in
the same time. Where the fleet is short, every line is a job of its own, so that the one which
costs least is left out and not a neighbour that shares its doorstep. What is collected is always
a job of its own: it is taken where there is room on the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from optimizer.domain.ids import LineKey, OrderId, SiteId, VehicleId
from optimizer.domain.network import TimeWindow
from optimizer.domain.orders import Mode, OrderLine
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Cents, Grams, Millilitres, Seconds
from optimizer.engines.engine import Job
from optimizer.planning.freight import Freight, collects_in, lines_in
from optimizer.planning.waves import binding_window, service_window
from optimizer.planning.whole_orders import order_at

NO_PINS: Mapping[LineKey, VehicleId] = {}

LARGEST_SHARE = 3
"""A job of several lines fills at most one part in this many of the roomiest vehicle."""

Arrivals = Mapping[tuple[SiteId, Seconds], Seconds]
"""Earliest arrival at a site with goods that may leave from a moment on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Lines that are delivered together or not at all, or one collect.

    Parameters
    ----------
    release
        No van leaves with them before.
    """

    lines: tuple[Freight, ...]
    window: TimeWindow
    release: Seconds = 0

    @property
    def site(self) -> SiteId:
        """The site that all lines go to."""
        return self.lines[0].site


@dataclass(frozen=True, slots=True, kw_only=True)
class Roominess:
    """What the roomiest vehicle of a fleet takes."""

    payload_g: Grams
    body_ml: Millilitres


def load_of(lines: Sequence[Freight]) -> tuple[int, ...]:
    """Add up lines in the capacity dimensions: grams, ml per zone, ml altogether."""
    litres = dict.fromkeys(ZONES, 0)
    for line in lines:
        litres[line.zone] += line.volume_ml
    mass = sum(line.mass_g for line in lines)
    return (mass, *litres.values(), sum(litres.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundling:
    """What bundles depend on besides the lines.

    Parameters
    ----------
    arrivals
        Per site and release; a pair that is absent cannot be reached.
    ready
        When each line may leave; a line that is absent may leave at any time.
    pins
        Lines that one vehicle and no other may carry.
    settled
        Lines of settled stops, which ride with no others: the vehicle and the stop's number.
    """

    arrivals: Arrivals
    roominess: Roominess
    ready: Mapping[LineKey, Seconds] = field(default_factory=dict)
    pins: Mapping[LineKey, VehicleId] = field(default_factory=dict)
    settled: Mapping[LineKey, tuple[VehicleId, int]] = field(default_factory=dict)


def bundle_by_site(problem: Problem, lines: Sequence[Freight], given: Bundling) -> list[Bundle]:
    """Bundle the lines of each site, window, release, pin and settled stop.

    Lines without a window that can still be reached are left out.
    """
    groups: dict[tuple[SiteId, TimeWindow, Seconds, object, object], list[OrderLine]] = {}
    alone: list[Bundle] = []
    for line in lines:
        release = given.ready.get(line.key, 0)
        arrival = given.arrivals.get((line.site, release))
        if arrival is None:
            continue
        booked = binding_window(problem, line)
        window = service_window(problem.sites[line.site], booked, arrival)
        if window is None:
            continue
        if isinstance(line, OrderLine):
            claim = given.pins.get(line.key), given.settled.get(line.key)
            mark = (line.site, window, release, *claim)
            groups.setdefault(mark, []).append(line)
        else:
            alone.append(Bundle(lines=(line,), window=window, release=release))
    return [
        Bundle(lines=tuple(part), window=window, release=release)
        for (_, window, release, *_), group in groups.items()
        for part in _cut(group, given.roominess)
    ] + alone


def split(bundles: Sequence[Bundle]) -> list[Bundle]:
    """Take bundles apart: one line each."""
    return [
        Bundle(lines=(line,), window=bundle.window, release=bundle.release)
        for bundle in bundles
        for line in bundle.lines
    ]


def together(bundles: Sequence[Bundle]) -> tuple[frozenset[int], ...]:
    """Give the sets of bundles that share orders, directly or by way of others."""
    group_of: dict[int, set[int]] = {}
    first: dict[tuple[OrderId, SiteId], int] = {}
    for number, bundle in enumerate(bundles):
        group_of[number] = {number}
        for order in dict.fromkeys(order_at(line) for line in lines_in(bundle.lines)):
            mine, theirs = group_of[number], group_of[first.setdefault(order, number)]
            if mine is not theirs:
                theirs |= mine
                group_of.update(dict.fromkeys(mine, theirs))
    joined = {id(group): frozenset(group) for group in group_of.values() if len(group) > 1}
    return tuple(joined.values())


def _cut(lines: Sequence[OrderLine], roominess: Roominess) -> list[list[OrderLine]]:
    """Pack lines first-fit, largest first, into bundles that a vehicle takes with ease."""
    total = load_of(lines)
    mass_cap = roominess.payload_g // LARGEST_SHARE
    volume_cap = roominess.body_ml // LARGEST_SHARE
    if total[0] <= mass_cap and total[-1] <= volume_cap:
        return [list(lines)]
    parts: list[list[OrderLine]] = []
    rooms: list[list[int]] = []
    for line in sorted(lines, key=lambda each: (-each.volume_ml, -each.mass_g, each.key)):
        for part, room in zip(parts, rooms, strict=True):
            if line.mass_g <= room[0] and line.volume_ml <= room[1]:
                part.append(line)
                room[0] -= line.mass_g
                room[1] -= line.volume_ml
                break
        else:
            parts.append([line])
            rooms.append([mass_cap - line.mass_g, volume_cap - line.volume_ml])
    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRules:
    """What turns a bundle into a job besides its lines.

    Parameters
    ----------
    nodes
        Matrix row of each site.
    drop_cents
        Cost of leaving out each line or collect.
    max_ride_s
        Longest time on board per zone; a zone that is absent has no limit.
    """

    nodes: Mapping[SiteId, int]
    drop_cents: Mapping[LineKey, Cents]
    max_ride_s: Mapping[Zone, Seconds]


def job_of(problem: Problem, bundle: Bundle, rules: JobRules) -> Job:
    """Turn a bundle into a routing job.

    The job is due at the earliest deadline among its lines and pays the minutes of those lines
    that share it; a later deadline hardly ever binds inside the same window, and the judge
    counts it in any case.
    """
    lines = lines_in(bundle.lines)
    due = [(problem.promises[line.promise].due(line), line) for line in lines]
    first = min((moment for moment, _ in due), default=None)
    late = [problem.promises[ln.promise].cents_per_min_late for at, ln in due if at == first]
    rides = [rules.max_ride_s[ln.zone] for ln in lines if ln.zone in rules.max_ride_s]
    collects = collects_in(bundle.lines)
    return Job(
        node=rules.nodes[bundle.site],
        load=load_of(lines),
        pickup=load_of(collects) if collects else (),
        opens=bundle.window.opens,
        closes=bundle.window.closes,
        drop_cents=sum(max(1, rules.drop_cents[item.key]) for item in bundle.lines),
        due=first,
        late_cents_per_min=sum(late),
        max_ride_s=min(rides, default=None),
        release=bundle.release,
        service_s=door_service_s(problem, lines),
    )


def door_service_s(problem: Problem, lines: Sequence[OrderLine]) -> Seconds:
    """Give what bringing these lines to doors adds to a stop."""
    doors = {line.key.order for line in lines if line.mode is Mode.DOOR}
    return problem.door_service_s * len(doors)
