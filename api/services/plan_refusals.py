"""Why a change of a plan is refused: another revision, another state, violations, what stays."""

from __future__ import annotations

from collections.abc import Iterable

from api.life.edits import STAYS
from api.life.states import State, names
from api.problem_details import Refusal
from api.storage.plans import PlanHead
from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.plan import Plan, Violation

BREAKS_RULES = "CG-7201"


def stale(head: PlanHead) -> Refusal:
    """Say that a change was made for another revision."""
    return Refusal("CG-7009", f"plan {head.id} has changed since its revision was read")


def wrong_state(head: PlanHead, states: frozenset[State]) -> Refusal:
    """Say in which states a change can be made."""
    return Refusal(
        "CG-7007",
        f"plan {head.id} is {head.state}; this can be done while it is {names(states)}",
    )


def violations(plan: Plan) -> tuple[Violation, ...]:
    """Give the checker's findings."""
    return () if plan.check is None else plan.check.violations


def refuse_violations(plan: Plan) -> None:
    """Refuse a version that breaks rules.

    Raises
    ------
    InputRefused
        With every violation.
    """
    faults = [
        Fault(
            code=BREAKS_RULES,
            place=found.where,
            cause=f"violation {found.code}, by {found.amount:g}",
            action="Correct the plan, or accept its violations with a reason",
        )
        for found in violations(plan)
    ]
    if plan.check is None:
        unchecked = "the version has not been checked"
        faults.append(
            Fault(code=BREAKS_RULES, place="/check", cause=unchecked, action="Plan it anew")
        )
    if faults:
        raise InputRefused(faults)


def refuse_breaches(sentences: Iterable[str]) -> None:
    """Refuse a version in which a route that stays would change.

    Raises
    ------
    InputRefused
        With a fault per route.
    """
    faults = [
        Fault(
            code=STAYS,
            place="/routes",
            cause=sentence,
            action="Change other routes, or unlock the route if it is only locked",
        )
        for sentence in sentences
    ]
    if faults:
        raise InputRefused(faults)
