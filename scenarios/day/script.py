"""A plan as it is played: its rides and calls with their planned lengths and what they wait for."""
# Long because what is played and what has happened already are read from one plan by one reader.

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.check.facts import JudgedRoute, Travel, gather
from optimizer.check.rests import rested_s
from optimizer.check.services import ends_of_services
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Plan, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.domain.units import Metres, Seconds

SOON_S: Seconds = 60
"""Who is overdue is expected so soon."""

CallName = tuple[str, int]
"""A call by the id of its route and its place on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """One drive.

    Parameters
    ----------
    origin, goal
        Sites.
    seconds, metres, rest_s
        Planned time at the wheel, the way, and the breaks on it.
    since
        When it begins, where it begins on the road and not at a site.
    """

    origin: SiteId
    goal: SiteId
    seconds: Seconds
    metres: Metres
    rest_s: Seconds
    since: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A stop that is to come, or has been.

    Parameters
    ----------
    drive
        The way there.
    service_s, rest_s
        Planned length of the service, and of a break at the site behind it.
    not_before, leaves_after
        Where the plan holds its service or its departure back on purpose, until when.
    been
        When it arrived, began and left, where it has begun already.
    """

    stop: Stop
    drive: Drive
    service_s: Seconds
    rest_s: Seconds
    not_before: Seconds = 0
    leaves_after: Seconds = 0
    been: tuple[Seconds, Seconds, Seconds] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """A trip.

    Parameters
    ----------
    loading_s
        What loading takes at its start; a truck holds a dock meanwhile.
    first
        Whether it is the vehicle's first trip of the day: a van stands loaded before that.
    needs
        Calls of trucks that bring goods of it to its start.
    home
        The drive behind the last stop; None where the vehicle stands for good.
    left
        When it has departed, where it has.
    """

    route: Route
    calls: tuple[Call, ...]
    loading_s: Seconds
    first: bool
    needs: tuple[CallName, ...]
    home: Drive | None
    left: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What has happened of a ride until a moment.

    Parameters
    ----------
    left
        When it departed.
    been
        Its calls that have begun.
    heading
        The site that it drives to at that moment, or waits at; empty during a service.
    arrived
        When it came to where it waits now.
    returned
        Whether it is over.
    """

    left: Seconds
    been: tuple[tuple[Seconds, Seconds, Seconds], ...]
    heading: SiteId = ""
    arrived: Seconds | None = None
    returned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All rides of each vehicle in the order in which it makes them."""

    problem: Problem
    rides: Mapping[VehicleId, tuple[Ride, ...]]


def script_of(
    problem: Problem,
    plan: Plan,
    travel: Travel,
    *,
    at: Seconds | None = None,
    past: Mapping[str, Past] | None = None,
    standing: frozenset[VehicleId] = frozenset(),
    expected: bool = False,
) -> Script:
    """Read a plan.

    Parameters
    ----------
    problem, plan, travel
        The day; drives take as long as the source of times says, and as the plan says where the
        source knows no way.
    at, past
        A moment, and by route what has happened until then; it stays.
    standing
        Vehicles that do not drive any more.
    expected
        Whether nothing is known of what comes after the moment: who should have arrived and has
        not is expected at any time.
    """
    facts, _ = gather(problem, plan, travel)
    brings = _brings(plan)
    rides: dict[VehicleId, tuple[Ride, ...]] = {}
    for vehicle, trips in facts.trips.items():
        stands = vehicle in standing
        reader = _Reader(problem, brings, at, past or {}, stands=stands, expected=expected)
        rides[vehicle] = tuple(
            reader.ride(one, number)
            for number, one in enumerate(trips)
            if vehicle not in standing or one.route.id in reader.past
        )
    rides = {vehicle: ones for vehicle, ones in rides.items() if ones}
    return Script(problem=problem, rides=rides)


