"""What driven days teach of travel and service: factors that make the next plan's times truer.

A route takes one traffic factor for all of its drives, that of its scheduled departure (of its
wave, or of its truck's shift). So that is what is learned: of all drives of the routes scheduled in
an hour, the seconds at the wheel over those that free roads would take. Few drives say little: some
hours of driving as planned are added to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from optimizer.domain.fleet import Echelon
from optimizer.domain.network import Site, TimeWindow
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem, TrafficSlot
from optimizer.domain.units import SECONDS_PER_HOUR, Seconds, nearest_int
from scenarios.day.words import Arrived, DayRecord, Finished, Returned

PRIOR_S = 3_600.0
"""So much driving, and so much service, as planned is added to what was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedTimes:
    """What was learned.

    Parameters
    ----------
    travel
        Traffic factor by hour of the horizon in which routes were scheduled to leave; hours that
        saw none are absent.
    service
        Seconds that services took, over those of the plan's rules.
    """

    travel: Mapping[int, float]
    service: float


def learned_times(problem: Problem, days: Iterable[tuple[Plan, DayRecord]]) -> LearnedTimes:
    """Learn from days that were driven.

    factor(hour) = (Σ drive + prior · old factor) / (Σ planned drive / old factor + prior).

    Parameters
    ----------
    problem
        The day as it was planned for, with the factors of then.
    days
        Plans and what became of them; trips that no plan knows are left out.
    """
    actual: dict[int, float] = defaultdict(float)
    free: dict[int, float] = defaultdict(float)
    old: dict[int, float] = {}
    served, planned = PRIOR_S, PRIOR_S
    for plan, record in days:
        routes = {route.id: route for route in plan.routes}
        for one in record.events:
            if isinstance(one, Finished):
                served += one.service_s
                planned += one.planned_service_s
            elif isinstance(one, Arrived | Returned) and one.route in routes:
                moment = _scheduled(problem, routes[one.route])
                hour, before = moment // SECONDS_PER_HOUR, problem.travel.factor(moment)
                old[hour] = before
                actual[hour] += one.drive_s
                free[hour] += one.planned_drive_s / before
    return LearnedTimes(
        travel={
            hour: (actual[hour] + PRIOR_S * old[hour]) / (free[hour] + PRIOR_S)
            for hour in sorted(old)
        },
        service=served / planned,
    )


def with_times(problem: Problem, learned: LearnedTimes) -> Problem:
    """Give the problem with the factors that were learned; other hours keep theirs."""
    slots = tuple(
        TrafficSlot(
            window=TimeWindow(
                opens=hour * SECONDS_PER_HOUR, closes=(hour + 1) * SECONDS_PER_HOUR - 1
            ),
            factor=factor,
        )
        for hour, factor in learned.travel.items()
    )
    return replace(
        problem,
        travel=replace(problem.travel, slots=(*slots, *problem.travel.slots)),
        sites={name: _slower(site, learned.service) for name, site in problem.sites.items()},
        door_service_s=nearest_int(problem.door_service_s * learned.service),
    )


def eta_error_s(record: DayRecord) -> float:
    """Give the mean of |arrived − planned| over all stops, seconds; 0 of none."""
    errors = [abs(one.at - one.planned) for one in record.events if isinstance(one, Arrived)]
    return fmean(errors) if errors else 0.0


def _slower(site: Site, factor: float) -> Site:
    return replace(site, service_s=nearest_int(site.service_s * factor))


def _scheduled(problem: Problem, route: Route) -> Seconds:
    if route.echelon is Echelon.LINEHAUL:
        return problem.vehicles[route.vehicle].shift.opens
    return problem.wave(route.wave).departs
