"""When each trip leaves and which truck drives it, as one CP-SAT model of intervals.

Unloading after the due time is what costs most. Beyond that every stop is served as early as it
can be, for late trucks are what a night brings by itself, and a truck leaves as late as this
allows: waiting before a closed gate is time on board, waiting in the cold room of the central is
not. Trucks keep their shift, one trip at a time, docks on both ends, hours and time on board.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from optimizer.domain.limit import Limit
from optimizer.domain.network import Site, TimeWindow
from optimizer.domain.problem import HORIZON_S
from optimizer.domain.units import Seconds
from optimizer.planning.linehaul.demand import Call, GridDemand
from optimizer.planning.linehaul.dispatch import dispatched
from optimizer.planning.linehaul.ground import Ground, TimedTrip
from optimizer.planning.linehaul.loading import Trip
from optimizer.planning.linehaul.sat import run
from optimizer.planning.underway import Span

LATE_WEIGHT = 1000
"""A second of lateness against a second of unloading later than possible."""

DURATION_WEIGHT = 2
"""A second on the way against a second of unloading later than possible."""

CANCEL_WEIGHT = LATE_WEIGHT * HORIZON_S * 100
"""Not driving a trip is worse than any lateness; then the cents of its lines decide."""


def timetable(
    ground: Ground,
    trips: Sequence[Trip],
    trucks: Mapping[int, int],
    *,
    limit: Limit,
    seed: int,
) -> tuple[TimedTrip, ...]:
    """Give times to trips; those that cannot be driven are absent.

    ``trucks`` says how many trucks of each group may be used. Trips are only given up where not
    all of them can be driven, or where that was not found within the limit.
    """
    if not trips:
        return ()
    first = dispatched(ground, trips, trucks)
    for may_cancel in (False, True):
        model = _Model(ground, trips, trucks, may_cancel=may_cancel)
        model.hint(first)
        answer = run(model.model, limit=limit, seed=seed)
        if answer is not None:
            return tuple(model.timed(answer.solver))
        if None not in first:
            break
    return tuple(timed for timed in first if timed is not None)


class _Model:
    """One interval per visit, loading and trip."""

    def __init__(
        self,
        ground: Ground,
        trips: Sequence[Trip],
        trucks: Mapping[int, int],
        *,
        may_cancel: bool,
    ) -> None:
        self.model = cp_model.CpModel()
        self._ground = ground
        self._trips = trips
        self._may_cancel = may_cancel
        self._shared = [False] * len(trips)
        self._costs: list[cp_model.LinearExprT] = []
        self._docks: dict[int, list[cp_model.IntervalVar]] = {}
        self._late: dict[Call, cp_model.IntVar] = {}
        self._drives = [
            self.model.new_bool_var("") if may_cancel else self.model.new_constant(1) for _ in trips
        ]
        self._departs: list[cp_model.IntVar] = []
        self._starts: list[list[cp_model.IntVar]] = []
        self._returns: list[cp_model.LinearExpr] = []
        for number in range(len(trips)):
            self._leave(number)
            self._visit(number)
        self._truck_of: list[dict[int, cp_model.IntVar]] = [{} for _ in trips]
        for group, count in trucks.items():
            self._assign([n for n, trip in enumerate(trips) if trip.tour.group == group], count)
        self._keep_docks()
        self.model.minimize(sum(self._costs))

    def timed(self, solver: cp_model.CpSolver) -> list[TimedTrip]:
        """Read the trips that are driven from a solution."""
        return [
            TimedTrip(
                trip=trip,
                truck=next(k for k, takes in self._truck_of[n].items() if solver.value(takes)),
                departs=solver.value(self._departs[n]),
                starts=tuple(solver.value(start) for start in self._starts[n]),
            )
            for n, trip in enumerate(self._trips)
            if solver.value(self._drives[n])
        ]

    def hint(self, first: Sequence[TimedTrip | None]) -> None:
        """Tell the solver where to begin."""
        # Equal trucks are numbered in the order of the trips, as in ``_assign``.
        names: dict[tuple[int, int], int] = {}
        for number, timed in enumerate(first):
            if self._may_cancel:
                self.model.add_hint(self._drives[number], timed is not None)
            if timed is None:
                continue
            group = timed.trip.tour.group
            used = sum(key[0] == group for key in names)
            name = names.setdefault((group, timed.truck), used)
            if self._shared[number]:
                for truck, takes in self._truck_of[number].items():
                    self.model.add_hint(takes, truck == name)
            self.model.add_hint(self._departs[number], timed.departs)
            for start, moment in zip(self._starts[number], timed.starts, strict=True):
                self.model.add_hint(start, moment)

    def _within(self, windows: Sequence[TimeWindow]) -> cp_model.IntVar:
        spans = [[w.opens, min(w.closes, HORIZON_S)] for w in windows if w.opens <= HORIZON_S]
        return self.model.new_int_var_from_domain(cp_model.Domain.from_intervals(spans), "")

    def _leave(self, number: int) -> None:
        """Load at a dock of the central and leave, inside its hours."""
        trip = self._trips[number]
        group = self._ground.network.groups[trip.tour.group]
        departs = self._within(group.departures)
        self._departs.append(departs)
        self._occupy(
            self._ground.network.rows[trip.vehicle.home],
            departs - group.loading_s,
            group.loading_s,
            number,
        )

    def _visit(self, number: int) -> None:
        """Go from stop to stop and home."""
        network, trip = self._ground.network, self._trips[number]
        drives = self._drives[number]
        legs = self._ground.legs_of(trip)
        now: cp_model.LinearExpr = self._departs[number]
        starts = []
        for stop, load, leg in zip(trip.tour.stops, trip.loads, legs[:-1], strict=True):
            there = network.rows[self._ground.demands[stop].grid]
            site = network.sites[there]
            start = self._within(site.hours)
            self.model.add(start >= now + leg.total_s).only_enforce_if(drives)
            self._occupy(there, start, site.service_s, number)
            ride_s = min(
                (self._ground.time_on_board_s.get(part.zone, HORIZON_S) for part in load),
                default=HORIZON_S,
            )
            self.model.add(start - self._departs[number] <= ride_s).only_enforce_if(drives)
            now = start + site.service_s
            for demand in self._ground.wanted_by(stop, load):
                self._deliver(demand, now, drives)
            self._costs.append(now)
            starts.append(start)
        returns = now + legs[-1].total_s
        self.model.add(returns <= trip.vehicle.shift.closes).only_enforce_if(drives)
        self._starts.append(starts)
        self._returns.append(returns)
        self._costs.append((returns - self._departs[number]) * DURATION_WEIGHT)
        lines = {part.key for load in trip.loads for part in load}
        cents = sum(self._ground.leaving_cents[key] for key in lines)
        self._costs.append((1 - drives) * (CANCEL_WEIGHT + cents))

    def _deliver(
        self, demand: GridDemand, ends: cp_model.LinearExpr, drives: cp_model.IntVar
    ) -> None:
        """Charge an unloading after the due time, and allow none after the latest."""
        if demand.call not in self._late:
            self._late[demand.call] = self.model.new_int_var(0, HORIZON_S, "")
            self._costs.append(self._late[demand.call] * LATE_WEIGHT)
        self.model.add(self._late[demand.call] >= ends - demand.due).only_enforce_if(drives)
        if demand.latest is not None:
            self.model.add(ends <= demand.latest).only_enforce_if(drives)

    def _occupy(self, row: int, start: cp_model.LinearExpr, size_s: Seconds, number: int) -> None:
        if size_s and self._ground.network.sites[row].docks is not None:
            self._docks.setdefault(row, []).append(
                self.model.new_optional_fixed_size_interval_var(
                    start, size_s, self._drives[number], ""
                )
            )

    def _keep_docks(self) -> None:
        network = self._ground.network
        for row, intervals in self._docks.items():
            site: Site = network.sites[row]
            taken = network.busy.get(row, ())
            if site.docks is None or len(intervals) + len(taken) <= site.docks:
                continue
            # Where the trucks that stay crowd the docks themselves, nothing here can help it.
            docks = max(site.docks, _most_at_once(taken))
            fixed = [
                self.model.new_fixed_size_interval_var(begin, end - begin, "")
                for begin, end in taken
                if end > begin
            ]
            everything = [*intervals, *fixed]
            self.model.add_cumulative(everything, [1] * len(everything), docks)

    def _assign(self, members: Sequence[int], count: int) -> None:
        """Give each trip of a group one truck; equal trucks are taken in the order of trips."""
        if len(members) <= count:
            for truck, number in enumerate(members):
                self._truck_of[number][truck] = self._drives[number]
            return
        group = self._ground.network.groups[self._trips[members[0]].tour.group]
        for rank, number in enumerate(members):
            takes = [self.model.new_bool_var("") for _ in range(min(count, rank + 1))]
            self._truck_of[number] = dict(enumerate(takes))
            self._shared[number] = True
            self.model.add(sum(takes) == self._drives[number])
        for truck in range(count):
            mine = {n: self._truck_of[n][truck] for n in members if truck in self._truck_of[n]}
            self.model.add(sum(mine.values()) <= group.truck.max_trips)
            self.model.add_no_overlap([self._trip(n, takes) for n, takes in mine.items()])

    def _trip(self, number: int, takes: cp_model.IntVar) -> cp_model.IntervalVar:
        group = self._ground.network.groups[self._trips[number].tour.group]
        begins = self._departs[number] - group.at_home_s
        size = self.model.new_int_var(0, HORIZON_S, "")
        return self.model.new_optional_interval_var(begins, size, self._returns[number], takes, "")


def _most_at_once(spans: Sequence[Span]) -> int:
    return max((sum(a <= begin < b for a, b in spans) for begin, _ in spans), default=0)
