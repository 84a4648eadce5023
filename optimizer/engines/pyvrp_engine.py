"""PyVRP: iterated local search over routes; the strongest single solver on most of our problems.

Three things are told to PyVRP otherwise than they are, and every answer is priced anew by
``schedule`` and mended by ``repair``:

- It knows no soft due times and no rides: ``simplify.narrowed_closes`` makes them hard where a
  vehicle can keep them. Jobs that come late in the warm start keep that lateness. Where no
  solution shows, due times are opened until one does, and its lateness is kept from then on.
- Jobs that are dear to leave out are required at first, because its operators for optional
  clients take more than half of the time. Where no feasible solution shows, they are optional.
- Capacity dimensions far from full are left out until an incumbent overloads one of them.

Its unit of cost is the millicent. Its penalties start near the cost of reaching one more job,
not at 50,000 per unit: from there they would take most of a short run to come down.

What the model says is in ``told``, which model comes when in ``view``. Of breaks, of jobs that ride
together, of settled beginnings and of the length of single trips among several it knows nothing;
``repair`` mends them.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import pyvrp
from pyvrp import search as pyvrp_search
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.engines.budget import Budget
from optimizer.engines.bundles import bundled
from optimizer.engines.engine import Ability, RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.repair import repaired
from optimizer.engines.simplify import broken_dimensions
from optimizer.engines.stop_rule import StopRule
from optimizer.engines.threshold_search import search
from optimizer.engines.told import Client, Fleet, Told
from optimizer.engines.trip_exchange import TripExchange
from optimizer.engines.view import Dues, View, first_view

USUAL_PENALTY = 1e5
"""The highest penalty per unit as PyVRP has it unless told."""

PENALTY_ROOM = 1000.0
"""How far above its first value a penalty may rise."""

HIGHEST_PENALTY = 1e10
"""Times a million units of excess this is still far from the end of 64 bits."""

PATIENCE = 0.35
"""Share of what is left of a limit after which required jobs without a solution turn optional."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a search goes.

    Parameters
    ----------
    neighbours
        Size of the granular neighbourhood.
    threshold
        Share of the best cost by which a candidate may be dearer at first (``threshold_search``);
        None leaves acceptance to PyVRP.
    history
        Length of PyVRP's late acceptance; short, because our runs are short.
    load_penalty, time_penalty
        First penalties: of a load as large as an average job's, and of an average way's time, in
        units of what an average way costs.
    penalty_updates
        Candidates between two adjustments of the penalties.
    perturbations
        Most changes that one candidate begins with.
    """

    neighbours: int = 30
    threshold: float | None = None
    history: int = 50
    load_penalty: float = 10.0
    time_penalty: float = 100.0
    penalty_updates: int = 200
    perturbations: int = 25


ONE_TRIP = Settings()

SEVERAL_TRIPS = Settings(
    neighbours=15,
    threshold=0.005,
    load_penalty=5.0,
    time_penalty=5.0,
    penalty_updates=50,
    perturbations=10,
)
"""Where vehicles are loaded anew a candidate takes several times as long. So candidates are small,
what may be worse is a matter of the time that is left, and penalties are near their final values
after hundreds of candidates, not after thousands."""


@dataclass(frozen=True, slots=True)
class PyVrp:
    """The engine named ``pyvrp``.

    Parameters
    ----------
    settings
        How the search goes; None leaves it to whether vehicles make several trips.
    complete_by
        Share of the limit after which a search that has not placed the required jobs gives up.
    """

    settings: Settings | None = None
    complete_by: float | None = None

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
        return "pyvrp"

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can be told of what not every solver can be told."""
        return frozenset({Ability.TRIPS})

    def solve(
        self,
        problem: RoutingProblem,
        *,
        limit: Limit,
        seed: int,
        start: RoutingAnswer | None = None,
        meter: Budget | None = None,
    ) -> RoutingAnswer:
        """Find good routes within the limit; the iterations used are booked on the meter.

        Once the limit is halted, the answer is what local search makes of the start.

        Raises
        ------
        EngineFailed
            A job that must be done found no place.
        """
        if limit.halted:
            if start is not None and not start.dropped:
                return start
            limit = Limit(iterations=1)
        budget = Budget(limit)
        best = self._in_bundles(problem, budget, seed, start)
        if meter is not None:
            meter.spend(budget.spent)
        if best is None:
            raise EngineFailed("CG-3001", "PyVRP found no place for a job that must be done")
        return best

    def _in_bundles(
        self,
        problem: RoutingProblem,
        budget: Budget,
        seed: int,
        start: RoutingAnswer | None,
    ) -> RoutingAnswer | None:
        """Search with the jobs that ride together put as one where one visit does for all."""
        if not problem.together:
            return self._search(problem, budget, seed, start)
        bundles = bundled(problem)
        folded = None if start is None else repaired(bundles.problem, bundles.folded(start))
        found = self._search(bundles.problem, budget, seed, folded)
        unfolded = None if found is None else repaired(problem, bundles.unfolded(found.routes))
        return _better(start, unfolded)

    def _search(
        self,
        problem: RoutingProblem,
        budget: Budget,
        seed: int,
        start: RoutingAnswer | None,
    ) -> RoutingAnswer | None:
        """Search in one model after another until one holds for the rest of the limit."""
        best, view = start, first_view(problem, start)
        if not view.jobs or budget.left() is None:
            return start or repaired(problem, [])
        following: View | None = view
        several = any(group.max_trips > 1 for group in problem.vehicles)
        settings = self.settings or (SEVERAL_TRIPS if several else ONE_TRIP)
        while following is not None and (limit := budget.left()) is not None:
            view = following
            model = _Model(problem, view, best)
            watch = _Watch(model)
            patience = PATIENCE if view.gives_way(problem) else self.complete_by or 1.0
            rule = StopRule(limit, watch.broken, patience, first=view.dues is Dues.OPEN)
            found = model.search(settings, watch, rule, seed, best)
            budget.spend(rule.calls)
            complete = found.is_feasible()
            tried = [found] if complete or watch.last is None else [found, watch.last]
            answers = [repaired(problem, model.routes_of(solution)) for solution in tried]
            best = _better(best, *answers)
            following = view.following(problem, watch.broken, complete)
        return best


