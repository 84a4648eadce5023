"""What every change of a plan has in common: who may still make it, and how it is written.

A change names the revision that it was made for. It is judged against that revision and written
against that revision, in one transaction; whoever comes second has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from api.life.difference import Difference, difference
from api.life.etags import matches
from api.life.freeze import Freeze, breaches, freeze
from api.life.states import CHANGEABLE, IN_FORCE, State
from api.problem_details import Refusal
from api.road.lots import lots_of
from api.security.principal import Principal
from api.services.plan_book import OpenPlan, PlanBook
from api.services.plan_refusals import refuse_breaches, refuse_violations, stale, wrong_state
from api.storage import in_force, jobs, plan_changes, plans, stops
from api.storage.database import Database, Transaction
from api.storage.jobs import JobRow
from api.storage.plan_changes import PlanChange
from api.storage.plans import NewVersion, PlanHead
from optimizer.domain.plan import Plan
from optimizer.domain.units import SECONDS_PER_MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Somebody's word that a version with violations shall be driven, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as it was sent: a sender who got no answer sends the same once more.

    Parameters
    ----------
    key
        The sender's idempotency key; None where every request is a new one.
    digest
        Names plan, route and body.
    """

    key: str | None
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionMade:
    """A version, and what it changes against the one before.

    Parameters
    ----------
    head
        The standing after it.
    plan
        The version itself.
    since
        The version before.
    difference
        Between the two.
    kept
        False for a trial: it was judged and not written.
    """

    head: PlanHead
    plan: Plan
    since: int
    difference: Difference
    kept: bool = True


class PlanChanging:
    """Opens plans for a change and writes the change down.

    Parameters
    ----------
    clock
        Gives the current instant.
    frozen_minutes
        The frozen horizon of plans in force.
    """

    def __init__(
        self,
        database: Database,
        book: PlanBook,
        *,
        clock: Callable[[], datetime],
        frozen_minutes: int,
    ) -> None:
        self.database = database
        self.book = book
        self.clock = clock
        self._frozen_s = frozen_minutes * SECONDS_PER_MINUTE

    def open(
        self, plan: str, if_match: str | None, states: frozenset[State] = CHANGEABLE
    ) -> OpenPlan:
        """Open a plan for a change.

        Parameters
        ----------
        plan
            The plan's id.
        if_match
            The header that says for which revision the change was made.
        states
            The states in which the change is legal.

        Raises
        ------
        Refusal
            There is no such plan, its revision or its state is another, or none was named.
        """
        opened = self.book.open(plan)
        head = opened.head
        if if_match is None:
            raise Refusal("CG-7008", f"plan {plan}: the request has no If-Match")
        if not matches(if_match, plan, head.revision):
            raise stale(head)
        if State(head.state) not in states:
            raise wrong_state(head, states)
        return opened

    def asked_before(self, caller: Principal, sent: Sent) -> JobRow | None:
        """Find the job of a repeated request, whose revision may be an old one by now.

        Raises
        ------
        Refusal
            The key was used for something else.
        """
        if sent.key is None:
            return None
        with self.database.read() as tx:
            job = jobs.asked_before(tx, caller.name, sent.key)
        if job is not None and job.request["body_digest"] != sent.digest:
            cause = f"job {job.id} was asked for with it, with another content"
            raise Refusal("CG-7106", f"Idempotency-Key {sent.key}: {cause}")
        return job

    def freeze(self, opened: OpenPlan) -> Freeze:
        """Say what stays of a plan at this moment."""
        with self.database.read() as tx:
            return self.freeze_in(tx, opened)

    def freeze_in(self, tx: Transaction, opened: OpenPlan) -> Freeze:
        """Say what stays of a plan, inside a transaction."""
        return freeze(
            State(opened.head.state),
            opened.plan,
            locks=opened.head.locks,
            reported=stops.reported_routes(tx, opened.head.id),
            now=opened.plan.horizon.seconds(self.clock()),
            frozen_s=self._frozen_s,
        )

    def keep(
        self,
        opened: OpenPlan,
        plan: Plan,
        new: NewVersion,
        acceptance: Acceptance | None,
    ) -> VersionMade:
        """Write a version, unless it touches what stays or breaks rules that nobody accepts.

        Parameters
        ----------
        opened
            The plan as it was when the change was made.
        plan
            The new version as the domain knows it.
        new
            The same as it is stored.
        acceptance
            Needed where drivers act on the plan and the version has violations.

        Raises
        ------
        InputRefused
            A route that stays would change, or violations are not accepted.
        Refusal
            Somebody else has changed the plan.
        """
        head = opened.head
        is_in_force = State(head.state) in IN_FORCE
        if is_in_force and acceptance is None:
            refuse_violations(plan)
        with self.database.write() as tx:
            # Reports that came before are seen, and the next ones wait for this version.
            plans.hold(tx, head.id)
            refuse_breaches(breaches(self.freeze_in(tx, opened), opened.plan, plan))
            number = plans.add_version(tx, head, new)
            if number is None:
                raise stale(head)
            now = replace(head, version=number, revision=head.revision + 1)
            reason = acceptance.reason if acceptance and is_in_force else None
            plan_changes.add(tx, plan_changes.made(head, number, new, reason))
            if is_in_force:
                lots = lots_of(self.book.problem(tx, new.problem))
                in_force.refresh(tx, head.id, plan, lots)
        return VersionMade(
            head=now,
            plan=replace(plan, version=number, state=head.state),
            since=head.version,
            difference=difference(opened.plan, plan),
        )

    def try_out(self, opened: OpenPlan, plan: Plan) -> VersionMade:
        """Say what a version would change; nothing is written.

        Parameters
        ----------
        opened
            The plan as it is.
        plan
            The version that might be made.

        Raises
        ------
        InputRefused
            A route that stays would change.
        """
        refuse_breaches(breaches(self.freeze(opened), opened.plan, plan))
        return VersionMade(
            head=opened.head,
            plan=plan,
            since=opened.head.version,
            difference=difference(opened.plan, plan),
            kept=False,
        )

    def note(
        self,
        tx: Transaction,
        head: PlanHead,
        change: str,
        note: str,
        *,
        by: str,
        accepted: str | None = None,
    ) -> None:
        """Write down who did what to a plan and in which words.

        Parameters
        ----------
        tx
            The transaction of the change itself.
        head
            The plan's standing after the change.
        change, note, by
            What was done, the words given with it, and by whom.
        accepted
            Why violations were accepted.
        """
        plan_changes.add(
            tx,
            PlanChange(
                plan=head.id,
                revision=head.revision,
                change=change,
                version=head.version,
                state=head.state,
                note=note,
                accepted=accepted,
                changed_at=self.clock(),
                changed_by=by,
            ),
        )


def version_of(
    plan: Plan,
    document: bytes,
    problem: str,
    *,
    reason: str,
    note: str,
    at: datetime,
    by: Principal,
) -> NewVersion:
    """Put a plan into the form in which it is stored as a version."""
    return NewVersion(
        problem=problem,
        document=document,
        feasible=plan.check is not None and plan.check.feasible,
        objective_cents=plan.cost.total,
        unserved=len(plan.unserved),
        reason=reason,
        note=note,
        at=at,
        by=by.name,
    )
