"""Versions by hand: edits judged at once, or edits and then an optimisation around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from api.life.edits import edit_faults
from api.life.habits import as_driven
from api.life.pins import moved_pins, settled_faults
from api.life.states import IN_FORCE, State
from api.problem_details import Refusal
from api.security.principal import Principal
from api.services.plan_book import OpenPlan
from api.services.plan_changing import Acceptance, PlanChanging, Sent, VersionMade, version_of
from api.storage.jobs import JobRow
from api.storage.plans import PlanHead
from optimizer.domain.errors import InputRefused
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.plan_json import dump_plan
from optimizer.planning.closure import closure
from optimizer.revise import Edit, LeaveLine, revise


class Replanner(Protocol):
    """Whoever plans the open part of a plan anew, as a job."""

    def submit_replan(
        self,
        *,
        head: PlanHead,
        problem: Problem,
        base: Plan,
        frozen: frozenset[str],
        pins: Mapping[str, str],
        settled: Mapping[str, Sequence[str]] | None = None,
        earliest: int,
        limit: Limit,
        seed: int,
        reason: str,
        note: str,
        caller: Principal,
        idempotency_key: str | None,
        body_digest: str | None = None,
    ) -> JobRow:
        """Queue the job; its version is written against the revision of ``head``."""
        ...


class PlanRevision:
    """Makes versions of a plan from edits by hand.

    Parameters
    ----------
    stability_cents
        What a stop costs that a replan of a plan in force gives to another van.
    """

    def __init__(
        self, changing: PlanChanging, replanner: Replanner, *, stability_cents: int
    ) -> None:
        self._changing = changing
        self._replanner = replanner
        self._stability_cents = stability_cents

    def judge(
        self,
        plan: str,
        *,
        if_match: str | None,
        edits: Sequence[Edit],
        note: str,
        acceptance: Acceptance | None,
        caller: Principal,
    ) -> VersionMade:
        """Do edits and judge what comes of them, without a solver.

        Parameters
        ----------
        plan
            The plan's id.
        if_match
            The revision that the edits were made for.
        edits
            Done one after the other.
        note
            Words for those who read the versions.
        acceptance
            Needed where drivers act on the plan and the edits break rules.
        caller
            Who asks.

        Raises
        ------
        Refusal
            No such plan, another revision, or a closed plan.
        EditRefused
            An edit cannot be done.
        InputRefused
            An edit touches a route that stays, or its violations are not accepted.
        """
        opened = self._changing.open(plan, if_match)
        revised = self._edited(opened, edits)
        new = version_of(
            revised,
            dump_plan(revised),
            opened.note.problem,
            reason="revised",
            note=note,
            at=self._changing.clock(),
            by=caller,
        )
        return self._changing.keep(opened, revised, new, acceptance)

    def try_out(self, plan: str, *, if_match: str | None, edits: Sequence[Edit]) -> VersionMade:
        """Do edits and judge what would come of them; nothing is written.

        Parameters
        ----------
        plan, if_match, edits
            As in ``judge``.

        Raises
        ------
        Refusal
            No such plan, another revision, or a closed plan.
        EditRefused
            An edit cannot be done.
        InputRefused
            An edit touches a route that stays.
        """
        opened = self._changing.open(plan, if_match)
        return self._changing.try_out(opened, self._edited(opened, edits))

    def optimise(
        self,
        plan: str,
        *,
        if_match: str | None,
        edits: Sequence[Edit],
        settled: Mapping[str, Sequence[str]],
        limit: Limit,
        seed: int,
        note: str,
        caller: Principal,
        sent: Sent,
    ) -> JobRow:
        """Do edits, then plan everything anew that is neither frozen, pinned nor edited.

        Lines that the edits put on another vehicle are pinned to it for this job. The pins of the
        plan stay as they are.

        Parameters
        ----------
        plan, if_match, edits
            As in ``judge``.
        settled
            Per vehicle the sites with which its first open trip begins, as edits leave it.
        limit, seed
            For the solver.
        note, caller
            As in ``judge``.
        sent
            The same once more, with the same key, gives the same job.

        Raises
        ------
        Refusal
            No such plan, another revision, a closed plan, or a line to be left out.
        EditRefused
            An edit cannot be done.
        InputRefused
            An edit touches a route that stays, or a beginning cannot be settled.
        """
        before = self._changing.asked_before(caller, sent)
        if before is not None:
            return before
        opened = self._changing.open(plan, if_match)
        left = [str(edit.key) for edit in edits if isinstance(edit, LeaveLine)]
        if left:
            raise Refusal("CG-7204", f"left out by hand: {', '.join(left)}")
        base = self._edited(opened, edits) if edits else opened.plan
        frozen = self._changing.freeze(opened)
        pins = {**opened.head.pins, **moved_pins(opened.plan, base)}
        stays = closure(opened.problem, base, frozen.routes)
        faults = tuple(settled_faults(opened.problem, base, stays, settled, pins))
        if faults:
            raise InputRefused(faults)
        problem = opened.problem
        if State(opened.head.state) in IN_FORCE:
            problem = as_driven(problem, base, self._stability_cents)
        return self._replanner.submit_replan(
            head=opened.head,
            problem=problem,
            base=base,
            frozen=stays,
            pins=pins,
            settled=settled,
            earliest=frozen.earliest,
            limit=limit,
            seed=seed,
            reason="replanned",
            note=note,
            caller=caller,
            idempotency_key=sent.key,
            body_digest=sent.digest,
        )

    def _edited(self, opened: OpenPlan, edits: Sequence[Edit]) -> Plan:
        frozen = self._changing.freeze(opened)
        faults = tuple(edit_faults(edits, opened.plan, frozen))
        if faults:
            raise InputRefused(faults)
        return revise(
            opened.problem,
            opened.plan,
            edits,
            travel=self._changing.book.travel(opened.problem),
            frozen=frozen.routes,
            earliest=frozen.earliest,
        )