def _better(*answers: RoutingAnswer | None) -> RoutingAnswer | None:
    """Give the cheapest answer, the first of equals."""
    known = [answer for answer in answers if answer is not None]
    return min(known, key=lambda answer: answer.cost_millicents, default=None)


class _Model:
    """A routing problem in PyVRP's words."""

    def __init__(self, problem: RoutingProblem, view: View, start: RoutingAnswer | None) -> None:
        self.problem = problem
        self.told = Told(problem, view, start)
        self.client_of = {job: client for client, job in enumerate(view.jobs)}
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(self.told.locations)],
            clients=[_client(client) for client in self.told.clients()],
            depots=[pyvrp.Depot(location) for location in self.told.ends],
            vehicle_types=[_vehicle_type(fleet) for fleet in self.told.fleets()],
            distance_matrices=self.told.distances,
            duration_matrices=self.told.durations,
        )

    def routes_of(self, solution: pyvrp.Solution) -> list[RoutingRoute]:
        """Translate a solution."""
        return [
            RoutingRoute.of_trips(self.told.groups[route.vehicle_type()], self._trips_of(route))
            for route in solution.routes()
        ]

    def _trips_of(self, route: pyvrp.Route) -> list[list[int]]:
        trips: list[list[int]] = [[]]
        for stop in route:
            if stop.is_client():
                trips[-1].append(self.told.view.jobs[stop.idx])
            else:
                trips.append([])
        return trips

    def solution_of(self, answer: RoutingAnswer) -> pyvrp.Solution:
        """Translate an answer."""
        return pyvrp.Solution(self.data, [self._route_of(route) for route in answer.routes])

    def _route_of(self, route: RoutingRoute) -> pyvrp.Route:
        kind = self.told.groups.index(route.group)
        home = pyvrp.Activity(pyvrp.ActivityType.DEPOT, self.data.vehicle_type(kind).start_depot)
        stops: list[pyvrp.Activity] = []
        for trip in route.trips:
            known = [self.client_of[index] for index in trip if index in self.client_of]
            stops += [home] if stops and known else []
            stops += [pyvrp.Activity(pyvrp.ActivityType.CLIENT, client) for client in known]
        return pyvrp.Route(self.data, stops, kind)

    def exchanged(self, solution: pyvrp.Solution, trips: TripExchange) -> pyvrp.Solution:
        """Give a solution that costs no more, in which vehicles have exchanged trips."""
        old, known = solution.routes(), self.routes_of(solution)
        routes = [
            old[place] if place < len(old) and route is known[place] else self._route_of(route)
            for place, route in enumerate(trips.exchanged(known))
            if route.jobs
        ]
        return pyvrp.Solution(self.data, routes)

    def search(
        self,
        settings: Settings,
        watch: _Watch,
        rule: StopRule,
        seed: int,
        start: RoutingAnswer | None,
    ) -> pyvrp.Solution:
        """Search with PyVRP's operators and our parameters."""
        # The generator takes 32 bits; the seeds of grids, waves and rounds can be larger.
        rng = pyvrp.RandomNumberGenerator(seed=seed % 2**32)
        near = pyvrp_search.NeighbourhoodParams(num_neighbours=settings.neighbours)
        local = pyvrp_search.LocalSearch(
            self.data,
            rng,
            pyvrp_search.compute_neighbours(self.data, near),
            pyvrp_search.PerturbationManager(
                pyvrp_search.PerturbationParams(max_perturbations=settings.perturbations)
            ),
        )
        for operator in pyvrp_search.OPERATORS:
            if operator.supports(self.data):
                local.add_operator(operator(self.data))
        loads, late, far = self.told.first_penalties(settings.load_penalty, settings.time_penalty)
        most = max(USUAL_PENALTY, PENALTY_ROOM * max(*loads, late, far))
        penalties = pyvrp.PenaltyManager(
            (loads, late, far),
            pyvrp.PenaltyParams(
                max_penalty=min(most, HIGHEST_PENALTY),
                solutions_between_updates=settings.penalty_updates,
            ),
        )
        if start is None:
            random = pyvrp.Solution.make_random(self.data, rng)
            first = local(random, penalties.max_cost_evaluator(), exhaustive=True)
        else:
            first = self.solution_of(start)
        with warnings.catch_warnings():
            # A problem that no fleet can do entirely is a result here, not a warning.
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            if settings.threshold is not None:
                trips = TripExchange(self.told, seed)
                land = _Landscape(self, local, penalties, trips, penalties.cost_evaluator())
                return search(first, land, rule, watch, threshold=settings.threshold)
            params = pyvrp.IteratedLocalSearchParams(
                history_length=settings.history, callbacks=watch
            )
            ils = pyvrp.IteratedLocalSearch(self.data, penalties, local, first, params)
            return ils.run(rule, collect_stats=False).best


