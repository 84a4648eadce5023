"""Routing problems straight from the CSV files of the generated city: one per grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import thousandths_down, thousandths_up
from optimizer.engines.engine import Job, RoutingProblem, VehicleGroup

FloatArray = npt.NDArray[np.float64]

START_H = 20
WAVE_S = 10 * 3600
COLD_DUE_S = 15 * 3600
LATE_CENTS_PER_MIN = 20
SPEED_KMH = 25
CIRCUITY = 1.3
EARTH_RADIUS_M = 6_371_008.8
ZONES = ("frozen", "chilled", "controlled")


def city_problems(folder: Path) -> list[RoutingProblem]:
    """Build one problem per grid warehouse: last mile alone, wave at 06:00."""
    sites = pd.read_csv(folder / "sites.csv", dtype=str)
    vehicles = pd.read_csv(folder / "vehicles.csv", dtype=str)
    orders = pd.read_csv(folder / "orders.csv", dtype=str)
    grids = sites[sites["kind"] == "grid"]
    return [_problem(sites, vehicles, orders, grid) for _, grid in grids.iterrows()]


def _problem(
    sites: pd.DataFrame, vehicles: pd.DataFrame, orders: pd.DataFrame, grid: pd.Series[str]
) -> RoutingProblem:
    points = sites[(sites["grid"] == grid["id"]) & (sites["kind"] == "pickup")]
    points = points[points["id"].isin(orders["site"])]
    nodes = pd.concat([grid.to_frame().T, points])
    metres = _metres(_degrees(nodes["lat"]), _degrees(nodes["lon"]))
    seconds = np.ceil(np.round(metres * 3.6 / SPEED_KMH, 6)).astype(np.int64)
    jobs = tuple(
        _job(node, site, orders[orders["site"] == site["id"]])
        for node, (_, site) in enumerate(points.iterrows(), start=1)
    )
    fleet = vehicles[(vehicles["home"] == grid["id"]) & (vehicles["echelon"] == "last_mile")]
    groups = tuple(_group(kind) for _, kind in fleet.groupby("type", sort=True))
    return RoutingProblem(
        distance_m=metres,
        duration_s=(seconds,),
        service_s=tuple(int(s) for s in nodes["service_s"]),
        jobs=jobs,
        vehicles=groups,
    )


def _metres(lat: FloatArray, lon: FloatArray) -> IntArray:
    phi, lam = np.radians(lat), np.radians(lon)
    dphi, dlam = phi[:, None] - phi, lam[:, None] - lam
    hav = np.sin(dphi / 2) ** 2 + np.cos(phi[:, None]) * np.cos(phi) * np.sin(dlam / 2) ** 2
    metres: IntArray = np.rint(2 * EARTH_RADIUS_M * CIRCUITY * np.arcsin(np.sqrt(hav))).astype(
        np.int64
    )
    return metres


def _job(node: int, site: pd.Series[str], lines: pd.DataFrame) -> Job:
    grams = sum(thousandths_up(x) for x in lines["mass_kg"])
    litres = [
        sum(thousandths_up(x) for x in lines[lines["zone"] == zone]["volume_l"]) for zone in ZONES
    ]
    cold = int((lines["promise"] == "cold").sum())
    value = int(lines["value_cents"].astype(int).sum())
    return Job(
        node=node,
        load=(grams, *litres),
        opens=_moment(site["opens"]),
        closes=_moment(site["closes"]),
        drop_cents=value + 10 * 20_000 * len(lines),
        due=COLD_DUE_S if cold else None,
        late_cents_per_min=LATE_CENTS_PER_MIN * cold,
    )


def _group(kind: pd.DataFrame) -> VehicleGroup:
    van = kind.iloc[0]
    litres = [thousandths_down(van[f"cap_{zone}_l"]) for zone in ZONES]
    return VehicleGroup(
        count=len(kind),
        capacity=(thousandths_down(van["payload_kg"]), *litres),
        fixed_cents=int(van["fixed_cents"]),
        cents_per_km=int(van["cents_per_km"]),
        cents_per_h=int(van["cents_per_h"]),
        start=0,
        end=0,
        earliest=max(WAVE_S, _moment(van["shift_start"])),
        latest=_moment(van["shift_end"]),
    )


def _moment(clock: str) -> int:
    """Turn HH:MM into seconds from the horizon start at 20:00."""
    hours, minutes = clock.split(":")
    return ((int(hours) - START_H) % 24) * 3600 + int(minutes) * 60


def _degrees(texts: pd.Series[str]) -> FloatArray:
    degrees: FloatArray = np.array([float(text) for text in texts], dtype=np.float64)
    return degrees
