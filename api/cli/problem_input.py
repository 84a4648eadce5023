"""From the path a person types to a problem and its source of distances."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from optimizer.domain.errors import Fault

if TYPE_CHECKING:
    from optimizer.domain.problem import Problem, TravelSettings
    from optimizer.travel.means import TravelMeans
    from optimizer.travel.provider import TravelProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedProblem:
    """A problem, the distances it is planned by, and the rows that were left out of it."""

    problem: Problem
    travel: TravelProvider
    refused: Sequence[Fault]
    order_rows: int
    refused_rows: int


def open_problem(path: Path, *, keep_good_rows: bool = False) -> OpenedProblem:
    """Read a problem and open the travel provider that its settings name."""
    from optimizer.formats.problem_reading import read_problem
    from optimizer.travel.open_provider import open_provider

    result = read_problem(path, keep_good_rows=keep_good_rows)
    folder = path if path.is_dir() else path.parent
    means = travel_means(result.problem.travel)
    travel = open_provider(result.problem.travel, folder, sites=result.problem.sites, means=means)
    return OpenedProblem(
        problem=result.problem,
        travel=travel,
        refused=result.refused,
        order_rows=result.order_rows,
        refused_rows=result.refused_rows,
    )


def travel_means(travel: TravelSettings) -> TravelMeans:
    """Read the settings of this machine, where the source of distances needs any."""
    from api.settings import load_settings
    from optimizer.travel.means import NO_MEANS

    needy = travel.provider in {"road_graph", "osrm"}
    return load_settings().travel_means() if needy else NO_MEANS


def name_of(path: Path) -> str:
    """Give the name that files made from a problem bear: its folder's or file's, bare."""
    full = path.resolve()
    return full.name if full.is_dir() else full.stem


def cores() -> int:
    """Count the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