def _brings(plan: Plan) -> Mapping[tuple[SiteId, LineKey], Sequence[CallName]]:
    found: dict[tuple[SiteId, LineKey], list[CallName]] = defaultdict(list)
    for route in plan.routes:
        if route.echelon is Echelon.LINEHAUL:
            for place, stop in enumerate(route.stops):
                for item in stop.delivers:
                    found[stop.site, item.key].append((route.id, place))
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    problem: Problem
    brings: Mapping[tuple[SiteId, LineKey], Sequence[CallName]]
    at: Seconds | None
    past: Mapping[str, Past]
    stands: bool
    expected: bool

    def ride(self, one: JudgedRoute, number: int) -> Ride:
        route, past = one.route, self.past.get(one.route.id)
        drives = self._drives(one, past)
        ends = ends_of_services(self.problem, route)
        been = () if past is None else past.been
        stuck = self.stands and past is not None and not past.returned
        calls = tuple(
            self._call(route, place, drives[place], ends[place], been)
            for place in range(len(route.stops))
        )
        needs: dict[CallName, None] = {}
        if route.echelon is Echelon.LAST_MILE:
            for stop in route.stops:
                for item in stop.delivers:
                    needs.update(dict.fromkeys(self.brings.get((route.start_site, item.key), ())))
        return Ride(
            route=route,
            calls=calls[: len(been)] if stuck else calls,
            loading_s=self.problem.sites[route.start_site].service_s,
            first=number == 0,
            needs=tuple(needs),
            home=None if stuck else drives[-1],
            left=None if past is None else past.left,
        )

    def _drives(self, one: JudgedRoute, past: Past | None) -> list[Drive]:
        route = one.route
        path = [route.start_site, *(stop.site for stop in route.stops), route.end_site]
        starts = [route.departs, *(stop.departs for stop in route.stops)]
        ends = [*(stop.arrives for stop in route.stops), route.returns]
        drives = []
        for place, (leg, start, end) in enumerate(zip(one.legs, starts, ends, strict=True)):
            rest_s = rested_s(route, start, end)
            known = leg.distance_m != UNREACHABLE
            seconds, since = (leg.duration_s if known else end - start - rest_s), None
            if self._turns(past, place, path[place + 1]):
                assert self.at is not None
                since = self.at
                rest_s = rested_s(route, since, end)
                seconds = max(0, end - since - rest_s)
            elif self.expected and past is not None and place == len(past.been):
                left = past.been[-1][2] if past.been else past.left
                seconds = self._still(past, seconds + rest_s, left) - rest_s
            drives.append(
                Drive(
                    origin=path[place],
                    goal=path[place + 1],
                    seconds=seconds,
                    metres=max(0, leg.distance_m),
                    rest_s=rest_s,
                    since=since,
                )
            )
        return drives

    def _still(self, past: Past, took: Seconds, left: Seconds) -> Seconds:
        """Give how long a drive takes, as far as is known, of somebody who is under way."""
        if past.arrived is not None:
            return past.arrived - left
        if self.at is None or not past.heading or past.returned:
            return took
        return max(took, self.at + SOON_S - left)

    def _turns(self, past: Past | None, place: int, goal: SiteId) -> bool:
        """Say whether a drive under way goes elsewhere now than where it was heading."""
        if past is None or self.at is None or place != len(past.been) or not past.heading:
            return False
        return past.heading != goal

    def _call(
        self,
        route: Route,
        place: int,
        drive: Drive,
        ends: Seconds,
        been: Sequence[tuple[Seconds, Seconds, Seconds]],
    ) -> Call:
        stop = route.stops[place]
        soonest = soonest_start(self.problem, stop, stop.arrives)
        held = soonest is None or stop.service_starts > soonest
        rest_s = rested_s(route, ends, stop.departs)
        return Call(
            stop=stop,
            drive=drive,
            service_s=ends - stop.service_starts,
            rest_s=rest_s,
            not_before=stop.service_starts if held else 0,
            leaves_after=stop.departs if stop.departs > ends + rest_s else 0,
            been=been[place] if place < len(been) else None,
        )


def soonest_start(problem: Problem, stop: Stop, moment: Seconds) -> Seconds | None:
    """Give when a service can begin for somebody who is there: hours, and windows that open.

    None says that the site does not open again.
    """
    opens = [moment]
    if stop.kind is SiteKind.PICKUP:
        for item in stop.delivers:
            window = problem.lines[item.key].window
            if window is not None and moment <= window.closes:
                opens.append(window.opens)
    return problem.sites[stop.site].next_open(max(opens))
