"""From order lines to routing jobs: what one site gets together, cut where no van could take it.

Lines of one site with the same window ride as one job, because fewer nodes mean better routes in
the same time. Where the fleet is short, every line is a job of its own, so that the one which
costs least is left out and not a neighbour that shares its doorstep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.network import TimeWindow
from optimizer.domain.orders import OrderLine
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Cents, Grams, Millilitres, Seconds
from optimizer.engines.engine import Job
from optimizer.planning.waves import service_window

NO_PINS: Mapping[LineKey, VehicleId] = {}

LARGEST_SHARE = 3
"""A job of several lines fills at most one part in this many of the roomiest vehicle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Lines that are delivered together or not at all."""

    lines: tuple[OrderLine, ...]
    window: TimeWindow

    @property
    def site(self) -> SiteId:
        """The site that all lines go to."""
        return self.lines[0].site


@dataclass(frozen=True, slots=True, kw_only=True)
class Roominess:
    """What the roomiest vehicle of a fleet takes."""

    payload_g: Grams
    body_ml: Millilitres


def load_of(lines: Sequence[OrderLine]) -> tuple[int, ...]:
    """Add up lines in the capacity dimensions: grams, ml per zone, ml altogether."""
    litres = dict.fromkeys(ZONES, 0)
    for line in lines:
        litres[line.zone] += line.volume_ml
    mass = sum(line.mass_g for line in lines)
    return (mass, *litres.values(), sum(litres.values()))


def bundle_by_site(
    problem: Problem,
    lines: Sequence[OrderLine],
    earliest: Mapping[SiteId, Seconds],
    roominess: Roominess,
    pins: Mapping[LineKey, VehicleId] = NO_PINS,
) -> list[Bundle]:
    """Bundle the lines of each site, window and pin; ``earliest`` is a site's earliest arrival.

    Lines without a window that can still be reached are left out.
    """
    groups: dict[tuple[SiteId, TimeWindow, VehicleId | None], list[OrderLine]] = {}
    for line in lines:
        window = service_window(problem.sites[line.site], line, earliest[line.site])
        if window is not None:
            groups.setdefault((line.site, window, pins.get(line.key)), []).append(line)
    return [
        Bundle(lines=tuple(part), window=window)
        for (_, window, _), group in groups.items()
        for part in _cut(group, roominess)
    ]


def split(bundles: Sequence[Bundle]) -> list[Bundle]:
    """Take bundles apart: one line each."""
    return [
        Bundle(lines=(line,), window=bundle.window) for bundle in bundles for line in bundle.lines
    ]


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
        Cost of leaving out each line.
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
    promises = [problem.promises[line.promise] for line in bundle.lines]
    due = min(promise.deadline_s for promise in promises)
    rides = [rules.max_ride_s[ln.zone] for ln in bundle.lines if ln.zone in rules.max_ride_s]
    return Job(
        node=rules.nodes[bundle.site],
        load=load_of(bundle.lines),
        opens=bundle.window.opens,
        closes=bundle.window.closes,
        drop_cents=sum(rules.drop_cents[line.key] for line in bundle.lines),
        due=due,
        late_cents_per_min=sum(p.cents_per_min_late for p in promises if p.deadline_s == due),
        max_ride_s=min(rides, default=None),
    )