def _client(client: Client) -> pyvrp.Client:
    return pyvrp.Client(
        location=client.location,
        delivery=list(client.delivery),
        pickup=list(client.pickup),
        service_duration=client.service,
        tw_early=client.opens,
        tw_late=client.closes,
        release_time=client.release,
        prize=client.prize,
        required=client.required,
    )


def _vehicle_type(fleet: Fleet) -> pyvrp.VehicleType:
    return pyvrp.VehicleType(
        num_available=fleet.count,
        capacity=list(fleet.capacity),
        start_depot=fleet.start,
        end_depot=fleet.end,
        fixed_cost=fleet.fixed,
        unit_distance_cost=fleet.per_metre,
        unit_duration_cost=fleet.per_second,
        profile=fleet.profile,
        tw_early=fleet.earliest,
        tw_late=fleet.latest,
        shift_duration=fleet.longest,
        max_distance=fleet.farthest,
        reload_depots=[fleet.start] if fleet.reloads else [],
        max_reloads=fleet.reloads,
    )


@dataclass(slots=True)
class _Landscape:
    """PyVRP's local search at the penalties that its candidates have led to."""

    model: _Model
    local: pyvrp_search.LocalSearch
    penalties: pyvrp.PenaltyManager
    trips: TripExchange
    prices: pyvrp.CostEvaluator

    def candidate(self, current: pyvrp.Solution) -> pyvrp.Solution:
        self.prices = self.penalties.cost_evaluator()
        if self.trips.is_due():
            current = self.model.exchanged(current, self.trips)
        found = self.local(current, self.prices, exhaustive=False)
        self.penalties.register(found)
        return found

    def cost(self, solution: pyvrp.Solution) -> int:
        return self.prices.cost(solution)

    def penalised_cost(self, solution: pyvrp.Solution) -> int:
        return self.prices.penalised_cost(solution)


class _Watch(IteratedLocalSearchCallbacks):
    """Looks on while PyVRP works: remembers the last solution, sees what incumbents overload."""

    def __init__(self, model: _Model) -> None:
        self.model = model
        self.last: pyvrp.Solution | None = None
        self.broken: set[int] = set()

    def on_iteration(
        self,
        current: pyvrp.Solution,
        candidate: pyvrp.Solution,
        best: pyvrp.Solution,
        cost_evaluator: pyvrp.CostEvaluator,
    ) -> None:
        """Remember where PyVRP's own search stands."""
        self.last = current

    def on_candidate(self, current: pyvrp.Solution) -> None:
        """Remember where the search stands."""
        self.last = current

    def on_best(self, best: pyvrp.Solution) -> None:
        """See whether a new best solution overloads a dimension that was left out."""
        self.broken.update(broken_dimensions(self.model.problem, self.model.routes_of(best)))
