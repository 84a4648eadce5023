"""A small day with two grid warehouses, for tests of scenarios."""

from __future__ import annotations

from typing import Any

from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.travel.great_circle import GreatCircle
from scenarios.applying import Base, applied
from scenarios.language.nodes import FaultLog, parsed
from scenarios.overrides.every import OVERRIDES
from scenarios.overrides.setting import Setting
from scenarios.spec import Step
from tests.builders import central, grid, hours, line, point, problem, truck, van


def two_grids(**changes: Any) -> Problem:
    """Give two grids six kilometres apart, three points each, one of them with lockers."""
    sites = [
        central(),
        grid("G1"),
        grid("G2", lon=113.06),
        point("P1", 1.0, capacity_ml={Zone.CHILLED: 400_000}),
        point("P2", 1.2, 0.3),
        point("P3", -1.0, 1.0),
        point("P4", 5.0, grid="G2"),
        point("P5", 6.5, 0.5, grid="G2", cells={Zone.CHILLED: 4}, cell_ml=60_000),
        point("P6", 7.0, -1.0, grid="G2"),
    ]
    zones = (Zone.CHILLED, Zone.FROZEN, Zone.CONTROLLED)
    lines = [
        line(f"N{site}{number}", f"P{site}", zones[number % 3] if site != 5 else Zone.CHILLED,
             article=f"A{number}", window=hours(11, 14) if number else None)
        for site in range(1, 7)
        for number in range(2)
    ]  # fmt: skip
    vehicles = [truck(), *(van(f"V{n}", home=f"G{1 + n // 3}") for n in range(1, 6))]
    return problem(sites=sites, vehicles=vehicles, lines=lines, **changes)


def base_of(day: Problem) -> Base:
    return Base(problem=day, travel=GreatCircle(circuity=day.travel.circuity))


def override(text: str) -> Step:
    """Read one override from flow YAML such as ``scale_demand: {factor: 2}``."""
    log = FaultLog()
    ((name, node),) = parsed(text, "test", log).entries()
    change = OVERRIDES[name].read(node)
    assert log.faults == []
    return Step(name=name, place="test line 1 column 1", change=change)


def changed(day: Problem, *texts: str, seed: int = 1) -> Setting:
    return applied(base_of(day), [override(text) for text in texts], seed)
