"""A draft as a whole plan version, priced and judged.

What the running plan breaks already is not held against a proposal, nor what ``excuses`` says is
the diversion itself. Everything else that the checker finds is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from optimizer.check import kpis
from optimizer.domain.plan import (
    Plan,
    PredictedTemperature,
    Route,
    Stop,
    Unserved,
    UnservedReason,
    Violation,
)
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Cents
from optimizer.planning.pricing import price
from optimizer.planning.product_temperature import with_predictions
from optimizer.response.checking import Checker
from optimizer.response.draft import Draft
from optimizer.response.excuses import stems
from optimizer.response.outlook import Outlooks
from optimizer.response.scene import Scene
from optimizer.response.situation import Situation
from optimizer.response.words import Fate, Outcome
from optimizer.travel.provider import TravelProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A whole plan with its report, and its findings sorted by where they come from."""

    plan: Plan
    excused: tuple[Violation, ...]
    held: tuple[Violation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every draft is judged against."""

    scene: Scene
    travel: TravelProvider
    dearest_cents: Cents
    seed: int

    @property
    def here(self) -> Situation:
        """The break."""
        return self.scene.here

    @property
    def ahead(self) -> Outlooks:
        """What becomes of the goods."""
        return self.scene.ahead


def written(bench: Bench, draft: Draft) -> Draft:
    """Write the predicted temperatures into the routes of a draft."""
    return replace(
        draft, routes={name: _warmed(bench, route) for name, route in draft.routes.items()}
    )


def judged(
    bench: Bench,
    checker: Checker,
    draft: Draft,
    alone: Sequence[Violation],
    *,
    whatever: bool = False,
) -> Verdict | None:
    """Write a draft as a plan version, have it checked, and sort the findings.

    Parameters
    ----------
    bench, checker
        What it is judged against.
    draft
        With its temperatures.
    alone
        What was found in its routes one by one.
    whatever
        Whether to go on where that speaks against it already.

    Returns
    -------
    Verdict
        None where that speaks against it already.
    """
    standing = frozenset(checker.running.violations)
    if not whatever and held_against(bench.here, draft, standing, alone):
        return None
    return joint_verdict([(bench, draft, alone)], checker)


def joint_verdict(
    parts: Sequence[tuple[Bench, Draft, Sequence[Violation]]], checker: Checker
) -> Verdict:
    """Have one plan checked that holds a draft for each of several broken vehicles.

    Parameters
    ----------
    parts
        What each draft is judged against, the draft, and what was found in its routes alone; no
        two of them change the same route.
    checker
        It knows the running plan.
    """
    standing = frozenset(checker.running.violations)
    plan = _priced(parts[0][0], _bare(parts))
    changed = {name for _, draft, _ in parts for name in draft.routes}
    report = checker.anew(plan, changed, [one for _, _, alone in parts for one in alone])
    new = [one for one in report.violations if one not in standing]
    held = tuple(
        one for one in new if not any(stems(bench.here, draft, one) for bench, draft, _ in parts)
    )
    excused = tuple(one for one in new if one not in held)
    return Verdict(plan=replace(plan, check=report), excused=excused, held=held)


def held_against(
    here: Situation,
    draft: Draft,
    standing: frozenset[Violation],
    found: Iterable[Violation],
) -> tuple[Violation, ...]:
    """Give the findings that neither stood before nor stem from the disruption."""
    return tuple(one for one in found if one not in standing and not stems(here, draft, one))


def _bare(parts: Sequence[tuple[Bench, Draft, Sequence[Violation]]]) -> Plan:
    """Write the routes and lines of drafts as a plan without price and figures."""
    bench = parts[0][0]
    running = bench.here.plan
    known = {route.id for route in running.routes}
    changed = {name: route for _, draft, _ in parts for name, route in draft.routes.items()}
    routes = [changed.get(route.id, route) for route in running.routes]
    routes += [route for name, route in changed.items() if name not in known]
    fates = [fate for _, draft, _ in parts for fate in draft.fates]
    unserved = (*running.unserved, *(_left(one) for one in fates if one.arrives is None))
    return replace(
        running,
        travel=bench.travel.source,
        seed=bench.seed,
        version=running.version + 1,
        routes=tuple(routes),
        unserved=unserved,
        check=None,
    )


def _priced(bench: Bench, plan: Plan) -> Plan:
    problem = bench.here.problem
    cost = price(problem, plan.routes, plan.unserved, bench.dearest_cents)
    return replace(plan, cost=cost, kpis=kpis(problem, plan))


def _left(one: Fate) -> Unserved:
    if one.outcome is Outcome.SHELTERED:
        detail = f"kept cold at {one.shelter}; bring it with a later plan"
        return Unserved(key=one.key, reason=UnservedReason.LEFT_OUT, detail=detail)
    detail = "quarantined: out of its band before anybody gets it; a warehouse must release it"
    return Unserved(key=one.key, reason=UnservedReason.TEMPERATURE, detail=detail)


def _warmed(bench: Bench, route: Route) -> Route:
    """Predict temperatures of the stops ahead; those of the broken zone follow the outlook."""
    here = bench.here
    before = {one.id: one for one in here.plan.routes}.get(route.id)
    done = (
        0
        if before is None
        else sum(stop.service_starts <= here.disruption.at for stop in before.stops)
    )
    predicted = (
        with_predictions(here.problem, route).stops
        if _cooled(here.problem, route)
        else (route.stops)
    )
    broken = route.id == here.broken.route.id
    ahead = tuple(_in_broken_zones(bench, stop) if broken else stop for stop in predicted[done:])
    return replace(route, stops=(*route.stops[:done], *ahead))


def _cooled(problem: Problem, route: Route) -> bool:
    vehicle = problem.vehicles[route.vehicle]
    return bool(route.stops) and (
        vehicle.cooling.value == "refrigerated" or problem.body(vehicle).box is not None
    )


def _in_broken_zones(bench: Bench, stop: Stop) -> Stop:
    """Let what stays in a failing compartment follow its outlook."""
    seen: dict[Zone, PredictedTemperature] = {}
    here = {item.zone for item in stop.delivers}
    for zone in (zone for zone in bench.here.zones if zone in here):
        ahead = bench.ahead.of(zone)
        air, product = ahead.at_moment(stop.service_starts)
        band = bench.here.problem.policies[zone].product
        seen[zone] = PredictedTemperature(
            product_c=product,
            air_max_c=max(air, ahead.air_c),
            margin_c=min(band.margin_c(product), band.margin_c(ahead.product_c)),
        )
    return replace(stop, predicted={**stop.predicted, **seen}) if seen else stop
