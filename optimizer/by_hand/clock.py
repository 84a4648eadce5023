"""When a trip is where, whatever rules that breaks: a dispatcher wants to see what a change costs.

A trip is served as early as it can be; then its departure is put off by as much of its waiting as
no window, no due time and no arrival at home suffers from. Where a site or a window has closed,
service starts on arrival or when the site opens next, and the judge says by how much it is late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from optimizer.by_hand.draft import Trip, Visit
from optimizer.domain.driving import rests_of
from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import SiteId
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Break
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, TravelMatrix
from optimizer.domain.units import Metres, Seconds
from optimizer.planning.jobs import door_service_s
from optimizer.planning.waves import binding_window
from optimizer.travel.provider import TravelProvider

Row = tuple[Seconds, Seconds, Seconds]
"""Arrival, start of service, departure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """A trip in time.

    Parameters
    ----------
    rows
        Per visit: arrival, start of service, departure.
    rests
        When the driver rests.
    """

    departs: Seconds
    rows: tuple[Row, ...]
    returns: Seconds
    distance_m: Metres
    rests: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """The ways between the sites of a trip for its vehicle."""

    row: dict[SiteId, int]
    distance_m: IntArray
    duration_s: IntArray

    @classmethod
    def between(
        cls, problem: Problem, travel: TravelProvider, trip: Trip, more: Sequence[SiteId] = ()
    ) -> Ways:
        """Measure the ways of a trip, and those to further sites."""
        ids = [trip.vehicle.home, *(visit.site for visit in trip.visits), *more]
        sites = [problem.sites[site] for site in dict.fromkeys(ids)]
        matrix: TravelMatrix = travel.matrix(sites, sites)
        truck = trip.route.echelon is Echelon.LINEHAUL
        scheduled = trip.vehicle.shift.opens if truck else problem.wave(trip.route.wave).departs
        speed = problem.travel.speed_kmh[trip.vehicle.type]
        return cls(
            row={site.id: row for row, site in enumerate(sites)},
            distance_m=matrix.distance_m,
            duration_s=matrix.durations(speed, problem.travel.factor(scheduled)),
        )

    def leg(self, origin: SiteId, destination: SiteId) -> tuple[Metres, Seconds]:
        """Give one drive; where no road leads there it takes no time, and the judge says so."""
        pair = self.row[origin], self.row[destination]
        metres = int(self.distance_m[pair])
        return (0, 0) if metres == UNREACHABLE else (metres, int(self.duration_s[pair]))


def timed(
    problem: Problem,
    ways: Ways,
    vehicle: Vehicle,
    visits: Sequence[Visit],
    earliest: Seconds,
) -> Times:
    """Time a trip that departs no earlier than this moment."""
    path = [vehicle.home, *(visit.site for visit in visits), vehicle.home]
    legs = [ways.leg(a, b) for a, b in pairwise(path)]
    rule = problem.breaks.get(vehicle.type)
    rests = rests_of([leg[1] for leg in legs], rule)
    rest_s = 0 if rule is None else rule.rest_s
    seconds = [leg[1] + len(after) * rest_s for leg, after in zip(legs, rests, strict=True)]
    rows, latest = _forward(problem, vehicle, visits, seconds, earliest)
    delay = _delay(rows, latest)
    if delay:
        rows, _ = _forward(problem, vehicle, visits, seconds, earliest + delay)
    departs = earliest + delay
    left = rows[-1][2] if rows else departs
    return Times(
        departs=departs,
        rows=tuple(rows),
        returns=left + seconds[-1],
        distance_m=sum(leg[0] for leg in legs),
        rests=tuple(_rests([departs, *(row[2] for row in rows)], rests, rest_s)),
    )


def _rests(
    leaves: Sequence[Seconds], rests: Sequence[tuple[Seconds, ...]], rest_s: Seconds
) -> Iterator[Break]:
    """Put rests, given as seconds of driving after which they come, on the clock."""
    for left, after in zip(leaves, rests, strict=True):
        for number, driven in enumerate(after):
            starts = left + driven + number * rest_s
            yield Break(starts=starts, ends=starts + rest_s)


def _forward(
    problem: Problem,
    vehicle: Vehicle,
    visits: Sequence[Visit],
    seconds: Sequence[Seconds],
    departs: Seconds,
) -> tuple[list[Row], list[Seconds]]:
    """Serve every visit as early as it can be; say how late each service might start as well."""
    rows: list[Row] = []
    latest: list[Seconds] = []
    now = departs
    for visit, leg_s in zip(visits, seconds, strict=False):
        arrives = now + leg_s
        starts, closes = service(problem, visit, arrives)
        lines = [problem.lines[item.key] for item in visit.delivers]
        truck = vehicle.echelon is Echelon.LINEHAUL
        doors_s = 0 if truck else door_service_s(problem, lines)
        now = starts + problem.sites[visit.site].service_s + doors_s
        rows.append((arrives, starts, now))
        if truck:
            latest.append(starts)
        else:
            due = [problem.promises[line.promise].due(line) for line in lines]
            latest.append(min(closes, max(starts, min(due, default=closes))))
    return rows, latest


def service(problem: Problem, visit: Visit, arrives: Seconds) -> tuple[Seconds, Seconds]:
    """Give the first start of service from an arrival on, and the last one of that window."""
    site = problem.sites[visit.site]
    booked = [
        window
        for item in visit.delivers
        if site.kind is SiteKind.PICKUP
        and (window := binding_window(problem, problem.lines[item.key])) is not None
    ]
    first = max((window.opens for window in booked), default=0)
    last = min((window.closes for window in booked), default=HORIZON_S)
    for hours in site.hours:
        opens, closes = max(hours.opens, first), min(hours.closes, last)
        if opens <= closes and arrives <= closes:
            return max(arrives, opens), closes
    opens_next = site.next_open(arrives)
    start = arrives if opens_next is None else opens_next
    return start, start


def _delay(rows: Sequence[Row], latest: Sequence[Seconds]) -> Seconds:
    """Give how far a departure can be put off: by the waiting, and by no more than is harmless.

    Forward time slack: Savelsbergh, M.W.P. (1992), *ORSA Journal on Computing* 4(2), 146-154.
    """
    waited, room = 0, None
    for (arrives, starts, _), last in zip(rows, latest, strict=True):
        waited += starts - arrives
        slack = waited + last - starts
        room = slack if room is None else min(room, slack)
    return 0 if room is None else max(0, min(waited, room))
