"""Drafts of a linehaul plan: choose tours, load them, time them, and look once more.

The choice of tours knows of time only what adds up: hours per truck. Where the timetable then
shows that goods come late, the choice is made again with one truck more, and the cheaper of the
drafts stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Delivery, Route
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.domain.units import SECONDS_PER_MINUTE, Cents, Seconds, nearest_div
from optimizer.planning.linehaul.choice import Choice, choice_of, may_be_mixed, trips_of
from optimizer.planning.linehaul.greedy import first_choice
from optimizer.planning.linehaul.ground import Ground, TimedTrip
from optimizer.planning.linehaul.loading import Loading, Trip, load_trips
from optimizer.planning.linehaul.merging import Merged
from optimizer.planning.linehaul.pricing import priced
from optimizer.planning.linehaul.routes import ready_times, routes_of
from optimizer.planning.linehaul.sat import Budget
from optimizer.planning.linehaul.selection import Rows, Selection, select
from optimizer.planning.linehaul.survey import Survey, surveyed
from optimizer.planning.linehaul.timetable import timetable
from optimizer.planning.linehaul.tours import Tour

TOURS_PER_GRID = (5, 12)
"""How many tours per grid and wave the exact model chooses from, first and then."""

ROUNDS = 3
"""How often tours are chosen with one truck more while goods come late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One try: what it drives, what it leaves, how late it is, and all of that in cents.

    Parameters
    ----------
    trucks
        How many trucks of each group were at hand.
    cancelled
        Trips for which they had no time.
    bound
        No choice among the tours at hand costs less, all demands merged as they were here.
    bounded_cents
        What to compare it with.
    """

    routes: tuple[Route, ...]
    left: frozenset[LineKey]
    late_s: Seconds
    cents: Cents
    trucks: Mapping[int, int]
    cancelled: int = 0
    bound: float | None = None
    bounded_cents: Cents = 0

    @property
    def gap(self) -> float | None:
        """The distance to the bound as a share of the cost; None where nothing was proved."""
        if self.bound is None:
            return None
        return max(0.0, 1 - self.bound / self.bounded_cents) if self.bounded_cents else 0.0


class Drafts:
    """Where drafts are made, for one way of merging demands."""

    def __init__(
        self,
        ground: Ground,
        merged: Merged,
        tours: Sequence[Tour],
        *,
        late_cents_per_min: Cents,
        seed: int,
    ) -> None:
        self._ground = ground
        self._merged = merged
        self._late_cents_per_min = late_cents_per_min
        self._seed = seed
        self._mixed = may_be_mixed(merged.demands, tours)
        self._surveys: dict[int, Survey] = {}
        self._firsts: dict[tuple[object, ...], Selection] = {}
        self._loadings: dict[tuple[object, ...], Loading] = {}

    def best(self, tours: Sequence[Tour], budget: Budget) -> Draft:
        """Make drafts with more and more trucks while goods come late or not at all."""
        self._budget = budget
        best = latest = self._draft(tours, {})
        for _ in range(ROUNDS):
            more = self._more_trucks(latest)
            late = latest.late_s and not self._budget.spent
            if more == latest.trucks or not (late or latest.cancelled):
                break
            latest = self._draft(tours, more)
            best = min(best, latest, key=lambda draft: draft.cents)
        return best

    def _more_trucks(self, draft: Draft) -> Mapping[int, int]:
        """Add to each group in use a truck for every trip that found none, or one in ten."""
        groups = self._ground.network.groups
        return {
            group: min(used + max(1, draft.cancelled, used // 10), len(groups[group].trucks))
            if used
            else 0
            for group, used in draft.trucks.items()
        }

    def _draft(self, tours: Sequence[Tour], fewest: Mapping[int, int]) -> Draft:
        """Choose, load and time; strictly once more where lenient rounding left a line."""
        lenient = self._try(tours, fewest, strict=False)
        if lenient is None or not lenient.left:
            return lenient or self._nothing()
        strict = self._try(tours, fewest, strict=True)
        return lenient if strict is None else min(lenient, strict, key=lambda d: d.cents)

    def _try(
        self, tours: Sequence[Tour], fewest: Mapping[int, int], *, strict: bool
    ) -> Draft | None:
        ground = self._ground
        if not tours:
            return None
        choice, selection = self._selected(tours, fewest, strict=strict)
        loading = self._loaded(trips_of(choice, selection))
        trips = [self._apart(trip) for trip in loading.trips]
        draft = self._timed(trips, loading.left, selection.trucks)
        bound = self._surveyed(tours).pricing.bound
        if len(choice.tours) == len(tours):
            bound = max(bound, selection.bound)
        # The charge that keeps backup trucks at home is in the bound, but not in the draft.
        hired = any(ground.network.groups[tour.group].is_backup for tour in tours)
        cents = selection.cents if hired else draft.cents
        return replace(draft, bound=bound, bounded_cents=cents)

    def _loaded(self, trips: Sequence[Trip]) -> Loading:
        """Load trips; a strict choice, or one with more trucks, is often the one before."""
        key = tuple(
            (trip.tour.group, trip.tour.brings, tuple(trip.rooms.items())) for trip in trips
        )
        if key not in self._loadings:
            self._loadings[key] = load_trips(
                self._merged.demands,
                trips,
                self._ground.leaving_cents,
                haste=self._ground.haste,
                limit=self._budget.share(0.3),
            )
        return self._loadings[key]

    def _selected(
        self, tours: Sequence[Tour], fewest: Mapping[int, int], *, strict: bool
    ) -> tuple[Choice, Selection]:
        """Choose from a short list of tours, then from a longer one while there is time."""
        survey = self._surveyed(tours)
        short, long = (survey.shortlist(n * len(self._merged.demands)) for n in TOURS_PER_GRID)
        rows = survey.pricing.rows
        shorter = self._choice([tours[o] for o in short], fewest, rows)
        longer = self._choice([tours[o] for o in long], fewest, rows)
        key = id(tours), *sorted(fewest.items())
        if key not in self._firsts:
            favours = [favour[short] for favour in survey.favours]
            self._firsts[key] = first_choice(shorter.question, favours)
        first = self._firsts[key]
        # A shorter list is the beginning of a longer one, so its options keep their numbers.
        found = self._select(longer, self._select(shorter, first, strict), strict)
        return longer, found

    def _select(self, choice: Choice, start: Selection, strict: bool) -> Selection:
        if self._budget.spent:
            return start
        found = select(
            choice.question,
            limit=self._budget.share(0.4),
            seed=self._seed,
            strict=strict,
            start=start,
        )
        return start if found is None else found

    def _surveyed(self, tours: Sequence[Tour]) -> Survey:
        if id(tours) not in self._surveys:
            self._surveys[id(tours)] = surveyed(tours, priced(self._choice(tours, {}, ()).question))
        return self._surveys[id(tours)]

    def _choice(self, tours: Sequence[Tour], fewest: Mapping[int, int], rows: Rows) -> Choice:
        return choice_of(
            self._ground.network,
            self._merged.demands,
            tours,
            leaving_cents=self._ground.leaving_cents,
            late_cents_per_min=self._late_cents_per_min,
            fewest=fewest,
            mixed=self._mixed,
            rows=rows,
        )

    def _apart(self, trip: Trip) -> Trip:
        """Tell the waves apart again: from here on each line has its own due time."""
        stops = tuple(self._merged.first[stop] for stop in trip.tour.stops)
        return replace(trip, tour=replace(trip.tour, stops=stops, along=((),) * len(stops)))

    def _timed(
        self,
        trips: Sequence[Trip],
        left: frozenset[LineKey],
        trucks: Mapping[int, int],
    ) -> Draft:
        """Give times to trips; a line that loses a part to a cancelled trip is left as a whole."""
        ground, lost = self._ground, 0
        while True:
            trips = [trip for trip in (_without(ground, t, left) for t in trips) if trip.loads]
            timed = timetable(ground, trips, trucks, limit=self._budget.share(0.3), seed=self._seed)
            driven = {id(trip.trip) for trip in timed}
            broken = _keys([trip for trip in trips if id(trip) not in driven])
            if not broken:
                return replace(self._priced(timed, left, trucks), cancelled=lost)
            lost += len(trips) - len(timed)
            left = left | broken
            trips = [trip.trip for trip in timed]

    def _priced(
        self,
        timed: Sequence[TimedTrip],
        left: frozenset[LineKey],
        trucks: Mapping[int, int],
    ) -> Draft:
        ground = self._ground
        routes = routes_of(ground, timed)
        ready = ready_times(ground, routes)
        late_s = 0
        for demand in ground.demands:
            site = ground.network.sites[ground.network.rows[demand.grid]]
            due = demand.due + site.sorting_s
            late_s += max(0, ready.get(demand.call, due) - due)
        return Draft(
            routes=routes,
            left=left,
            late_s=late_s,
            cents=sum(route.cost_cents for route in routes)
            + nearest_div(self._late_cents_per_min * late_s, SECONDS_PER_MINUTE)
            + sum(ground.leaving_cents[key] for key in left),
            trucks=trucks,
        )

    def _nothing(self) -> Draft:
        left = frozenset(p.key for demand in self._ground.demands for p in demand.deliveries)
        return Draft(
            routes=(),
            left=left,
            late_s=0,
            cents=sum(self._ground.leaving_cents[key] for key in left),
            trucks={},
        )


def _keys(trips: Sequence[Trip]) -> frozenset[LineKey]:
    return frozenset(part.key for trip in trips for load in trip.loads for part in load)


def _without(ground: Ground, trip: Trip, left: frozenset[LineKey]) -> Trip:
    """Take lines off a trip, and the stops at which nothing remains to be unloaded."""
    loads: list[tuple[Delivery, ...]] = [
        tuple(part for part in load if part.key not in left) for load in trip.loads
    ]
    keep = [number for number, load in enumerate(loads) if load]
    if not _joined(ground, trip, keep):
        keep = list(range(len(loads))) if keep else []
    tour = replace(
        trip.tour,
        stops=tuple(trip.tour.stops[number] for number in keep),
        zones=tuple(trip.tour.zones[number] for number in keep),
        along=tuple(trip.tour.along[number] for number in keep),
    )
    return replace(trip, tour=tour, loads=tuple(loads[number] for number in keep))


def _joined(ground: Ground, trip: Trip, keep: Sequence[int]) -> bool:
    network = ground.network
    home = network.rows[trip.vehicle.home]
    rows = [network.rows[ground.demands[trip.tour.stops[number]].grid] for number in keep]
    legs_m = [network.distance_m[leg] for leg in zip([home, *rows], [*rows, home], strict=True)]
    within = trip.vehicle.range_m is None or sum(legs_m) <= trip.vehicle.range_m
    return within and UNREACHABLE not in legs_m
