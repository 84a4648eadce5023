"""Options as whole plan versions: priced, ranked, judged by the checker, and told.

What the running plan breaks already is not held against an option, nor what it excuses as the
event itself. Visited stops stay to the second, or the option is no option.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from optimizer.check import kpis
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.objective import route_cost
from optimizer.domain.plan import CheckReport, Plan, Route, Violation
from optimizer.planning.advice import advice_on
from optimizer.planning.pricing import price
from optimizer.recovery.balance import Balance, balance
from optimizer.recovery.day import Day
from optimizer.recovery.option import Excuse, Option
from optimizer.recovery.telling import told
from optimizer.response.checking import Checker, running_checker
from optimizer.response.why_not import Reason, WhyNot, check_fails
from optimizer.response.words import Proposal, Refusal

MOST_JUDGED = 16
"""So many of the best options are judged; they are checked side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """The checker, and what it had found before.

    Parameters
    ----------
    standing
        Findings of the running plan as the day was before the event.
    """

    day: Day
    checker: Checker
    standing: frozenset[Violation]

    def past(self, plan: Plan, one: Violation) -> bool:
        """Say whether a finding is about a drive that is over, or a route that stays as it is.

        Only the closing of a road turns such drives into findings.
        """
        if one not in self.checker.running.violations:
            return False
        name, _, site = one.where.partition("/")
        before = {route.id: route for route in self.day.plan.routes}
        route = before.get(name)
        if route is None:
            return False
        visited = {stop.site for stop in route.stops[: self.day.visited(route)]}
        over = route.returns <= self.day.at
        return over or (one.code in {"travel_time", "unreachable"} and site in visited)


def ranked(
    day: Day,
    options: Sequence[Option],
    last: Option,
    affected: Collection[LineKey],
    limit: int,
) -> tuple[list[Proposal], list[Refusal]]:
    """Judge the best options until enough of them stand, each another way out.

    Parameters
    ----------
    day, options
        The day and its ways out; one that changes nothing, or the same as another, is none.
    last
        What is left when none of them stands; it is offered whatever the checker says of it.
    affected
        Lines that the event itself concerns.
    limit
        So many proposals at most.
    """
    rows = _tidy(day, options, last, affected)
    running = {route.id: route for route in day.plan.routes}
    versions = [[r for r in one.routes if running.get(r.id) != r] for one, _ in rows]
    checker, alone = running_checker(day.problem, day.plan, day.judge, versions)
    judge = Judge(day=day, checker=checker, standing=_standing(day, checker))
    found: list[Proposal] = []
    refused: list[Refusal] = []
    for (option, account), changed, by_route in zip(rows, versions, alone, strict=True):
        if len(found) >= limit:
            break
        proposal = _judged(judge, option, account, changed, by_route)
        if isinstance(proposal, Reason):
            refused.append(Refusal(kind=option.kind, place=option.place, why=proposal))
        else:
            found.append(proposal)
    if not found:
        number = next(n for n, (one, _) in enumerate(rows) if one.last)
        given_up = _judged(judge, *rows[number], versions[number], alone[number], whatever=True)
        assert not isinstance(given_up, Reason)
        found.append(given_up)
    return found, refused


def _tidy(
    day: Day, options: Sequence[Option], last: Option, affected: Collection[LineKey]
) -> list[tuple[Option, Balance]]:
    """Rank options by worth and leave out those that are no others."""
    rows: list[tuple[Option, Balance]] = []
    seen = [(day.plan.routes, frozenset(one.key for one in day.plan.unserved))]
    for one in (replace(last, last=True), *options):
        option = replace(one, routes=_renumbered(day, one.routes))
        name = option.routes, frozenset(each.key for each in option.unserved)
        if option.last or name not in seen:
            seen.append(name)
            rows.append((option, balance(day, option, affected)))
    rows.sort(key=lambda row: -row[1].money.worth)
    kept = rows[:MOST_JUDGED]
    return kept if any(one.last for one, _ in kept) else [*kept, *(r for r in rows if r[0].last)]


def _standing(day: Day, checker: Checker) -> frozenset[Violation]:
    if day.judge is day.before:
        return frozenset(checker.running.violations)
    before, _ = running_checker(day.problem, day.plan, day.before, [])
    return frozenset(before.running.violations)


