"""The failures of the trial: read from a file or drawn with the same columns, each on a route.

A row names its route by rank: routes of the last mile that carry the zone are sorted by their
litres of it. What a row leaves open (how far a seal gapes, by how much a set-point is wrong, how
fast a sensor drifts) is drawn from the seed of the trial and the number of the row.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.domain.fleet import Echelon
from optimizer.domain.plan import Plan, Route
from optimizer.domain.temperature import Zone

UNIT, PARTIAL, SEAL = "unit_failure", "partial_failure", "door_seal"
SETPOINT, SENSOR = "set_point_error", "sensor_fault"
SHARES = {UNIT: 0.47, PARTIAL: 0.22, SEAL: 0.12, SETPOINT: 0.10, SENSOR: 0.09}
"""How often each kind is drawn; about as often as in the shared file."""

ZONE_SHARES = {Zone.CHILLED: 0.52, Zone.FROZEN: 0.37, Zone.CONTROLLED: 0.11}
AMBIENT_C = (8.0, 18.0, 26.0, 32.0, 36.0)
LAG_S = (30.0, 60.0, 120.0, 300.0)
LEFT = (0.3, 0.7)
ELAPSED = (0.05, 0.8)
DAYS, A_DAY = 30, 13

GAPS = (1 / 6, 2 / 6, 3 / 6)
"""A bad seal lets through what a door does that is open for such a share of the time."""

WRONG_BY_C = (3.0, 10.0)
TOO_COLD = 0.25
"""So many wrong set-points of goods that can freeze are too low."""

DRIFT_C_H = (1.0, 12.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One row, and what was drawn for it.

    Parameters
    ----------
    number
        Of the row.
    amount
        Share of the cooling that is left, share of time of an open door, or °C by which the
        set-point is wrong, or °C an hour of a drift.
    """

    number: int
    day: int
    rank: float
    elapsed: float
    zone: Zone
    kind: str
    ambient_c: float
    lag_s: float
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A failure on a route, at a second of the plan."""

    failure: Failure
    route: Route
    fails: int


def read_failures(path: Path, seed: int) -> list[Failure]:
    """Read the rows of a file."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        _failure(
            number,
            seed,
            day=int(row["day"]),
            rank=float(row["route_rank"]),
            elapsed=float(row["elapsed_fraction"]),
            zone=Zone(row["zone"]),
            kind=row["kind"],
            left=float(row["cooling_left"]),
            ambient_c=float(row["ambient_c"]),
            lag_s=float(row["sensor_lag_s"]),
        )
        for number, row in enumerate(rows)
    ]


def made_failures(seed: int) -> list[Failure]:
    """Draw a month of failures of our own, with the same columns."""
    chance = np.random.default_rng([seed, DAYS])
    zones, kinds = tuple(ZONE_SHARES), tuple(SHARES)
    return [
        _failure(
            day * A_DAY + number,
            seed,
            day=day + 1,
            rank=float(chance.random()),
            elapsed=float(chance.uniform(*ELAPSED)),
            zone=zones[int(chance.choice(len(zones), p=list(ZONE_SHARES.values())))],
            kind=kinds[int(chance.choice(len(kinds), p=list(SHARES.values())))],
            left=float(chance.uniform(*LEFT)),
            ambient_c=float(chance.choice(AMBIENT_C)),
            lag_s=float(chance.choice(LAG_S)),
        )
        for day in range(DAYS)
        for number in range(A_DAY)
    ]


def _failure(
    number: int,
    seed: int,
    *,
    day: int,
    rank: float,
    elapsed: float,
    zone: Zone,
    kind: str,
    left: float,
    ambient_c: float,
    lag_s: float,
) -> Failure:
    chance = np.random.default_rng([seed, number, 1])
    gap, wrong = float(chance.choice(GAPS)), float(chance.uniform(*WRONG_BY_C))
    cold = chance.random() < TOO_COLD and zone is not Zone.FROZEN
    drift = float(np.exp(chance.uniform(*np.log(DRIFT_C_H))))
    amounts = {
        UNIT: 0.0,
        PARTIAL: left,
        SEAL: gap,
        SETPOINT: -wrong if cold else wrong,
        SENSOR: drift,
    }
    return Failure(
        number=number,
        day=day,
        rank=rank,
        elapsed=elapsed,
        zone=zone,
        kind=kind,
        ambient_c=ambient_c,
        lag_s=lag_s,
        amount=amounts[kind],
    )


def cases_of(plan: Plan, failures: Sequence[Failure]) -> list[Case]:
    """Find the route of each failure; those are left out whose zone nobody carries."""
    ranked = {zone: _ranked(plan, zone) for zone in Zone}
    found = []
    for one in failures:
        routes = ranked[one.zone]
        if not routes:
            continue
        route = routes[min(len(routes) - 1, int(one.rank * len(routes)))]
        fails = route.departs + int(one.elapsed * (route.returns - route.departs))
        found.append(Case(failure=one, route=route, fails=fails))
    return found


def _ranked(plan: Plan, zone: Zone) -> list[Route]:
    def litres(route: Route) -> int:
        return sum(i.volume_ml for s in route.stops for i in s.delivers if i.zone is zone)

    routes = [r for r in plan.routes if r.echelon is Echelon.LAST_MILE and litres(r)]
    return sorted(routes, key=lambda route: (litres(route), route.id))
