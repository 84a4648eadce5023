"""What is proposed for the trial failures: ``python -m tests.benchmarks.reroute_failures PROBLEM
PLAN.json FAILURES.csv``.

A dead or weak unit is noticed some minutes after it fails; until then the product drifts by the
response room's own model, so these figures say what is offered and how fast, not how well it does
against another truth. Door seals, set-points and sensor faults are left out: nothing here says how
much heat they let in.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from time import process_time

from optimizer.domain.fleet import Echelon
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.plan_reading import read_plan
from optimizer.formats.problem_reading import read_problem
from optimizer.reroute import Disruption, RerouteRefused, respond
from optimizer.response.outlook import outlook
from optimizer.response.situation import situation
from optimizer.response.words import Outcome
from optimizer.travel.means import NO_MEANS
from optimizer.travel.open_provider import open_provider
from optimizer.travel.provider import TravelProvider

KINDS = {"unit_failure", "partial_failure"}
NOTICED_S = 20 * 60


def main() -> None:
    """Print one JSON document."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("problem", type=Path)
    words.add_argument("plan", type=Path)
    words.add_argument("failures", type=Path)
    words.add_argument("--most", type=int, default=10_000)
    given = words.parse_args()
    problem, plan = read_problem(given.problem).problem, read_plan(given.plan)
    travel = open_provider(problem.travel, given.problem, sites=problem.sites, means=NO_MEANS)
    with given.failures.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in KINDS]
    seen = [_one(problem, plan, travel, row) for row in rows[: given.most]]
    sys.stdout.write(json.dumps(_summary(seen), indent=1) + "\n")


def _routes(plan: Plan, zone: Zone) -> list[Route]:
    """Rank the last-mile routes that carry a zone by their litres of it."""

    def litres(route: Route) -> int:
        return sum(i.volume_ml for s in route.stops for i in s.delivers if i.zone is zone)

    routes = [r for r in plan.routes if r.echelon is Echelon.LAST_MILE and litres(r)]
    return sorted(routes, key=lambda route: (litres(route), route.id))


def _one(
    problem: Problem, plan: Plan, travel: TravelProvider, row: dict[str, str]
) -> dict[str, object]:
    zone = Zone(row["zone"])
    routes = _routes(plan, zone)
    route = routes[min(len(routes) - 1, int(float(row["route_rank"]) * len(routes)))]
    fails = route.departs + int(float(row["elapsed_fraction"]) * (route.returns - route.departs))
    share = sum(ml > 0 for ml in route.compartments.values()) or 1
    watts = problem.body(problem.vehicles[route.vehicle]).cooling_w / share
    told = Disruption(
        vehicle=route.vehicle,
        zone=zone,
        at=fails,
        ambient_c=float(row["ambient_c"]),
        cooling_w=watts * float(row["cooling_left"]),
    )
    try:
        drift = outlook(situation(problem, plan, told))
        air, product = drift.at_moment(fails + NOTICED_S)
        told = replace(told, at=fails + NOTICED_S, product_c=product, air_c=air)
        begun = process_time()
        answer = respond(problem, plan, told, travel=travel)
    except RerouteRefused as refused:
        return {"refused": refused.code}
    best = answer.proposals[0]
    return {
        "s": process_time() - begun,
        "best": best.kind.value,
        "changed": bool(best.changed),
        "certain": best.loses_nothing,
        "value": sum(fate.value_cents for fate in best.fates),
        "lost": best.cents(Outcome.QUARANTINED),
        "at_risk": sum(
            (1 - fate.sound) * fate.value_cents
            for fate in best.fates
            if fate.outcome is not Outcome.QUARANTINED
        ),
        "cost": best.money.cost,
        "offered": len(answer.proposals),
        "checker": [one.reason for one in answer.refused if "checker" in one.reason],
    }


def _summary(seen: list[dict[str, object]]) -> dict[str, object]:
    answered = [one for one in seen if "best" in one]
    seconds = sorted(float(str(one["s"])) for one in answered)

    def total(name: str) -> int:
        return round(sum(float(str(one[name])) for one in answered))

    checker: Counter[str] = Counter()
    for one in answered:
        reasons = one["checker"]
        assert isinstance(reasons, list)
        checker.update(reasons)
    return {
        "failures": len(seen),
        "answered": len(answered),
        "nothing_to_do": dict(Counter(str(one["refused"]) for one in seen if "refused" in one)),
        "best": dict(Counter(str(one["best"]) for one in answered)),
        "plan_unchanged": sum(not one["changed"] for one in answered),
        "certain_to_lose_nothing": sum(bool(one["certain"]) for one in answered),
        "value_cents": total("value"),
        "lost_cents": total("lost"),
        "at_risk_cents": total("at_risk"),
        "cost_cents": total("cost"),
        "refused_by_checker": dict(checker),
        "p50_s": round(seconds[len(seconds) // 2], 2),
        "p95_s": round(seconds[int(0.95 * (len(seconds) - 1))], 2),
    }


if __name__ == "__main__":
    main()
