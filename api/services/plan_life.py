"""Read me for the life of a plan: steps from state to state, pins and locks, undo.

Versions by hand are in ``plan_revision``, late orders in ``plan_orders``; what all of them share
is in ``plan_changing``, and what is legal is decided in ``api.life``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from api.life.freeze import Freeze
from api.life.history import undo_target
from api.life.pins import pin_faults
from api.life.states import FROM_TO, Step, after
from api.problem_details import Refusal
from api.road.lots import lots_of
from api.security.principal import Principal
from api.services.plan_book import OpenPlan, head_of
from api.services.plan_changing import (
    Acceptance,
    PlanChanging,
    VersionMade,
    version_of,
)
from api.services.plan_refusals import refuse_violations, stale
from api.storage import in_force, plan_changes, plans
from api.storage.plan_changes import PlanChange
from api.storage.plans import PlanHead
from optimizer.domain.errors import InputRefused

DONE = {
    Step.PUBLISH: "published",
    Step.LOAD: "loading begun",
    Step.START: "started",
    Step.CLOSE: "closed",
}
"""How a step is called in the list of a plan's changes."""


class PlanLife:
    """Moves plans through their life."""

    def __init__(self, changing: PlanChanging) -> None:
        self._changing = changing

    def step(
        self,
        plan: str,
        step: Step,
        *,
        if_match: str | None,
        note: str,
        acceptance: Acceptance | None,
        caller: Principal,
    ) -> PlanHead:
        """Move a plan on to its next state.

        Parameters
        ----------
        plan, step
            Which plan, and where it goes.
        if_match
            The revision that the step is meant for.
        note
            Words for those who read the plan's changes.
        acceptance
            Needed to publish a version that has violations.
        caller
            Who asks.

        Raises
        ------
        Refusal
            No such plan, another revision, or a state from which the step is not legal.
        InputRefused
            To be published, a version must break no rule unless somebody accepts that.
        """
        source, _ = FROM_TO[step]
        opened = self._changing.open(plan, if_match, frozenset({source}))
        target = after(source, step)
        assert target is not None
        if step is Step.PUBLISH and acceptance is None:
            refuse_violations(opened.plan)
        head = opened.head
        now = replace(head, state=target.value, revision=head.revision + 1)
        with self._changing.database.write() as tx:
            if not plans.change(tx, head, state=target.value):
                raise stale(head)
            accepted = acceptance.reason if acceptance and step is Step.PUBLISH else None
            self._changing.note(tx, now, DONE[step], note, by=caller.name, accepted=accepted)
            if step is Step.PUBLISH:
                in_force.refresh(tx, head.id, opened.plan, lots_of(opened.problem))
        return now

    def pin(
        self,
        plan: str,
        *,
        if_match: str | None,
        pins: Mapping[str, str],
        locks: Sequence[str],
        note: str,
        caller: Principal,
    ) -> PlanHead:
        """Replace the pins and locks of a plan; its version stays.

        Parameters
        ----------
        plan
            The plan's id.
        if_match
            The revision that the pins are meant for.
        pins
            Vehicle per line, as ``order/line``.
        locks
            Ids of routes that stay as they are until they are unlocked.
        note, caller
            Words for those who read the changes, and who asks.

        Raises
        ------
        Refusal
            No such plan, another revision, or a closed plan.
        InputRefused
            A line, vehicle or route is unknown, or a pin contradicts a route that stays.
        """
        opened = self._changing.open(plan, if_match)
        locked = sorted(set(locks))
        faults = pin_faults(opened.problem, opened.plan, self._without_locks(opened), pins, locked)
        if faults:
            raise InputRefused(faults)
        head = opened.head
        now = replace(head, pins=dict(pins), locks=locked, revision=head.revision + 1)
        with self._changing.database.write() as tx:
            if not plans.change(tx, head, pins=dict(pins), locks=locked):
                raise stale(head)
            self._changing.note(tx, now, "pinned", note, by=caller.name)
        return now

    def undo(
        self,
        plan: str,
        *,
        if_match: str | None,
        note: str,
        acceptance: Acceptance | None,
        caller: Principal,
    ) -> VersionMade:
        """Bring back the version before the last one that was not an undo, as a new version.

        Its orders come back with it: late orders that came in since are out again, cancelled
        lines are in again, and the difference names them.

        Parameters
        ----------
        plan
            The plan's id.
        if_match
            The revision that is to be undone.
        note, acceptance, caller
            As with a step; drivers get a version with violations only if somebody accepts them.

        Raises
        ------
        Refusal
            No such plan, another revision, a closed plan, or nothing to undo.
        InputRefused
            A route that stays is another one in the earlier version.
        """
        opened = self._changing.open(plan, if_match)
        changing = self._changing
        with changing.database.read() as tx:
            restores = {item.version: item.restores for item in plans.notes(tx, plan)}
            target = undo_target(restores, opened.head.version)
            document = None if target is None else plans.document(tx, plan, target)
        if target is None or document is None:
            raise Refusal("CG-7203", f"plan {plan}: no version stood before its first one")
        earlier = changing.book.open(plan, target)
        new = version_of(
            earlier.plan,
            document,
            earlier.note.problem,
            reason="undone",
            note=note,
            at=changing.clock(),
            by=caller,
        )
        return changing.keep(opened, earlier.plan, replace(new, restores=target), acceptance)

    def changes(self, plan: str) -> list[PlanChange]:
        """Give what people did to a plan, the oldest first.

        Raises
        ------
        Refusal
            There is no such plan.
        """
        with self._changing.database.read() as tx:
            head_of(tx, plan)
            return plan_changes.of_plan(tx, plan)

    def _without_locks(self, opened: OpenPlan) -> Freeze:
        """Say what stays whatever is locked: the new locks replace the old ones."""
        unlocked = replace(opened, head=replace(opened.head, locks=[]))
        return self._changing.freeze(unlocked)
