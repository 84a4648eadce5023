"""Applies the overrides of a variant to a base, and says where in the file one does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.problem import Problem
from optimizer.travel.provider import TravelProvider
from scenarios.error_table import SCENARIO_ERRORS
from scenarios.overrides.setting import DoesNotFit, Setting
from scenarios.spec import Scenario, Step


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Base:
    """What scenarios start from: a problem and its source of distances."""

    problem: Problem
    travel: TravelProvider


def applied(base: Base, steps: Sequence[Step], seed: int) -> Setting:
    """Apply overrides one after the other.

    Parameters
    ----------
    base
        The problem and its distances.
    steps
        The overrides in their order.
    seed
        Of what they draw.

    Raises
    ------
    InputRefused
        One does not fit what it meets; the fault has its place in the file.
    """
    setting = Setting(problem=base.problem, travel=base.travel)
    for step in steps:
        try:
            setting = step.change.applied(setting, seed)
        except DoesNotFit as refusal:
            raise InputRefused([fault_of(refusal, step.name, step.place)]) from refusal
    return setting


def fault_of(refusal: DoesNotFit, name: str, place: str) -> Fault:
    """Give a refusal the place of what is refused."""
    action = SCENARIO_ERRORS[refusal.code].action.rstrip(".")
    cause = f"{name}: {refusal}".rstrip(".")
    return Fault(code=refusal.code, place=place, cause=cause, action=action)


def faults_on(scenario: Scenario, base: Base) -> list[Fault]:
    """Apply every variant of a scenario to its base, without planning anything, and give faults."""
    found: dict[Fault, None] = {}
    for variant in scenario.variants:
        try:
            applied(base, variant.steps, scenario.seeds[0])
        except InputRefused as refusal:
            found.update(dict.fromkeys(refusal.faults))
    return list(found)