def _judged(
    judge: Judge,
    option: Option,
    account: Balance,
    changed: Sequence[Route],
    by_route: Sequence[Violation],
    *,
    whatever: bool = False,
) -> Proposal | Reason:
    """Judge one option; say why not where something speaks against it."""
    day = judge.day
    if not whatever and not _keeps_visited(day, option.routes):
        return Reason(WhyNot.VISITED)
    plan = _written(day, option)
    kept = {route.id for route in plan.routes}
    names = {route.id for route in changed} | {
        route.id for route in day.plan.routes if route.id not in kept
    }
    report = judge.checker.anew(plan, names, by_route)
    new = [one for one in report.violations if one not in judge.standing]
    excuses = (*option.excuses, *_left_behind(option))
    held = [
        one
        for one in new
        if not any(excuse.covers(one) for excuse in excuses) and not judge.past(plan, one)
    ]
    if held and not whatever:
        return check_fails(one.code for one in held)
    return _proposal(day, option, account, replace(plan, check=report), tuple(new))


def _left_behind(option: Option) -> list[Excuse]:
    """Excuse goods that trucks have brought for lines which nobody brings on today."""
    trucks = [route for route in option.routes if route.echelon is Echelon.LINEHAUL]
    grids = sorted({stop.site for route in trucks for stop in route.stops})
    keys = [one.key for one in option.unserved]
    return [
        Excuse(code="linehaul_quantity", where=f"{grid}/{key}") for grid in grids for key in keys
    ] + [Excuse(code="together", where=key.order) for key in keys]


def _proposal(
    day: Day, option: Option, account: Balance, plan: Plan, excused: tuple[Violation, ...]
) -> Proposal:
    running = {route.id: route for route in day.plan.routes}
    now = {route.id for route in plan.routes}
    changed = [route.id for route in plan.routes if running.get(route.id) != route]
    changed += [name for name in running if name not in now]
    proposal = Proposal(
        kind=option.kind,
        place=option.place,
        plan=plan,
        changed=tuple(changed),
        fates=account.fates,
        handovers=option.handovers,
        money=account.money,
        excused=excused,
        extra_m=option.extra_m,
        collector=option.collector,
    )
    return told(day, option, proposal)


def _written(day: Day, option: Option) -> Plan:
    """Write an option as a plan version with its price and figures."""
    plan = replace(
        day.plan,
        travel=day.judge.source,
        seed=day.seed,
        version=day.plan.version + 1,
        routes=option.routes,
        unserved=option.unserved,
        cost=price(day.problem, option.routes, option.unserved, day.dearest_cents),
        advice=advice_on(day.problem, option.routes, option.unserved),
        check=CheckReport(),
    )
    return replace(plan, kpis=kpis(day.problem, plan), check=None)


def _keeps_visited(day: Day, routes: Iterable[Route]) -> bool:
    after = {route.id: route for route in routes}
    for route in day.plan.routes:
        done = route.stops[: day.visited(route)]
        if not done and route.departs > day.at:
            continue
        now = after.get(route.id)
        if now is None or now.stops[: len(done)] != done or now.departs != route.departs:
            return False
        if route.returns <= day.at and now != route:
            return False
    return True


def _renumbered(day: Day, routes: Iterable[Route]) -> tuple[Route, ...]:
    """Let routes without stops stay at home; the first trip of a vehicle pays for it."""
    gone = {r.id for r in routes if not r.stops and r.departs > day.at}
    left = [route for route in routes if route.id not in gone]
    if not gone:
        return tuple(left)
    trips: dict[VehicleId, list[Route]] = {}
    for route in left:
        trips.setdefault(route.vehicle, []).append(route)
    number = {
        route.id: place
        for ones in trips.values()
        for place, route in enumerate(sorted(ones, key=lambda one: one.departs), 1)
    }
    return tuple(_with_number(day, route, number[route.id]) for route in left)


def _with_number(day: Day, route: Route, trip: int) -> Route:
    if trip == route.trip or route.departs <= day.at:
        return route
    cost = route_cost(
        day.problem.vehicles[route.vehicle],
        distance_m=route.distance_m,
        duration_s=route.duration_s,
        first_trip=trip == 1,
    )
    return replace(route, trip=trip, cost_cents=cost.total)
