"""Makes a proposal the plan, in one transaction: version, stops, reservations, tasks, the case.

What was computed minutes ago is looked at once more while nobody can change the plan or report on
it: is it the same plan, are the stops that drivers have reached since the same in the proposal, is
there still room at the station?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from api.problem_details import Refusal
from api.reroutes.cases import CaseState, Happened
from api.reroutes.reservations import Wanted, no_room, wanted
from api.road.lots import lots_of
from api.road.tasks import NewTask, TaskKind
from api.security.principal import Principal, Role
from api.services.asked import Question
from api.services.plan_book import OpenPlan, PlanBook
from api.services.plan_changing import version_of
from api.services.plans_on_the_road import Outrun, PlansOnTheRoad
from api.services.reroute_cases import RerouteCases
from api.storage import audit, in_force, plan_changes, plans, problems, reroutes, tasks
from api.storage.audit import AuditNote
from api.storage.database import Database, Transaction
from api.storage.plans import NewVersion, PlanHead
from api.storage.reroutes import RerouteRow, Reserved
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan
from optimizer.formats.plan_json import dump_plan
from optimizer.formats.plan_reading import plan_from_document
from optimizer.formats.problem_reading import problem_from_document
from optimizer.formats.problem_writing import write_problem_json

POLICY = Principal(name="policy", role=Role.DISPATCHER)
"""In whose name a proposal is accepted that nobody looked at in time."""

DECIDED, STALE, NO_SUCH = "CG-7801", "CG-7803", "CG-7804"
DONE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An acceptance that somebody wants.

    Parameters
    ----------
    row
        The case as it was read.
    proposal
        The proposal as it was computed.
    automatic
        Whether a policy accepts it.
    asked
        The problem that it answers, where that is another one: orders or vans have come.
    """

    row: RerouteRow
    number: int
    proposal: Mapping[str, Any]
    asked: Mapping[str, Any] | None
    by: Principal
    note: str
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An acceptance, after its commit.

    Parameters
    ----------
    row
        The case as it stands now.
    number
        Which proposal.
    plan_head
        The plan's standing after it.
    proposal_document
        The proposal, as ``optimizer.response.document`` writes it, with its plan.
    before, after
        The version that was driven, and the one that is driven from now on.
    """

    row: RerouteRow
    number: int
    plan_head: PlanHead
    proposal_document: Mapping[str, Any]
    before: Plan
    after: Plan


class RerouteAccepting:
    """Accepts proposals.

    Parameters
    ----------
    task_due
        How long people have to see to goods that are lost.
    """

    def __init__(
        self,
        database: Database,
        book: PlanBook,
        cases: RerouteCases,
        looks: PlansOnTheRoad,
        *,
        task_due: timedelta,
    ) -> None:
        self._database = database
        self._book = book
        self._cases = cases
        self._looks = looks
        self._task_due = task_due

    def accept(self, wish: Wish) -> Accepted:
        """Make a proposal the plan.

        Raises
        ------
        Refusal
            The case is decided.
        Outrun
            Plan, vehicle or station have moved on.
        """
        opened = self._book.open(wish.row.plan)
        plan = plan_from_document(wish.proposal["plan"])
        takes = wanted(opened.problem, opened.plan, wish.proposal)
        with self._database.write() as tx:
            # Reports that came before are seen, and the next ones wait for this version.
            head = plans.hold(tx, wish.row.plan)
            assert head is not None
            self._insist_on_case(tx, wish)
            if opened.head.revision != wish.row.plan_revision:
                raise Outrun(f"plan {head.id} has changed since the proposals were computed")
            self._looks.insist(opened, head, plan)
            self._insist_on_room(tx, opened, takes)
            return self._write(tx, opened, wish, plan, takes)

    def _insist_on_case(self, tx: Transaction, wish: Wish) -> None:
        row = reroutes.find(tx, wish.row.id)
        assert row is not None
        refuse_decided(row)
        if row != wish.row:
            raise Outrun("the case has just been computed anew")

    def _insist_on_room(self, tx: Transaction, opened: OpenPlan, takes: list[Wanted]) -> None:
        reroutes.hold_stations(tx)
        short = no_room(takes, self._looks.reserved(tx, opened.problem), opened.problem)
        if short is not None:
            raise Outrun(short)

    def _write(
        self, tx: Transaction, opened: OpenPlan, wish: Wish, plan: Plan, takes: list[Wanted]
    ) -> Accepted:
        now, head = self._looks.clock(), opened.head
        problem, asked = opened.note.problem, opened.problem
        if wish.asked is not None:
            question = _question(wish.asked, opened.problem.id)
            problems.keep(tx, stored := question.row(now))
            problem, asked = stored.id, question.problem
        number = plans.add_version(tx, head, new := _version(problem, wish, plan, now))
        assert number is not None
        excuse = None if new.feasible else "stems from the disruption"
        plan_changes.add(tx, plan_changes.made(head, number, new, excuse))
        in_force.refresh(tx, head.id, plan, lots_of(asked))
        row = replace(
            wish.row,
            state=CaseState.ACCEPTED,
            revision=wish.row.revision + 1,
            decided_at=now,
            decided_by=wish.by.name,
            accepted=wish.number,
            automatic=wish.automatic,
            made_version=number,
            reason=wish.note,
        )
        reroutes.change(tx, wish.row, row)
        reroutes.reserve(tx, [_reserved(row, one) for one in takes])
        self._note_lost(tx, opened, wish, now)
        if wish.automatic:
            audit.add(tx, _audited(row, now))
        self._cases.tell(tx, row, Happened.ACCEPTED)
        return Accepted(
            row=row,
            number=wish.number,
            plan_head=replace(head, version=number, revision=head.revision + 1),
            proposal_document=wish.proposal,
            before=opened.plan,
            after=replace(plan, version=number, state=head.state),
        )

    def _note_lost(self, tx: Transaction, opened: OpenPlan, wish: Wish, now: datetime) -> None:
        """Let a warehouse decide about goods that are out of their band."""
        lost = [one for one in wish.proposal["lines"] if one["outcome"] == "quarantined"]
        if not lost:
            return
        keys = [LineKey(one["order"], one["line"]) for one in lost]
        task = NewTask(
            kind=TaskKind.TEMPERATURE,
            source=wish.row.id,
            plan=wish.row.plan,
            site=_where(opened.plan, wish.row.vehicle),
            due_at=now + self._task_due,
            body={"zone": wish.row.zone, "lines": [str(key) for key in keys]},
        )
        tasks.add(tx, task, now)


def _version(problem: str, wish: Wish, plan: Plan, now: datetime) -> NewVersion:
    said = wish.note or f"{wish.row.id}, proposal {wish.number}"
    return version_of(
        plan, dump_plan(plan), problem, reason="rerouted", note=said, at=now, by=wish.by
    )


def _question(asked: Mapping[str, Any], name: str) -> Question:
    """Put a problem into the form in which it is stored."""
    read = problem_from_document(asked, name=name)
    return Question(problem=read.problem, document=write_problem_json(read.problem))


def refuse_decided(row: RerouteRow) -> None:
    """Refuse to decide about a case once more.

    Raises
    ------
    Refusal
        With who decided what.
    """
    if row.state is CaseState.OPEN:
        return
    at = "" if row.decided_at is None else f" at {row.decided_at.isoformat()}"
    what = f" with proposal {row.accepted}" if row.accepted is not None else ""
    said = f" ({row.reason})" if row.reason else ""
    state = row.state.value.replace("_", " ")
    raise Refusal(DECIDED, f"{row.id} was {state} by {row.decided_by}{at}{what}{said}")


def _where(plan: Plan, vehicle: str | None) -> str:
    """Give the warehouse to which a vehicle brings back what it cannot hand over."""
    return next((route.end_site for route in plan.routes if route.vehicle == vehicle), "")


def _reserved(row: RerouteRow, one: Wanted) -> Reserved:
    return Reserved(
        reroute=row.id,
        plan=row.plan,
        site=one.site.id,
        lat=one.site.lat,
        lon=one.site.lon,
        zone=one.zone.value,
        volume_ml=one.volume_ml,
        dock_from=one.dock_from,
        dock_to=one.dock_to,
    )


def _audited(row: RerouteRow, now: datetime) -> AuditNote:
    return AuditNote(
        at=now,
        actor=POLICY.name,
        role=POLICY.role.value,
        action="accept_reroute",
        subject=f"reroute={row.id}",
        status=DONE,
        request_id="",
        detail={"plan": row.plan, "proposal": row.accepted, "version": row.made_version},
    )
