"""The ground that trucks drive on: sites as rows, equal trucks as one group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.network import Site, TimeWindow
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import IntArray, TravelMatrix
from optimizer.domain.units import Seconds
from optimizer.planning.compartments import zones_carried
from optimizer.planning.underway import Span, Underway

BACKUP = "backup"
"""Owner of the vehicles that help only where the own ones do not suffice."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TruckGroup:
    """Trucks that differ in nothing but their id.

    Parameters
    ----------
    trucks
        In file order; never empty. A truck that is under way already stands here with what is
        left of its shift and trips, and without its fixed cost, which is paid.
    duration_s
        Travel seconds between the rows of the network, under the traffic of the shift's start.
    departures
        When a loaded truck may leave the central: it loads and leaves inside the hours there.
    loading_s
        Time at a dock of the central before each departure.
    at_home_s
        Time at home between two trips: the truck is loaded, and its driver rests.
    breaks
        When their drivers rest; None means that no trip needs a rest.
    admitted
        Whether these trucks have the skills that a site needs, one entry per row.
    """

    trucks: tuple[Vehicle, ...]
    duration_s: IntArray
    departures: tuple[TimeWindow, ...]
    loading_s: Seconds
    at_home_s: Seconds
    breaks: BreakRule | None
    admitted: npt.NDArray[np.bool_]

    @property
    def truck(self) -> Vehicle:
        """Any truck of the group."""
        return self.trucks[0]

    @property
    def is_backup(self) -> bool:
        """Say whether these trucks are hired only when needed."""
        return self.truck.owner == BACKUP

    @property
    def zones(self) -> frozenset[Zone]:
        """The zones these trucks may carry."""
        return zones_carried(self.truck)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """Sites as rows of arrays.

    Parameters
    ----------
    sites
        Homes of trucks and grids with demand, in the order of the rows.
    opens, closes
        Hours per site, one column per interval; intervals that a site lacks never open.
    busy
        When docks are taken by trucks whose routes stay, per row.
    trips_made
        How many trips of a truck stay; the numbers of new trips follow.
    trucks
        How many trucks there are, those that may not leave any more among them.
    """

    sites: tuple[Site, ...]
    rows: Mapping[SiteId, int]
    distance_m: IntArray
    opens: IntArray
    closes: IntArray
    service_s: IntArray
    groups: tuple[TruckGroup, ...]
    busy: Mapping[int, tuple[Span, ...]]
    trips_made: Mapping[VehicleId, int]
    trucks: int

    def opening(self, rows: IntArray, arrivals: IntArray) -> tuple[IntArray, IntArray]:
        """Give the first moment of service at or after arrival, and when that window closes.

        Where a site does not open again the window closes before it opens.
        """
        reachable = self.closes[rows] >= arrivals[:, None]
        window = reachable.argmax(axis=1)
        begins = np.maximum(arrivals, self.opens[rows, window])
        closes = np.where(reachable.any(axis=1), self.closes[rows, window], begins - 1)
        return begins, closes


def network_of(
    problem: Problem,
    travel: TravelMatrix,
    grids: Iterable[SiteId],
    underway: Underway | None = None,
) -> Network:
    """Lay out the ground for these grids and all trucks of the problem that may still leave."""
    held = Underway() if underway is None else underway
    trucks = [v for v in problem.vehicles.values() if v.echelon is Echelon.LINEHAUL]
    ids = list(dict.fromkeys([*(truck.home for truck in trucks), *grids]))
    sites = tuple(problem.sites[site] for site in ids)
    from_row = [travel.origins.index(site) for site in ids]
    to_row = [travel.destinations.index(site) for site in ids]
    cut = np.ix_(from_row, to_row)
    part = TravelMatrix(
        origins=tuple(ids),
        destinations=tuple(ids),
        distance_m=travel.distance_m[cut],
        duration_s=None if travel.duration_s is None else travel.duration_s[cut],
    )
    opens, closes = _hours(sites)
    rows = {site: row for row, site in enumerate(ids)}
    return Network(
        sites=sites,
        rows=rows,
        distance_m=part.distance_m,
        opens=opens,
        closes=closes,
        service_s=np.array([site.service_s for site in sites], dtype=np.int64),
        groups=_grouped(problem, part, trucks, held),
        busy={rows[site]: spans for site, spans in held.docks.items() if site in rows},
        trips_made=held.trips,
        trucks=len(trucks),
    )


def _hours(sites: tuple[Site, ...]) -> tuple[IntArray, IntArray]:
    most = max((len(site.hours) for site in sites), default=0)
    never = TimeWindow(opens=0, closes=-1)
    padded = [site.hours + (never,) * (most - len(site.hours)) for site in sites]
    opens = [[window.opens for window in hours] for hours in padded]
    closes = [[window.closes for window in hours] for hours in padded]
    shape = (len(sites), most)
    return (
        np.array(opens, dtype=np.int64).reshape(shape),
        np.array(closes, dtype=np.int64).reshape(shape),
    )


def _grouped(
    problem: Problem, travel: TravelMatrix, trucks: list[Vehicle], held: Underway
) -> tuple[TruckGroup, ...]:
    # The factor is that of the whole shift, also where a part of it is over.
    kinds: list[tuple[Vehicle, float, list[Vehicle]]] = []
    for truck in trucks:
        left = _left_of(truck, _reload_s(problem, truck), held)
        if left is None:
            continue
        nameless = replace(left, id="", carrier="")
        factor = problem.travel.factor(truck.shift.opens)
        for kind, slowness, members in kinds:
            if kind == nameless and slowness == factor:
                members.append(left)
                break
        else:
            kinds.append((nameless, factor, [left]))
    return tuple(
        TruckGroup(
            trucks=tuple(members),
            duration_s=travel.durations(problem.travel.speed_kmh[kind.type], factor),
            departures=_departures(problem.sites[kind.home], kind),
            loading_s=problem.sites[kind.home].service_s,
            at_home_s=_reload_s(problem, kind),
            breaks=problem.breaks.get(kind.type),
            admitted=np.array(
                [problem.sites[site].needs <= kind.skills for site in travel.origins],
                dtype=np.bool_,
            ),
        )
        for kind, factor, members in kinds
    )


def _reload_s(problem: Problem, truck: Vehicle) -> Seconds:
    """Give the time at home between two trips of a truck."""
    rule = problem.breaks.get(truck.type)
    return max(problem.sites[truck.home].service_s, 0 if rule is None else rule.rest_s)


def _left_of(truck: Vehicle, reload_s: Seconds, held: Underway) -> Vehicle | None:
    """Give what is left of a truck's day; None where that is no trip."""
    made = held.trips.get(truck.id, 0)
    opens = held.free_from(truck, reload_s)
    if made >= truck.max_trips or (opens > truck.shift.closes and opens > truck.shift.opens):
        return None
    return replace(
        truck,
        shift=TimeWindow(opens=opens, closes=truck.shift.closes),
        max_trips=truck.max_trips - made,
        fixed_cents=0 if made else truck.fixed_cents,
    )


def _departures(central: Site, truck: Vehicle) -> tuple[TimeWindow, ...]:
    windows = [
        TimeWindow(
            opens=max(hours.opens + central.service_s, truck.shift.opens),
            closes=min(hours.closes, truck.shift.closes, HORIZON_S),
        )
        for hours in central.hours
    ]
    return tuple(window for window in windows if window.opens <= window.closes)
